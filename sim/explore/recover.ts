/**
 * Recovering disk images one after the other, each on an InstantMachine of its own.
 *
 * A fresh engine starts on the image, everything that it holds is read through a session, as any client could, and it must
 * take a write. If asked, the power then fails with nothing unsynced kept, once before that write and once after it, and a
 * second recovery must give the same (P11). Whether that is asked of an image may depend on what its recovery logged.
 */
import type { Snapshot } from '../oracle/model/state.ts';
import { differences } from '../oracle/prefix.ts';
import { describeReply } from '../oracle/reply.ts';
import type { Reply } from '../oracle/reply.ts';
import type { Property } from '../oracle/violation.ts';
import { cloneDisk, crash, fingerprint } from '../disk/index.ts';
import type { Profile, SimDisk } from '../disk/index.ts';
import type { EngineModule, EngineSession, OpenedEngine } from '../scenario/engine-module.ts';
import { describeError, PROBE_KEY } from '../scenario/elsewhere.ts';
import { readEverything, ReadingError } from '../scenario/reading.ts';
import type { Reading } from '../scenario/reading.ts';
import { encodeCommand, ReplyParser } from '../scenario/resp.ts';
import type { Scenario } from '../scenario/schema.ts';
import { settingsOf } from '../scenario/server.ts';
import { Scheduler, Trace } from '../world/index.ts';
import { nothingKept } from './corners.ts';
import { InstantMachine } from './instant-host.ts';

/** How long a recovery may wait for its own timers, in virtual time. */
const PATIENCE_MS = 20_000;

export type Recovery =
  | {
      readonly ok: true;
      readonly snapshot: Snapshot;
      readonly wallMs: number;
      readonly log: readonly string[];
    }
  | { readonly ok: false; readonly property: Property; readonly why: string };

export interface RecoverOptions {
  readonly scenario: Scenario;
  readonly module: EngineModule;
  /** Under this profile the power fails once more after a recovery, as badly as it can (P11). Missing: it does not. */
  readonly again?: Profile | undefined;
}

export interface Image {
  /** A copy of it is recovered. */
  readonly disk: SimDisk;
  readonly wallMs: number;
  /**
   * Called at each operation of the first recovery until it has served and was read, before it is applied, with the disk
   * that is recovered.
   */
  readonly before?: ((disk: SimDisk) => void) | undefined;
  /** The how manieth start this is, each of those before it cut short. Default 1. */
  readonly life?: number;
  /** Whether the power fails again after a recovery that logged this. Default: it does. */
  readonly again?: ((log: readonly string[]) => boolean) | undefined;
}

/** Recovers each image; `results[i]` belongs to `images[i]`. */
export async function recoverAll(images: readonly Image[], options: RecoverOptions): Promise<Recovery[]> {
  const together = await recoverTogether(images, options);
  if (together !== undefined) return together;
  // Which of them the rejection came from only recovering them one by one can tell.
  const results: Recovery[] = [];
  for (const image of images) results.push(...(await recoverTogether([image], options))!);
  return results;
}

/** Undefined where several images were recovered and one of them left a rejection that nobody handled. */
async function recoverTogether(
  images: readonly Image[],
  options: RecoverOptions,
): Promise<Recovery[] | undefined> {
  const unhandled: unknown[] = [];
  const scheduler = new Scheduler(new Trace(), { onUnhandledRejection: (reason) => unhandled.push(reason) });
  const results: Recovery[] = [];
  const next = (): void => {
    const image = images[results.length];
    if (image === undefined) return;
    recoverOne(image, scheduler, options).then(
      (result) => {
        results.push(result);
        scheduler.atUs(scheduler.nowUs, 'next', next);
      },
      (error: unknown) => {
        scheduler.atUs(scheduler.nowUs, 'fault', () => {
          throw error;
        });
      },
    );
  };
  scheduler.atUs(0, 'next', next);
  await scheduler.run();
  if (unhandled.length === 0) return results;
  if (images.length > 1) return undefined;
  return [{ ok: false, property: 'P12', why: `an exception escaped: ${describeError(unhandled[0])}` }];
}

async function recoverOne(image: Image, scheduler: Scheduler, options: RecoverOptions): Promise<Recovery> {
  const disk = cloneDisk(image.disk).disk;
  const { before, life = 1 } = image;
  const first = new InstantMachine(disk, {
    scheduler,
    wallMs: image.wallMs,
    before: before === undefined ? undefined : () => before(disk),
    life,
  });
  const { again } = options;
  // Before the write, whose sync might cover what the recovery left unsynced.
  let served: SimDisk | undefined;
  let isAsked = false;
  const found = await start(first, scheduler, options, (log) => {
    // What is written from here on is nobody's promise: a crash inside that is none inside a recovery.
    first.before = undefined;
    if (again === undefined) return;
    isAsked = image.again === undefined || image.again(log);
    if (!isAsked) return;
    const left = crash(disk, 'power', again, nothingKept()).disk;
    if (fingerprint(left) !== fingerprint(disk)) served = left;
  });
  if (!found.ok || again === undefined || !isAsked) return found;
  for (const left of [served, crash(disk, 'power', again, nothingKept()).disk]) {
    if (left === undefined) continue;
    const machine = new InstantMachine(left, { scheduler, wallMs: found.wallMs, life: life + 1 });
    const judged = judgeAgain(
      found,
      await start(machine, scheduler, options),
      options.scenario,
      left !== served,
    );
    if (!judged.ok) return judged;
  }
  return found;
}

