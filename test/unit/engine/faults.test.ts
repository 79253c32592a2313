/**
 * One disk operation fails, or all do for a while: nothing that was promised is lost, the engine ends only where it says
 * it will, and where it goes on it serves again by itself.
 */
import { describe, expect, test } from 'vitest';
import type { AppendFsync } from '../../../src/engine/config/settings.ts';
import { type Client, Client as SimClient, type Saboteur, type Server, Stage } from './support.ts';

interface Step {
  readonly atMs: number;
  readonly command: string;
}

/** Writes all the while, and what an operator may do beside them. */
function courseOf(orders: readonly Step[], lengthMs: number): Step[] {
  const steps: Step[] = [...orders];
  for (let n = 1, atMs = 7; atMs < lengthMs; n++, atMs += 23) steps.push({ atMs, command: `SET k${n} ${n}` });
  return steps.sort((a, b) => a.atMs - b.atMs);
}

const courses: readonly { name: string; orders: readonly Step[]; initial: boolean }[] = [
  { name: 'a rewrite', initial: true, orders: [{ atMs: 50, command: 'BGREWRITEAOF' }] },
  {
    name: 'appendonly yes, then no, then yes',
    initial: false,
    orders: [50, 150, 250].map((atMs, i) => ({
      atMs,
      command: `CONFIG SET appendonly ${i === 1 ? 'no' : 'yes'}`,
    })),
  },
];

function take(server: Server, client: Client, steps: readonly Step[]): void {
  for (const { atMs, command } of steps) server.process.after(atMs, 'input', () => client.send(command));
}

/** Numbers of the keys that were written with a good answer, and of those that nobody knows about. */
function writtenBy(client: Client): { acknowledged: number[]; open: number[]; refused: number[] } {
  const found = { acknowledged: [] as number[], open: [] as number[], refused: [] as number[] };
  for (const { words, reply } of client.asked) {
    if (words[0] !== 'SET' || !words[1]!.startsWith('k')) continue;
    const n = Number(words[2]);
    if (reply === undefined) found.open.push(n);
    else if (reply.type === 'simple') found.acknowledged.push(n);
    else found.refused.push(n);
  }
  return found;
}

interface Run {
  readonly operations: number;
  readonly failures: string[];
}

interface Plan {
  readonly fsync: AppendFsync;
  readonly course: (typeof courses)[number];
  /** The operation that fails, counted from the start of the course; 0 for none. */
  readonly at: number;
  readonly code: string;
  readonly when: 'before' | 'after';
  /** For how long everything that the code can happen to goes on failing. */
  readonly forMs: number;
  /** Power loss that long after the failure; undefined: when all is well again. */
  readonly crashAfterMs: number | undefined;
  readonly seed: number;
}

const hits: Readonly<Record<string, readonly string[]>> = {
  ENOSPC: ['write', 'open', 'rename', 'mkdir', 'sync', 'datasync'],
  EIO: [
    'write',
    'open',
    'rename',
    'mkdir',
    'sync',
    'datasync',
    'syncDir',
    'unlink',
    'stat',
    'readdir',
    'read',
  ],
  EMFILE: ['open', 'openDir', 'readdir'],
  ENOMEM: ['fork'],
};

