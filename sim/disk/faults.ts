/**
 * Errors that a scenario may ask for (fault-model.md, A.5). A plan is plain JSON. Each fault is off unless its chance is
 * given, and each occurrence is a choice under a key (file, operation, ordinal), so that it can be replayed and taken
 * away. A record may also name an occurrence outright: a chance of 0 makes the disk ask.
 *
 * What a failure does to the file system is the profile's error model (`error-model.ts`), or the plan's own.
 */
import type { Choices } from '../draws/choices.ts';
import { errorModels } from './error-model.ts';
import type { ErrorModel, ErrorModelName } from './error-model.ts';
import type { FileInode, Seq } from './file-inode.ts';
import type { SimDisk } from './sim-disk.ts';
import { NOTHING_REACHED } from './write-back.ts';
import type { WriteBackFate } from './write-back.ts';

/** Which errors a disk makes, and how often. Chances are in [0, 1] and of one operation; all are 0 by default. */
export interface FaultPlan {
  // Writes
  /** A write accepts fewer bytes than given, and at least one. */
  readonly shortWriteChance?: number;
  /** A write fails with EIO and does nothing. */
  readonly writeErrorChance?: number;
  /** An open, a write or a sync is interrupted: EINTR, nothing done. NodeDisk asks again by itself, so that an engine never sees it there. */
  readonly interruptChance?: number;

  // Room
  /** Bytes that the disk holds: ENOSPC beyond, first as a short write. Blocks of unlinked files count while they are open. */
  readonly capacityBytes?: number;
  /** As `capacityBytes`, with EDQUOT. */
  readonly quotaBytes?: number;
  /** A write, a create, a rename or a mkdir finds that somebody else has filled the disk (a write is short first), and for `diskFullMs` all of them do: ENOSPC. */
  readonly diskFullChance?: number;
  /** Default 2000. */
  readonly diskFullMs?: number;

  // Write-back
  /** The write-back of what a sync should cover fails, of all pages or of some. */
  readonly syncErrorChance?: number;
  /** After a write, what is pending of its file fails to be written back, before any sync; the next sync says so. */
  readonly writeBackErrorChance?: number;
  /** What failed write-back is reported as. Default EIO; the others are a delayed lack of room (thin provisioning, NFS). */
  readonly writeBackError?: 'EIO' | 'ENOSPC' | 'EDQUOT';
  /** When a file whose write-back failed is opened again, and nobody has it open, the cache has let go of it: it reads as the disk has it. */
  readonly evictChance?: number;
  /** A close reports `writeBackError`; the descriptor is closed, nothing else is changed. */
  readonly closeErrorChance?: number;

  // Names. Each of these is an error in the file system's own structures: see ErrorModel.metadata.
  /** A sync of a directory fails with EIO: its names stay as pending as they were. */
  readonly dirSyncErrorChance?: number;
  /** A rename fails with EIO, `applied: 'unknown'`: done or not done. */
  readonly renameErrorChance?: number;
  /** An unlink or a mkdir fails with EIO, `applied: 'unknown'`: done or not done. */
  readonly nameErrorChance?: number;

  // Descriptors
  /** An open fails with EMFILE or ENFILE. */
  readonly openErrorChance?: number;
  /** Descriptors, directories included, that a process may have open: EMFILE beyond. */
  readonly descriptorLimit?: number;

  // Reads
  /** A sector that a read asks for cannot be read until it is written: the read is short before it, and EIO at it. */
  readonly readErrorChance?: number;
  /** A read returns fewer bytes than there are, and at least one. */
  readonly shortReadChance?: number;

  // Time
  /** A sync takes `slowSyncMs` more. */
  readonly slowSyncChance?: number;
  /** Default 3000: longer than any postponement. 60,000 is a sync that hangs. */
  readonly slowSyncMs?: number;

  /** The error model, where it is not the profile's. */
  readonly errorModel?: ErrorModelName;
}

/** Whether a change of names fails, and whether it took effect all the same. */
export type NameFault = 'none' | 'done' | 'not done';

export class Faults {
  readonly model: ErrorModel;
  /** What failed write-back is reported as. */
  readonly writeBackCode: string;
  readonly descriptorLimit: number;
  readonly #plan: FaultPlan;
  readonly #choices: Choices;
  #fullUntilUs = 0;

  constructor(plan: FaultPlan, choices: Choices, model: ErrorModel) {
    this.#plan = plan;
    this.#choices = choices;
    this.model = plan.errorModel === undefined ? model : errorModels[plan.errorModel];
    this.writeBackCode = plan.writeBackError ?? 'EIO';
    this.descriptorLimit = plan.descriptorLimit ?? Infinity;
  }

  /** Gives a disk the plan's limits. */
  limit(disk: SimDisk): void {
    const { capacityBytes, quotaBytes } = this.#plan;
    if (capacityBytes !== undefined) disk.space.capacityBytes = capacityBytes;
    if (quotaBytes !== undefined) disk.space.quotaBytes = quotaBytes;
  }