/** Starts an engine, reads it, has it take a write, and ends it. */
function start(
  machine: InstantMachine,
  scheduler: Scheduler,
  options: RecoverOptions,
  onRead?: (log: readonly string[]) => void,
): Promise<Recovery> {
  return new Promise((resolve, reject) => {
    const end = (result: Recovery): void => {
      scheduler.cancel(patience);
      machine.end();
      resolve(result);
    };
    const patience = scheduler.after(PATIENCE_MS, 'patience', () =>
      end({
        ok: false,
        property: 'P12',
        why: `the recovery did not end within ${PATIENCE_MS / 1000} s of virtual time`,
      }),
    );
    serve(machine, options, onRead).then(end, reject);
  });
}

async function serve(
  machine: InstantMachine,
  { scenario, module }: RecoverOptions,
  onRead: ((log: readonly string[]) => void) | undefined,
): Promise<Recovery> {
  const log: string[] = [];
  let engine: OpenedEngine;
  try {
    engine = await module.openEngine(machine.host, settingsOf(module, scenario), {
      tuning: scenario.tuning,
      log: (level: string, text: string) => log.push(`${level}: ${text}`),
    });
  } catch (error) {
    return { ok: false, property: 'P12', why: `the engine refused to start: ${refusalOf(error)}` };
  }
  const conversation = new InstantConversation(engine);
  try {
    const reading: Reading = await readEverything(conversation, machine, scenario.settings.databases);
    onRead?.(log);
    const [, probed] = await conversation.ask([
      ['SELECT', '0'],
      ['SET', PROBE_KEY, 'alive'],
    ]);
    conversation.end();
    if (typeof probed === 'object' && probed !== null && 'status' in probed)
      return { ok: true, ...reading, log };
    return {
      ok: false,
      property: 'P12',
      why: `after the recovery a write got ${describeReply(probed ?? null)}, expected OK`,
    };
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error;
    return { ok: false, property: 'P12', why: `after the recovery ${error.message}` };
  }
}

function refusalOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** A conversation with an engine that answers as soon as its turn ends. */
class InstantConversation {
  readonly #session: EngineSession;
  readonly #parser = new ReplyParser();
  #replies: Reply[] = [];
  #wanted = 0;
  #answer: ((replies: readonly Reply[]) => void) | undefined;

  constructor(engine: OpenedEngine) {
    this.#session = engine.connect({ send: (bytes) => this.#take(bytes), close: () => {} });
  }

  ask(commands: readonly (readonly string[])[]): Promise<readonly Reply[]> {
    if (commands.length === 0) return Promise.resolve([]);
    this.#replies = [];
    this.#wanted = commands.length;
    return new Promise((resolve) => {
      this.#answer = resolve;
      for (const command of commands) this.#session.feed(encodeCommand(command));
    });
  }

  end(): void {
    this.#session.end();
  }

  #take(bytes: Uint8Array): void {
    this.#parser.feed(bytes, (reply) => this.#replies.push(reply));
    if (this.#replies.length < this.#wanted) return;
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(this.#replies);
  }
}

/** P11: a second recovery gives what the first one gave, and the write that it acknowledged where the policy promises it. */
function judgeAgain(
  first: Extract<Recovery, { ok: true }>,
  second: Recovery,
  scenario: Scenario,
  probed: boolean,
): Recovery {
  const broken = (why: string): Recovery => ({ ok: false, property: 'P11', why });
  if (!second.ok) return broken(`the first recovery served, the second did not: ${second.why}`);
  const { appendfsync, persistence } = scenario;
  const keeps = appendfsync === 'always' && persistence !== 'rdb' && persistence !== 'none';
  if (probed && keeps && !second.snapshot[0]!.has(PROBE_KEY))
    return broken('a write that was acknowledged after the recovery is gone after the next one');
  const found = differences(first.snapshot, second.snapshot, second.wallMs).filter(
    ({ database, key }) => database !== 0 || key !== PROBE_KEY,
  );
  if (found.length === 0 || persistence === 'none') return first;
  const { database, key, expected, recovered } = found[0]!;
  return broken(
    `the second recovery gave something else than the first: ${key} in database ${database} was ${expected}, is ${recovered}`,
  );
}
