/** MULTI and WATCH of one session: the queue of commands, and whether EXEC may still run it. */
import type { Command } from '../../commands/context.ts';
import type { Argv } from '../../resp/index.ts';
import type { AdminCommand } from '../admin/types.ts';

export interface Queued {
  readonly command: Command | AdminCommand;
  readonly argv: Argv;
}

export interface WatchedKey {
  readonly dbIndex: number;
  readonly key: Uint8Array;
  /** The key was expired already when it was watched, and is still there: that it goes changes nothing. */
  expired: boolean;
}

export class Transaction {
  isOpen = false;
  /** A command could not be queued: EXEC fails. */
  isSpoilt = false;
  /** A watched key was changed: EXEC answers nil. */
  isStale = false;
  queue: Queued[] = [];
  watched: WatchedKey[] = [];

  /** Ends MULTI. Watched keys are the engine's to forget. */
  close(): void {
    this.isOpen = false;
    this.isSpoilt = false;
    this.queue = [];
  }
}
