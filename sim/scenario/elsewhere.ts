/**
 * Recovering a disk in a world of its own: how crash states beside the main line are tried.
 *
 * A fresh engine starts on the disk, everything it holds is read, then it must take a write. If asked, the lights then go
 * out once more: a second recovery must give the same (P11), the write included where the policy promises it.
 */
import type { Snapshot } from '../oracle/model/state.ts';
import { describeReply } from '../oracle/reply.ts';
import { createWorld } from '../world/index.ts';
import type { World } from '../world/index.ts';
import type { SimDisk } from '../disk/index.ts';
import type { EngineModule } from './engine-module.ts';
import { converse, PATIENCE_MS, readEverything, ReadingError } from './reading.ts';
import type { Conversation } from './reading.ts';
import type { Scenario } from './schema.ts';
import { Server } from './server.ts';
import { profileOf, worldOptions } from './world-of.ts';

/** The key that tells whether a recovered engine takes writes. No workload uses it. */
export const PROBE_KEY = 'probe';

export type Recovered =
  | {
      readonly ok: true;
      readonly snapshot: Snapshot;
      readonly wallMs: number;
      /** What the engine calls its recovery; asked only where the medium rots. */
      readonly outcome?: string;
    }
  | {
      readonly ok: false;
      readonly property: 'P12' | 'P21';
      readonly why: string;
      readonly refused?: boolean;
    };

export interface Elsewhere {
  readonly first: Recovered;
  /** What the second recovery gave, without the probe; undefined when there was none. */
  readonly second: Recovered | undefined;
  /** True when the second recovery had to show the probe and did not. */
  readonly probeLost: boolean;
  readonly events: number;
  readonly digest: string;
}

export interface ElsewhereOptions {
  readonly scenario: Scenario;
  readonly module: EngineModule;
  readonly disk: SimDisk;
  readonly seed: string;
  readonly startWallMs: number;
  readonly again: boolean;
}

export async function recoverElsewhere(options: ElsewhereOptions): Promise<Elsewhere> {
  const { scenario, module, disk, seed, startWallMs, again } = options;
  const world = createWorld({
    ...worldOptions(scenario, module, disk),
    record: {},
    seed,
    startWallMs,
  });
  const first = await recoverIn(world, options);
  let second: Recovered | undefined;
  let probeLost = false;
  if (first.ok && again) {
    world.machine.powerOff();
    const probed = await recoverIn(world, options);
    if (probed.ok) {
      const promised =
        scenario.appendfsync === 'always' &&
        scenario.persistence !== 'rdb' &&
        scenario.persistence !== 'none';
      probeLost = promised && !probed.snapshot[0]!.has(PROBE_KEY);
      second = { ...probed, snapshot: withoutProbe(probed.snapshot) };
    } else {
      second = probed;
    }
  }
  return { first, second, probeLost, events: world.scheduler.events, digest: world.trace.digest() };
}

/** Starts an engine in a world, reads it, and has it take a write. */
async function recoverIn(world: World, { scenario, module }: ElsewhereOptions): Promise<Recovered> {
  const server = new Server(world, module, scenario, undefined);
  try {
    return await converse(world, async (connect): Promise<Recovered> => {
      await server.settled;
      const failure = startFailure(world, server);
      if (failure !== undefined)
        return { ok: false, property: 'P12', why: failure, refused: server.refusal !== undefined };
      const conversation = connect(server);
      const reading = await readEverything(conversation, server, scenario.settings.databases);
      const outcome =
        profileOf(scenario).decay === undefined ? {} : { outcome: await askOutcome(conversation) };
      const [, probed] = await conversation.ask([
        ['SELECT', '0'],
        ['SET', PROBE_KEY, 'alive'],
      ]);
      if (typeof probed === 'object' && probed !== null && 'status' in probed)
        return { ok: true, ...reading, ...outcome };
      return {
        ok: false,
        property: 'P12',
        why: `after the recovery a write got ${describeReply(probed)}, expected OK`,
      };
    });
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error;
    return {
      ok: false,
      property: 'P12',
      why: startFailure(world, server) ?? escapedOr(world, `after the recovery ${error.message}`),
    };
  }
}

/** The `recovery_outcome` of INFO. */
export async function askOutcome(conversation: Conversation): Promise<string> {
  const [info] = await conversation.ask([['INFO', 'persistence']]);
  return /recovery_outcome:(\S+)/.exec(typeof info === 'string' ? info : '')?.[1] ?? 'nothing';
}

/** Why a start did not end with an engine that serves; undefined when it did. */
export function startFailure(world: World, server: Server): string | undefined {
  if (server.engine !== undefined && server.alive) return undefined;
  if (server.refusal !== undefined) return `the engine refused to start: ${server.refusal}`;
  return escapedOr(
    world,
    server.alive
      ? `the recovery did not end within ${PATIENCE_MS / 1000} s of virtual time`
      : 'the engine ended while it recovered',
  );
}

/** The exception that escaped last, or else `what`. */
function escapedOr(world: World, what: string): string {
  const escaped = world.machine.violations.at(-1);
  return escaped === undefined ? what : `an exception escaped: ${describeError(escaped.error)}`;
}

/** An error with the first line of its stack that says where. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const where = error.stack
    ?.split('\n')
    .find((line) => /^\s+at /.test(line))
    ?.trim();
  return where === undefined
    ? `${error.name}: ${error.message}`
    : `${error.name}: ${error.message} (${where})`;
}

function withoutProbe(snapshot: Snapshot): Snapshot {
  return snapshot.map((database, index) => {
    if (index !== 0 || !database.has(PROBE_KEY)) return database;
    const copy = new Map(database);
    copy.delete(PROBE_KEY);
    return copy;
  });
}
