/**
 * Testing any code that keeps something on a disk: run it once, and try every crash.
 *
 * ```ts
 * const report = await everyCrash({
 *   workload: async ({ disk }, acknowledge) => {
 *     const file = await disk.open('/note', { write: true, create: true });
 *     await new Promise<void>((resolve) => file.write(new Uint8Array([1]), () => resolve()));
 *     acknowledge('noted'); // a promise that nothing keeps yet
 *   },
 *   recover: async ({ disk }) => (await disk.readdir('/')).includes('note'),
 *   check: (isThere, acknowledged) => (acknowledged.length > 0 && !isThere ? 'the note is gone' : undefined),
 * });
 * console.log(report.failures[0]?.problem); // the note is gone
 * ```
 *
 * The workload runs on a simulated disk where nothing takes time. At each operation that changes the disk, with that
 * operation itself in flight, all states that a kill and a loss of power may leave are walked; each distinct one is
 * recovered once, on a disk of its own, and held against what had been acknowledged by then.
 */
import type { Host } from '../../src/ports/process.ts';
import type { CrashKind } from '../oracle/bounds.ts';
import { cloneDisk, filesOf, fingerprint, posixStrict, SimDisk } from '../disk/index.ts';
import type { PendingRow, Profile } from '../disk/index.ts';
import { SeededChoices } from '../draws/index.ts';
import { Scheduler, Trace } from '../world/index.ts';
import { InstantMachine } from './instant-host.ts';
import { walkStates } from './states.ts';

export interface CrashTest<State, Ack> {
  /** Runs once, on an empty disk. Whatever it acknowledges is promised from then on. */
  readonly workload: (host: Host, acknowledge: (what: Ack) => void) => Promise<void>;
  /** Starts on what a crash has left, and tells what is there. */
  readonly recover: (host: Host) => Promise<State>;
  /** What is wrong with a recovered state, given what was acknowledged before the crash; undefined: nothing. */
  readonly check: (state: State, acknowledged: readonly Ack[]) => string | undefined;
  /** What a loss of power may leave. Default: posix-strict. */
  readonly profile?: Profile;
  /** All states of an operation are walked where there are at most so many, else corners and samples. Default 10,000. */
  readonly mostStates?: number;
  /** States drawn where there are more. Default 100. */
  readonly samples?: number;
}

export interface CrashFailure {
  readonly problem: string;
  readonly kind: CrashKind;
  /** The operation that was in flight, from 1; one more than there are after the last. */
  readonly operation: number;
  /** What was pending, and what became of it. */
  readonly pending: readonly PendingRow[];
  /** What the crash left, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface CrashReportOfAll {
  /** Operations of the workload that changed the disk. */
  readonly operations: number;
  readonly states: number;
  readonly distinct: number;
  /** True when every state of every operation was walked. */
  readonly complete: boolean;
  /** One a distinct problem, in the order of the operations. */
  readonly failures: readonly CrashFailure[];
}

interface Left {
  readonly disk: SimDisk;
  readonly kind: CrashKind;
  /** Where it could come about first, by how many acknowledgements had been given then. */
  readonly sightings: Map<number, Pick<CrashFailure, 'operation' | 'pending'>>;
}

/** How long timers are waited for, in virtual time. */
const PATIENCE_MS = 60_000;

const KINDS: readonly CrashKind[] = ['kill', 'power'];

/** Tries every crash of a workload. @throws what the workload rejects with */
export async function everyCrash<State, Ack>(test: CrashTest<State, Ack>): Promise<CrashReportOfAll> {
  const { profile = posixStrict, mostStates = 10_000, samples = 100 } = test;
  const disk = new SimDisk();
  const basis = new SeededChoices('every crash');
  const acknowledged: Ack[] = [];
  const left = new Map<string, Left>();
  let operation = 0;
  let states = 0;
  let complete = true;

  const look = (): void => {
    operation++;
    for (const kind of KINDS) {
      if (kind === 'power' && !profile.losesPower) continue;
      const options = { prefix: 'crash', basis, sampleSeed: `operation ${operation}`, mostStates, samples };
      const walk = walkStates(disk, kind, profile, options, (state) => {
        const id = `${kind} ${fingerprint(state.disk)}`;
        let known = left.get(id);
        if (known === undefined) {
          known = { disk: state.disk, kind, sightings: new Map() };
          left.set(id, known);
        }
        if (!known.sightings.has(acknowledged.length))
          known.sightings.set(acknowledged.length, { operation, pending: state.report.table() });
      });
      states += walk.states;
      complete &&= walk.complete;
    }
  };

  const ran = await runAlone(
    disk,
    (host) => test.workload(host, (what) => void acknowledged.push(what)),
    look,
  );
  if ('error' in ran) throw ran.error;
  look();

  const failures: CrashFailure[] = [];
  const problems = new Set<string>();
  for (const { disk: image, kind, sightings } of left.values()) {
    const outcome = await runAlone(cloneDisk(image).disk, test.recover);
    for (const [count, { operation: at, pending }] of sightings) {
      const problem =
        'error' in outcome
          ? `the recovery failed: ${outcome.error.message}`
          : test.check(outcome.value, acknowledged.slice(0, count));
      if (problem === undefined || problems.has(problem)) continue;
      problems.add(problem);
      failures.push({ problem, kind, operation: at, pending, files: filesOf(image) });
    }
  }
  failures.sort((a, b) => a.operation - b.operation);
  return { operations: operation - 1, states, distinct: left.size, complete, failures };
}

type Outcome<T> = { readonly value: T } | { readonly error: Error };

/** Runs code on a disk, alone, until it has settled or nothing is left to happen. */
async function runAlone<T>(
  disk: SimDisk,
  main: (host: Host) => Promise<T>,
  before?: () => void,
): Promise<Outcome<T>> {
  const scheduler = new Scheduler(new Trace());
  const machine = new InstantMachine(disk, { scheduler, wallMs: 0, before });
  let outcome: Outcome<T> | undefined;
  scheduler.at(0, 'main', () => {
    main(machine.host).then(
      (value) => {
        outcome = { value };
        scheduler.stop();
      },
      (reason: unknown) => {
        outcome = { error: reason instanceof Error ? reason : new Error(String(reason)) };
        scheduler.stop();
      },
    );
  });
  await scheduler.run({ untilMs: PATIENCE_MS });
  machine.end();
  return outcome ?? { error: new Error(`it did not end within ${PATIENCE_MS / 1000} s of virtual time`) };
}
