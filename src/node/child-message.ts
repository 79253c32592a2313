/**
 * What parent and child say to each other: one message each way.
 *
 * The parent sends the order once; the child sends its exit code once, right before its thread ends. Between the two
 * there is nothing, because the port has nothing: a parent learns of its child only how it ended.
 */
import type { Json } from '../ports/process.ts';

/** Parent to child. `image` is what Frozen.share gave: shared buffers arrive by reference. */
export interface Order {
  readonly pid: number;
  readonly mainName: string;
  readonly image: unknown;
  readonly args: Json;
}

/** Child to parent: it ended by itself. Without it the thread's end was not the child's own wish. */
export interface Farewell {
  readonly code: number;
}

export function isFarewell(message: unknown): message is Farewell {
  return (
    typeof message === 'object' && message !== null && 'code' in message && typeof message.code === 'number'
  );
}
