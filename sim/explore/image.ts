/** What an exploration keeps of what it saw: distinct images, what they came from, and when. */
import type { Bounds, CrashKind } from '../oracle/bounds.ts';
import { crash, fingerprint, posixStrict } from '../disk/index.ts';
import type { Profile, SimDisk } from '../disk/index.ts';
import { nothingKept } from './corners.ts';

export interface ExploreLimits {
  /** All states of an instant are walked where there are at most so many. Default 256. */
  readonly mostStates: number;
  /** States drawn at an instant where there are more, beside the corners. Default 32. */
  readonly samples: number;
  /**
   * One in so many recovered images of a loss of power loses it once more, as badly as can be (P11), the first of each kind
   * of recovery does, told by what it logs, and every image of a kill. 0: none; 1: every one. Default 8.
   */
  readonly again: number;
  /** How deep crashes inside recoveries are followed: 0 for not at all. Default 0. */
  readonly depth: number;
  /** Instants of earlier lives are passed over. Default 1. */
  readonly fromGeneration: number;
}

export const defaultLimits: ExploreLimits = {
  mostStates: 256,
  samples: 32,
  again: 8,
  depth: 0,
  fromGeneration: 1,
};

/** A distinct disk that a crash may leave. */
export interface ImageEntry {
  readonly id: string;
  readonly disk: SimDisk;
  readonly kind: CrashKind;
  /** Wall time at which it was first possible: it is recovered then. */
  readonly wallMs: number;
}

/** All states that one disk may become by one kind of crash under one profile. */
export interface Family {
  readonly kind: CrashKind;
  readonly profile: Profile;
  readonly images: ReadonlySet<ImageEntry>;
}

/** An instant at which something was promised of some families. */
export interface Sighting {
  readonly event: number;
  readonly generation: number;
  readonly serving: boolean;
  readonly simMs: number;
  readonly bounds: Readonly<Record<CrashKind, Bounds>>;
  readonly families: readonly Family[];
}

/**
 * What tells images apart. After a kill the page cache holds what the disk may not have: what the power would take next is
 * part of the image.
 */
export function imageId(disk: SimDisk, kind: CrashKind): string {
  if (kind === 'power') return fingerprint(disk);
  const durable = crash(disk, 'power', posixStrict, nothingKept()).disk;
  return `killed ${fingerprint(disk)} ${fingerprint(durable)}`;
}
