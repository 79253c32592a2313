/**
 * Errors that a scenario may ask for (fault-model.md, A.5). Each is off unless its chance is given, and each occurrence
 * is a choice under a key (file, operation, ordinal), so that it can be replayed and taken away. A record may also name
 * an occurrence outright: any plan, even `{}`, makes the disk ask.
 *
 * A full disk is not here: it is SimDisk's `capacityBytes`.
 */
import type { Choices } from '../draws/choices.ts';

export interface FaultPlan {
  /** A write accepts fewer bytes than given. */
  readonly shortWriteChance?: number;
  /** A write fails with EIO and does nothing. */
  readonly writeErrorChance?: number;
  /** A sync of a file fails with EIO: its pages count as clean from then on, the disk does not have them. */
  readonly syncErrorChance?: number;
  /** A sync of a directory fails with EIO: its names stay as pending as they were. */
  readonly dirSyncErrorChance?: number;
  /** A rename takes effect and yet fails with EIO, `applied: 'unknown'`. */
  readonly renameErrorChance?: number;
  /** An open fails with EMFILE. */
  readonly openErrorChance?: number;
  /** A sync takes `slowSyncMs` more. */
  readonly slowSyncChance?: number;
  /** Default 3000: longer than any postponement. */
  readonly slowSyncMs?: number;
}

export class Faults {
  readonly #plan: FaultPlan;
  readonly #choices: Choices;

  constructor(plan: FaultPlan, choices: Choices) {
    this.#plan = plan;
    this.#choices = choices;
  }

  /** How many of `lengthBytes` bytes a write accepts: at least one. */
  acceptedBytes(key: string, lengthBytes: number): number {
    if (lengthBytes < 2) return lengthBytes;
    const full = `fault/short ${key}`;
    const chance = this.#plan.shortWriteChance ?? 0;
    const u = this.#choices.uniform(full);
    const lean = u < chance ? 1 + Math.floor((u / chance) * (lengthBytes - 1)) : 0;
    return lengthBytes - this.#choices.choose(full, lengthBytes, lean);
  }

  failsWrite(key: string): boolean {
    return this.#occurs(`fault/write ${key}`, this.#plan.writeErrorChance);
  }

  failsSync(key: string): boolean {
    return this.#occurs(`fault/sync ${key}`, this.#plan.syncErrorChance);
  }

  failsDirSync(key: string): boolean {
    return this.#occurs(`fault/dirsync ${key}`, this.#plan.dirSyncErrorChance);
  }

  failsRename(key: string): boolean {
    return this.#occurs(`fault/rename ${key}`, this.#plan.renameErrorChance);
  }

  failsOpen(key: string): boolean {
    return this.#occurs(`fault/open ${key}`, this.#plan.openErrorChance);
  }

  /** By how much a sync is delayed, in microseconds. */
  syncDelayUs(key: string): number {
    const slow = this.#occurs(`fault/slow ${key}`, this.#plan.slowSyncChance);
    return slow ? (this.#plan.slowSyncMs ?? 3000) * 1000 : 0;
  }

  #occurs(key: string, chance = 0): boolean {
    return this.#choices.choose(key, 2, this.#choices.uniform(key) < chance ? 1 : 0) === 1;
  }
}
