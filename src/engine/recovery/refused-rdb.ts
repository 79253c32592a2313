/** A refusal of an RDB file for what its decoder met in it, so that whoever reports it can look at the file again. */
import { LightsoutError } from '../../errors.ts';

export class RefusedRdb extends LightsoutError {
  readonly path: string;
  /** What the decoder said, without the path. */
  readonly reason: string;
  /** How far the file was read. */
  readonly offset: number;

  constructor(path: string, offset: number, cause: LightsoutError) {
    super(cause.code, `${path}: ${cause.message}`, { cause });
    this.path = path;
    this.offset = offset;
    this.reason = cause.message;
  }
}
