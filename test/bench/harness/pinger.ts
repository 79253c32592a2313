/**
 * A client that sends PING each millisecond, whether the last one was answered or not, in a process of its own.
 *
 * Waiting for an answer before the next question would hide a stall (one late answer instead of a hundred). A second,
 * idle server is asked in the same milliseconds: what that one shows is the machine's noise.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Server } from './server.ts';

export interface Stalls {
  /** The longest time from a PING to its answer: what a client sees. */
  readonly longestMs: number;
  /**
   * The same less what the server cannot help: the time that its main thread was ready to run and had no core, and the
   * time that the idle server took for the PING of the same millisecond. On a machine with cores to spare, `longestMs`.
   */
  readonly ownMs: number;
  readonly pings: number;
}

export type PingerRequest = 'begin' | 'end';

/** What was seen between `begin` and `end`, in the order of the servers; the last one is the idle one. */
export type PingerAnswer = readonly Stalls[];

const programPath = fileURLToPath(new URL('./pinger-main.ts', import.meta.url));

export class Pinger {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  static async start(servers: readonly Server[], idle: Server): Promise<Pinger> {
    const child = fork(
      programPath,
      [...servers, idle].map(({ port, pid }) => `${port}:${pid}`),
    );
    process.once('exit', () => child.kill('SIGKILL'));
    await once(child, 'message');
    return new Pinger(child);
  }

  /** What is seen while `work` runs. */
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
