/**
 * The slow log: the commands that took `slowlog-log-slower-than` microseconds or longer to execute, newest first, at most
 * `slowlog-max-len` of them. Waiting for a key, for the disk or at the gate is not executing.
 *
 * Reading the clock takes a tenth of the time that a command in a pipeline does, or more. So one reading serves as the end of
 * a command and the beginning of the next of its turn; and where only milliseconds count, the commonest commands that touch
 * one thing are not timed at all: what makes them slow is the machine.
 */
import type { CommandInfo } from '../commands/context.ts';
import type { Clock } from '../ports/clock.ts';
import type { Argv } from '../resp/index.ts';
import type { Settings } from './config/settings.ts';
import { latin1Bytes } from '../bytes/index.ts';
import type { LatencyMonitor } from './latency.ts';

export interface SlowCommand {
  readonly id: number;
  readonly atSeconds: number;
  readonly durationMicros: number;
  /** Its words, cut short. */
  readonly words: readonly Uint8Array[];
  readonly clientAddress: string;
  readonly clientName: string;
}

/** Who sent a command. One that a script sent has no address. */
export interface Sender {
  readonly address: string;
  readonly name: string;
}

/** They find or change one thing, where they have few words. */
const constant: ReadonlySet<string> = new Set(
  `ping get set setex psetex setnx getset strlen getbit setbit incr decr incrby decrby exists type ttl pttl expire pexpire
  hget hset hsetnx hexists hincrby hlen llen lpush rpush scard sadd sismember zscore zadd zincrby zcard`.split(
    /\s+/,
  ),
);
const fewWords = 4;
/** From this threshold on they are not timed. */
const coarseMicros = 1000;

const maxWords = 32;
const maxWordBytes = 128;
const redacted = latin1Bytes('(redacted)');

export class Slowlog {
  /** Newest first. */
  entries: SlowCommand[] = [];
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #latency: LatencyMonitor;
  #nextId = 0;
  /** When the last command of this turn ended, where that is known. */
  #endedMonoMs: number | undefined;

  constructor(clock: Clock, settings: Settings, latency: LatencyMonitor) {
    this.#clock = clock;
    this.#settings = settings;
    this.#latency = latency;
  }

  /** Time has passed outside of commands. */
  beginTurn(): void {
    this.#endedMonoMs = undefined;
  }

  /** When a command of so many words that begins now began; undefined where it is not timed. */
  begin({ name }: CommandInfo, words: number): number | undefined {
    const { slowlogLogSlowerThanMicros: threshold, latencyMonitorThresholdMs } = this.#settings;
    const isConstant = threshold >= coarseMicros && words <= fewWords && constant.has(name);
    const isTimed = latencyMonitorThresholdMs > 0 || (threshold >= 0 && !isConstant);
    const startedMonoMs = isTimed ? (this.#endedMonoMs ?? this.#clock.monoMs()) : undefined;
    this.#endedMonoMs = undefined;
    return startedMonoMs;
  }

  /** A command of `sender` has ended now. */
  took(startedMonoMs: number | undefined, command: CommandInfo, argv: Argv, sender: Sender): void {
    if (startedMonoMs === undefined) return;
    const { slowlogLogSlowerThanMicros: threshold } = this.#settings;
    const endedMonoMs = this.#clock.monoMs();
    this.#endedMonoMs = endedMonoMs;
    const durationMs = endedMonoMs - startedMonoMs;
    if (this.#settings.latencyMonitorThresholdMs > 0)
      this.#latency.took(command.flags.includes('fast') ? 'fast-command' : 'command', durationMs);
    const durationMicros = Math.floor(durationMs * 1000);
    if (threshold < 0 || durationMicros < threshold || command.flags.includes('skip_slowlog')) return;
    this.entries.unshift({
      id: this.#nextId++,
      atSeconds: Math.floor(this.#clock.wallMs() / 1000),
      durationMicros,
      words: shortened(argv, secretsOf(argv)),
      clientAddress: sender.address,
      clientName: sender.name,
    });
    const { slowlogMaxLen } = this.#settings;
    if (this.entries.length > slowlogMaxLen) this.entries.length = slowlogMaxLen;
  }

  reset(): void {
    this.entries = [];
  }
}

/** From which word on, and how many of them, are nobody's business. */
function secretsOf(argv: Argv): readonly [from: number, count: number] {
  if (argv.is(0, 'AUTH')) return [1, Infinity];
  if (!argv.is(0, 'HELLO')) return [0, 0];
  for (let i = 2; i < argv.count; i++) if (argv.is(i, 'AUTH')) return [i + 1, 2];
  return [0, 0];
}

function shortened(argv: Argv, [from, count]: readonly [number, number]): Uint8Array[] {
  const words: Uint8Array[] = [];
  const kept = argv.count > maxWords ? maxWords - 1 : argv.count;
  for (let i = 0; i < kept; i++) {
    const bytes = argv.bytes(i);
    const more = bytes.length - maxWordBytes;
    if (i >= from && i < from + count) words.push(redacted);
    else if (more > 0)
      words.push(
        Uint8Array.of(...bytes.subarray(0, maxWordBytes), ...latin1Bytes(`... (${more} more bytes)`)),
      );
    else words.push(bytes.slice());
  }
  if (kept < argv.count) words.push(latin1Bytes(`... (${argv.count - kept} more arguments)`));
  return words;
}
