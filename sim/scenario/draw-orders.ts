/**
 * What the administrator does between the commands of clients: saves and rewrites, and other things less often. Each kind
 * draws from streams of its own, so that one more of them leaves the others as they were.
 */
import type { Stream, Streams } from '../draws/random.ts';
import { findProfile } from '../disk/index.ts';
import { WAITED_KEY } from './administrator.ts';
import type { Configuration } from './configuration.ts';
import type { FaultFamily } from './draw-faults.ts';
import { logOf } from './schema.ts';
import type { Step } from './schema.ts';

/** How often each is done, before each command of a client. */
interface Shares {
  readonly saves: number;
  /** Somebody waits for the disk. */
  readonly waits: number;
  /** A backup is begun, or ended. */
  readonly backups: number;
  /** The policy of the log is made stricter, or looser again. */
  readonly policies: number;
  /** The log is turned off. */
  readonly switches: number;
  /** Everything is flushed after a save, and nobody writes for a while. */
  readonly flushes: number;
}

/** How often a log that is off is turned on again. */
const SHARE_OF_RETURNS = 0.15;

export class Orders {
  readonly #saves: Stream;
  readonly #savePoints: Stream;
  readonly #waits: Stream;
  readonly #backups: Stream;
  readonly #backupTimes: Stream;
  readonly #policies: Stream;
  readonly #switches: Stream;
  readonly #flushes: Stream;
  readonly #thinkMs: () => number;
  readonly #shares: Shares;
  /** As it is in the life that is being written. */
  #configuration: Configuration;
  /** The policy of the log was made stricter in this life. */
  #isTightened = false;
  /** The log is off. */
  #isOff = false;

  /** `thinkMs` draws how long somebody thinks before an order. */
  constructor(
    streams: Streams,
    configuration: Configuration,
    families: ReadonlySet<FaultFamily>,
    thinkMs: () => number,
  ) {
    this.#saves = streams.stream('admin');
    this.#savePoints = streams.stream('save points');
    this.#waits = streams.stream('waits');
    this.#backups = streams.stream('backups');
    this.#backupTimes = streams.stream('backup times');
    this.#policies = streams.stream('policies');
    this.#switches = streams.stream('log switches');
    this.#flushes = streams.stream('flushes');
    this.#thinkMs = thinkMs;
    this.#configuration = configuration;
    this.#shares = this.#drawShares(configuration, families);
  }