  /** How many of `lengthBytes` bytes a write accepts: at least one, or none while the disk is full. */
  acceptedBytes(key: string, lengthBytes: number, nowUs: number): number {
    if (this.#isFull(nowUs)) return 0;
    const begins = this.#fillsUp(`write ${key}`, nowUs);
    if (lengthBytes < 2) return begins ? 0 : lengthBytes;
    const full = `fault/short ${key}`;
    const chance = begins ? 1 : this.#plan.shortWriteChance;
    return lengthBytes - this.#part(full, chance, lengthBytes);
  }

  failsWrite(key: string): boolean {
    return this.#occurs(`fault/write ${key}`, this.#plan.writeErrorChance);
  }

  interrupts(key: string): boolean {
    return this.#occurs(`fault/interrupt ${key}`, this.#plan.interruptChance);
  }

  /** Whether a change of names finds no room. */
  findsNoRoom(key: string, nowUs: number): boolean {
    return this.#isFull(nowUs) || this.#fillsUp(key, nowUs);
  }

  failsSync(key: string): boolean {
    return this.#occurs(`fault/sync ${key}`, this.#plan.syncErrorChance);
  }

  failsWriteBack(key: string): boolean {
    return this.#occurs(`fault/write-back ${key}`, this.#plan.writeBackErrorChance);
  }

  /** A write-back fails: the file, and its error counter, are as the error model has it. */
  failWriteBack(disk: SimDisk, inode: FileInode, covered: Seq, key: string): void {
    const fate = this.model.cache === 'reverts' ? 'reverts' : this.#fateOf(key);
    disk.syncFail(inode, covered, fate, this.writeBackCode);
  }

  evicts(key: string): boolean {
    return this.#occurs(`fault/evict ${key}`, this.#plan.evictChance);
  }

  failsClose(key: string): boolean {
    return this.#occurs(`fault/close ${key}`, this.#plan.closeErrorChance);
  }

  failsDirSync(key: string): boolean {
    return this.#occurs(`fault/dirsync ${key}`, this.#plan.dirSyncErrorChance);
  }

  renameFault(key: string): NameFault {
    return this.#nameFault(`fault/rename ${key}`, this.#plan.renameErrorChance);
  }

  /** The fault of an unlink or a mkdir. */
  nameFault(key: string): NameFault {
    return this.#nameFault(`fault/name ${key}`, this.#plan.nameErrorChance);
  }

  /** The file system has met an error in its own structures. */
  breakNames(disk: SimDisk): void {
    if (this.model.metadata === 'read-only') disk.condition = 'read-only';
    else if (this.model.metadata === 'shuts down') disk.condition = 'shut down';
  }

  /** The error of an open, if any. */
  openFault(key: string): 'EMFILE' | 'ENFILE' | undefined {
    const chance = this.#plan.openErrorChance;
    if (chance === undefined) return undefined;
    const full = `fault/open ${key}`;
    const u = this.#choices.uniform(full);
    const way = this.#choices.choose(full, 3, u >= chance ? 0 : u < chance / 4 ? 2 : 1);
    return way === 0 ? undefined : way === 1 ? 'EMFILE' : 'ENFILE';
  }

  /** Which of `count` sectors that are about to be read has gone bad, if any. */
  badSector(key: string, count: number): number | undefined {
    const chance = this.#plan.readErrorChance;
    if (chance === undefined) return undefined;
    const full = `fault/sector ${key}`;
    const u = this.#choices.uniform(full);
    const way = this.#choices.choose(full, count + 1, u < chance ? 1 + Math.floor((u / chance) * count) : 0);
    return way === 0 ? undefined : way - 1;
  }

  /** How many of `lengthBytes` bytes a read returns: at least one. */
  readBytes(key: string, lengthBytes: number): number {
    if (lengthBytes < 2) return lengthBytes;
    return lengthBytes - this.#part(`fault/read ${key}`, this.#plan.shortReadChance, lengthBytes);
  }

  /** By how much a sync is delayed, in microseconds. */
  syncDelayUs(key: string): number {
    const slow = this.#occurs(`fault/slow ${key}`, this.#plan.slowSyncChance);
    return slow ? (this.#plan.slowSyncMs ?? 3000) * 1000 : 0;
  }

  /** A plan that changes takes the fullness with it. */
  #isFull(nowUs: number): boolean {
    return nowUs < this.#fullUntilUs && this.#plan.diskFullChance !== undefined;
  }

  #fillsUp(key: string, nowUs: number): boolean {
    if (!this.#occurs(`fault/full ${key}`, this.#plan.diskFullChance)) return false;
    this.#fullUntilUs = nowUs + (this.#plan.diskFullMs ?? 2000) * 1000;
    return true;
  }

  /** How far it came: often not at all, else page by page. */
  #fateOf(key: string): WriteBackFate {
    const choices = this.#choices;
    const { model } = this;
    const nothing = choices.choose(`fault/reach ${key}`, 2) === 1;
    if (nothing && model.size === 'never' && !model.garbage) return NOTHING_REACHED;
    return {
      reaches: (page) => !nothing && choices.choose(`fault/reach ${key}/${page}`, 2) === 0,
      sizeReaches: model.size === 'perhaps' && choices.choose(`fault/reach ${key}/size`, 2) === 0,
      spoil: (page, bytes, start, end) => {
        if (!model.garbage) return;
        const full = `fault/spoil ${key}/${page}`;
        if (choices.choose(full, 2, choices.uniform(full) < 0.25 ? 1 : 0) === 1)
          choices.noise(full, bytes, start, end);
      },
    };
  }

  #nameFault(key: string, chance: number | undefined): NameFault {
    if (chance === undefined) return 'none';
    const u = this.#choices.uniform(key);
    const way = this.#choices.choose(key, 3, u >= chance ? 0 : u < chance / 2 ? 1 : 2);
    return way === 0 ? 'none' : way === 1 ? 'done' : 'not done';
  }

  /** How many of `length` parts are missing: 0 … length - 1. */
  #part(key: string, chance: number | undefined, length: number): number {
    if (chance === undefined) return 0;
    const u = this.#choices.uniform(key);
    return this.#choices.choose(key, length, u < chance ? 1 + Math.floor((u / chance) * (length - 1)) : 0);
  }

  #occurs(key: string, chance: number | undefined): boolean {
    if (chance === undefined) return false;
    return this.#choices.choose(key, 2, this.#choices.uniform(key) < chance ? 1 : 0) === 1;
  }
}
