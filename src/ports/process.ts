/**
 * The process that the engine lives in, and the children that it forks.
 *
 * A child is a process of its own: it has an image of the memory frozen at the fork, its own I/O, its own speed; it can
 * be killed at any step and can outlive its parent. It tells its parent nothing but how it ended.
 */
import type { Clock } from './clock.ts';
import type { Disk } from './disk.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGKILL' | 'SIGUSR1';

/** How a process ended: by itself with a code, or by a signal. Exactly one of the two is not null. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: Signal | null;
}

/** Memory that stands still: what a fork hands to its child. */
export interface Frozen {
  /** A description of the image that survives structured cloning to another thread (shared buffers by reference). */
  share(): unknown;
}

/** The three ports together: everything that a process can reach. */
export interface Host {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly process: Process;
}

/**
 * What a child runs, found by name in a registry (a closure would carry live memory along). `image` is what `share` gave.
 * Resolves to the exit code; a rejection ends the child with code 1.
 */
export type ChildMain = (host: Host, image: unknown, args: Json) => Promise<number>;

/** An exception of `fork`: ENOMEM or EAGAIN; no child was made. */
export interface ForkError extends Error {
  readonly code: 'ENOMEM' | 'EAGAIN';
}

export interface Child {
  readonly pid: number;
  /** Called once, when the child has ended; never before `fork` has returned. One handler a child. */
  onExit(handler: (status: ExitStatus) => void): void;
  /** Asks the system to end the child. It has not ended before `onExit` says so, and may have finished its work first. */
  kill(signal: Signal): void;
}

export interface Process {
  /** Unique among the living; reused after death. */
  readonly pid: number;
  /** Unpredictable bytes from the system. */
  entropy(lengthBytes: number): Uint8Array;
  /**
   * Starts a child over `image`, which the caller keeps frozen until the child has ended. Takes a few hundred
   * microseconds, whatever the size of the image. @throws ForkError
   */
  fork(image: Frozen, mainName: string, args: Json): Child;
  /** Ends this process. The promise never settles: await it, so that nothing runs after it. */
  exit(code: number): Promise<never>;
  /** Called for each SIGTERM and SIGINT that arrives. One handler a process. */
  onSignal(handler: (signal: Signal) => void): void;
}