  #drawShares(configuration: Configuration, families: ReadonlySet<FaultFamily>): Shares {
    const { persistence, appendfsync, profile } = configuration;
    const { appendonly } = logOf(persistence);
    const saves = this.#saves.pick([0, 0.02, 0.04, 0.08]);
    const waits = this.#waits.pick([0, 0, 0.01, 0.03]);
    const backups = this.#backups.pick([0, 0, 0, 0.03, 0.08]);
    const policies = appendonly && appendfsync !== 'always' ? this.#policies.pick([0, 0, 0, 0.03]) : 0;
    const switches = this.#switches.pick([0, 0, 0.02, 0.05]);
    const flushes = this.#flushes.pick([0, 0, 0.01, 0.02]);
    // A backup tells what is durable, and so would judge that in place of a disk that loses nothing.
    const hasBackups = backups > 0 && findProfile(profile).losesPower;
    // A backup, WAITAOF and a stricter policy tell of a log that is on; a disk that errs may keep it from coming back.
    const mayBeOff =
      appendonly &&
      !hasBackups &&
      waits + policies === 0 &&
      !(['errors', 'space', 'signals', 'memory'] as const).some((family) => families.has(family));
    return {
      saves,
      waits,
      backups: hasBackups ? backups : 0,
      policies,
      switches: mayBeOff ? switches : 0,
      flushes: persistence === 'rdb' ? flushes : 0,
    };
  }

  /** A life begins, with that configuration. */
  begin(configuration: Configuration): void {
    this.#configuration = configuration;
    this.#isTightened = this.#isOff = false;
  }

  /** Adds what is done before the next command of a client. Returns how many of the `most` commands left that were. */
  next(steps: Step[], most: number): number {
    const shares = this.#shares;
    let left = most;
    if (left > 1 && this.#saves.chance(shares.saves)) left -= this.#save(steps, left);
    if (left > 2 && this.#waits.chance(shares.waits)) left -= this.#wait(steps);
    if (left > 1 && this.#backups.chance(shares.backups)) left -= this.#backUp(steps);
    if (left > 1 && shares.policies > 0 && this.#policies.chance(shares.policies))
      left -= this.#changePolicy(steps);
    if (shares.switches > 0 && this.#switches.chance(this.#isOff ? SHARE_OF_RETURNS : shares.switches))
      this.#switchLog(steps);
    if (left > 3 && shares.flushes > 0 && this.#flushes.chance(shares.flushes)) left -= this.#flush(steps);
    return most - left;
  }

  /** A command of the administrator, and often the question what became of it. Returns how many commands that were. */
  #save(steps: Step[], most: number): number {
    const draw = this.#saves;
    const { rdb, appendonly } = logOf(this.#configuration.persistence);
    if (!rdb && !appendonly) return 0;
    const what = draw.weighted([rdb ? 6 : 1, rdb ? 3 : 0.5, appendonly ? 7 : 0, 0.5, 0.5]);
    const afterMs = this.#thinkMs();
    let command: readonly string[];
    if (what === 0) command = ['BGSAVE'];
    else if (what === 1) command = ['SAVE'];
    else if (what === 2) command = ['BGREWRITEAOF'];
    else if (what === 3) command = ['LASTSAVE'];
    else
      command = draw.pick([
        ['CONFIG', 'SET', 'rdbcompression', draw.pick(['yes', 'no'])],
        ['CONFIG', 'GET', 'appendonly'],
      ]);
    if (command[1] === 'GET' && this.#configuration.settings.save.length > 0 && this.#savePoints.chance(0.6))
      command = ['CONFIG', 'SET', 'save', this.#savePoints.pick(['1 1', '2 5', '10 1 2 3', '3600 1'])];
    steps.push({ kind: 'admin', afterMs, command });
    // Now and then nothing of what is being saved is worth it any more.
    if (what === 0 && rdb && most > 2 && this.#savePoints.chance(0.05)) {
      const flushed = { client: 0, afterMs: this.#savePoints.pick([0.1, 0.5, 2, 10]), command: ['FLUSHALL'] };
      steps.push({ kind: 'command', ...flushed });
      return 2;
    }
    if (what > 2 || most < 3 || !draw.chance(0.7)) return 1;
    steps.push({ kind: 'admin', afterMs: draw.pick([0.5, 5, 50]), command: ['INFO', 'persistence'] });
    return 2;
  }

  /** Everything was saved, and the last that anybody does for a while is to remove it. Returns how many commands that were. */
  #flush(steps: Step[]): number {
    const draw = this.#flushes;
    const afterMs = draw.pick([5, 50, 500]);
    const command = [draw.pick(['FLUSHDB', 'FLUSHDB', 'FLUSHALL'])];
    steps.push({ kind: 'admin', afterMs: 0, command: ['SAVE'] });
    steps.push({ kind: 'command', client: 0, afterMs, command });
    steps.push({ kind: 'idle', ms: draw.pick([50, 1500, 2500, 7000]) });
    steps.push({ kind: 'admin', afterMs: 0, command: ['INFO', 'persistence'] });
    return 3;
  }

  /** CONFIG SET appendonly: the other way, and now and then back at once. It comes on top of the commands that were asked for. */
  #switchLog(steps: Step[]): void {
    for (let left = this.#switches.chance(0.15) ? 2 : 1; left > 0; left--) {
      this.#isOff = !this.#isOff;
      const command = ['CONFIG', 'SET', 'appendonly', this.#isOff ? 'no' : 'yes'];
      steps.push({ kind: 'admin', afterMs: this.#switches.pick([0, 0, 0.5, 5]), command });
    }
  }

  /** CONFIG SET appendfsync: to `always` and, the next time, back. Returns how many commands that was. */
  #changePolicy(steps: Step[]): number {
    const { appendfsync } = this.#configuration;
    this.#isTightened = !this.#isTightened;
    const policy = this.#isTightened ? 'always' : appendfsync;
    steps.push({ kind: 'admin', afterMs: 0, command: ['CONFIG', 'SET', 'appendfsync', policy] });
    return 1;
  }

  /** A write, and WAITAOF: its answer promises more than the policy does. Returns how many commands that were. */
  #wait(steps: Step[]): number {
    if (!logOf(this.#configuration.persistence).appendonly) return 0;
    steps.push({ kind: 'admin', afterMs: 0, command: ['INCR', WAITED_KEY] });
    steps.push({ kind: 'admin', afterMs: 0, command: ['WAITAOF', '1', '0', '0'] });
    return 2;
  }

  /** A backup begins, or the one before ends. Returns how many commands that was. */
  #backUp(steps: Step[]): number {
    const isBegun = this.#backups.chance(0.7);
    const afterMs = this.#backups.pick([0, 0, 0.5, 5]);
    if (!logOf(this.#configuration.persistence).appendonly) return 0;
    const isShort = isBegun && this.#backupTimes.chance(0.4);
    const begin = ['BACKUP', 'BEGIN', ...(isShort ? [this.#backupTimes.pick(['1', '1', '3'])] : [])];
    steps.push({ kind: 'admin', afterMs, command: isBegun ? begin : ['BACKUP', 'END'] });
    return 1;
  }
}
