/**
 * A client that sends PING each millisecond, whether the last one was answered or not, in a process of its own.
 *
 * Waiting for an answer before the next question would hide a stall (one late answer instead of a hundred). A second,
 * idle server is asked in the same milliseconds: what that one shows is the machine's noise.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Stalls {
  /** The longest time from a PING to its answer. */
  readonly longestMs: number;
  readonly over10Ms: number;
  readonly pings: number;
}

export type PingerRequest = 'begin' | 'end';

/** What was seen between `begin` and `end`, in the order of the ports. */
export type PingerAnswer = readonly Stalls[];

const programPath = fileURLToPath(new URL('./pinger-main.ts', import.meta.url));

export class Pinger {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  static async start(ports: readonly number[]): Promise<Pinger> {
    const child = fork(programPath, ports.map(String));
    process.once('exit', () => child.kill('SIGKILL'));
    await once(child, 'message');
    return new Pinger(child);
  }

  /** What is seen while `work` runs, by port. */
  async during(work: () => Promise<void>): Promise<PingerAnswer> {
    this.#process.send('begin' satisfies PingerRequest);
    await once(this.#process, 'message');
    await work();
    this.#process.send('end' satisfies PingerRequest);
    const [answer] = (await once(this.#process, 'message')) as [PingerAnswer];
    return answer;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
