/**
 * What a file system does when the device under it fails (fault-model.md, A.5). Each profile names one; a fault plan may
 * ask for another.
 *
 * The classes of behaviour are those that "Can Applications Recover from fsync Failures?" (USENIX ATC 2020) found.
 */
export interface ErrorModel {
  /**
   * What the page cache shows after a failed write-back. `keeps`: the new bytes, clean, while the disk has the old ones. `reverts`: the last durable content and size.
   */
  readonly cache: 'keeps' | 'reverts';
  /** Whether the sync whose write-back failed says so, or only the next one, which itself writes nothing. */
  readonly report: 'this sync' | 'next sync';
  /** Who is told: every description that was open at the time, once each (Linux from 4.16), or only the first that asks. */
  readonly told: 'each description' | 'first description';
  /** Whether the new size reaches the disk although the data did not. `never` where the size is logged after the data. */
  readonly size: 'never' | 'perhaps';
  /** Whether a failed page beyond the durable size may hold anything afterwards; others hold what they held before. */
  readonly garbage: boolean;
  /** After an error in the file system's own structures (names, the journal). `goes on` leaves the change pending. */
  readonly metadata: 'goes on' | 'read-only' | 'shuts down';
}

/** The error models by name. */
export type ErrorModelName = keyof typeof errorModels;

export const errorModels = {
  /** The least that POSIX leaves: all the ways to fail, without the mercy of stopping. */
  strict: {
    cache: 'keeps',
    report: 'this sync',
    told: 'each description',
    size: 'perhaps',
    garbage: true,
    metadata: 'goes on',
  },
  /** Pages that failed keep what they held, and nothing else is taken: what was durable before is promised after it. */
  plain: {
    cache: 'keeps',
    report: 'this sync',
    told: 'each description',
    size: 'perhaps',
    garbage: false,
    metadata: 'goes on',
  },
  /** ext4 with data=ordered or data=writeback. */
  ext4: {
    cache: 'keeps',
    report: 'this sync',
    told: 'each description',
    size: 'perhaps',
    garbage: true,
    metadata: 'read-only',
  },
  /** ext4 with data=journal: the sync that fails returns 0. */
  'ext4-journal': {
    cache: 'keeps',
    report: 'next sync',
    told: 'each description',
    size: 'perhaps',
    garbage: false,
    metadata: 'read-only',
  },
  xfs: {
    cache: 'keeps',
    report: 'this sync',
    told: 'each description',
    size: 'never',
    garbage: true,
    metadata: 'shuts down',
  },
  btrfs: {
    cache: 'reverts',
    report: 'this sync',
    told: 'each description',
    size: 'never',
    garbage: false,
    metadata: 'read-only',
  },
  /** Linux before 4.13: whoever syncs first takes the error away from everybody else. */
  'told-once': {
    cache: 'keeps',
    report: 'this sync',
    told: 'first description',
    size: 'perhaps',
    garbage: true,
    metadata: 'goes on',
  },
} as const satisfies Record<string, ErrorModel>;