async function run(plan: Plan): Promise<Run> {
  const lengthMs = 400;
  let count = 0;
  let armed = false;
  let brokenAtMs: number | undefined;
  const saboteur: Saboteur = (operation) => {
    if (!armed) return undefined;
    count++;
    const { nowMs } = stage;
    if (count === plan.at) brokenAtMs = nowMs;
    if (brokenAtMs === undefined || (count !== plan.at && nowMs >= brokenAtMs + plan.forMs)) return undefined;
    if (!hits[plan.code]!.includes(operation)) return undefined;
    return { code: plan.code, when: plan.when };
  };
  const stage = new Stage({
    seed: plan.seed,
    settings: { appendonly: plan.course.initial, appendfsync: plan.fsync, autoAofRewritePercentage: 0 },
    tuning: { writeBytes: 64 },
    saboteur,
  });
  const failures: string[] = [];
  const server = await stage.start();
  const client = new SimClient(server);
  armed = true;
  take(server, client, courseOf(plan.course.orders, lengthMs));
  const startMs = stage.nowMs;
  await stage.world.run({
    untilMs: startMs + lengthMs,
    until: () =>
      !server.process.alive ||
      (plan.crashAfterMs !== undefined &&
        brokenAtMs !== undefined &&
        stage.nowMs >= brokenAtMs + plan.crashAfterMs),
  });
  const operations = count;
  let healed = false;
  if (plan.crashAfterMs === undefined && server.process.alive) {
    await stage.pass(plan.forMs);
    armed = false;
    healed = await stage.insist(client, server, 'SET healed 1', 'OK', 200_000);
    if (server.process.alive && !healed) failures.push('it does not serve again');
    if (healed && (await stage.ask(client, server, 'INFO persistence')) === undefined)
      failures.push('it does not answer');
    // Time for what the log's policy owes, and for the log to be turned on where it is asked for.
    await stage.pass(plan.course.initial ? 1000 : 130_000);
    if (healed && (await stage.ask(client, server, 'SET k1000 1000')) !== 'OK')
      failures.push('a write after the end is refused');
    await stage.pass(3000);
    const open = [...server.open].filter(([path]) => !path.endsWith('incr.aof'));
    const increments = [...server.open]
      .filter(([path]) => path.endsWith('incr.aof'))
      .reduce((sum, [, handles]) => sum + handles, 0);
    if (server.process.alive && (open.length > 0 || increments !== 1))
      failures.push(`descriptors left open: ${JSON.stringify([...server.open])}`);
  }
  armed = false;
  if (!server.process.alive && (plan.fsync !== 'always' || server.process.status?.code !== 1))
    failures.push(`it ended: ${JSON.stringify(server.process.status)} ${server.log.at(-1)}`);
  const { acknowledged, refused } = writtenBy(client);
  stage.world.machine.powerOff();
  const next = await stage.start({ appendonly: true });
  for (const violation of stage.world.machine.violations)
    failures.push(`escaped: ${String(violation.error)}`);
  if (next.refusal !== undefined) {
    failures.push(`it refuses to start: ${next.refusal.message}`);
    return { operations, failures };
  }
  const present = new Set<number>();
  for (let n = 1; n <= 1000; n++) if (next.get(`k${n}`) !== undefined) present.add(n);
  for (const n of refused) if (present.has(n)) failures.push(`k${n} was refused and is there`);
  const promised = plan.course.initial && plan.fsync === 'always' ? acknowledged : healed ? acknowledged : [];
  for (const n of promised) if (!present.has(n)) failures.push(`k${n} was acknowledged and is lost`);
  // What is there is a prefix of what was done.
  const last = Math.max(0, ...present);
  for (const n of acknowledged)
    if (n < last && !present.has(n)) failures.push(`k${last} is there and k${n}, older, is not`);
  return { operations, failures };
}

const policies: readonly AppendFsync[] = ['always', 'everysec'];
const faults: readonly Pick<Plan, 'code' | 'when' | 'forMs'>[] = [
  { code: 'EIO', when: 'before', forMs: 0 },
  { code: 'EIO', when: 'after', forMs: 0 },
  { code: 'EIO', when: 'after', forMs: 300 },
  { code: 'ENOSPC', when: 'after', forMs: 5000 },
  { code: 'EMFILE', when: 'before', forMs: 200 },
  { code: 'ENOMEM', when: 'before', forMs: 200 },
];

/** 1 tries everything, in about a minute. */
const every = 12;

describe('an operation of the disk fails', () => {
  for (const course of courses) {
    for (const fsync of policies) {
      test(`during ${course.name}, under ${fsync}`, async () => {
        const plain: Plan = {
          fsync,
          course,
          at: 0,
          code: 'EIO',
          when: 'before',
          forMs: 0,
          crashAfterMs: undefined,
          seed: 1,
        };
        const { operations, failures: none } = await run(plain);
        expect(none).toEqual([]);
        const wrong: string[] = [];
        // Each operation meets one of the faults and one kind of end; neighbours meet others.
        const combinations = faults.flatMap((fault) => [false, true].map((crashes) => ({ fault, crashes })));
        for (const [i, { fault, crashes }] of combinations.entries()) {
          for (let at = 1; at <= operations; at++) {
            if (at % every !== i % every) continue;
            const crashAfterMs = crashes ? (at * 7) % 60 : undefined;
            const plan: Plan = { ...plain, ...fault, at, crashAfterMs };
            const { failures } = await run(plan);
            if (failures.length > 0)
              wrong.push(
                `${fault.code} ${fault.when} for ${fault.forMs} at ${at}, crash ${crashAfterMs}: ${failures.slice(0, 3).join('; ')}`,
              );
          }
        }
        expect(wrong).toEqual([]);
      }, 120_000);
    }
  }
});
