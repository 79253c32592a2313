/**
 * Disks whose syncs return 0 and have not done it.
 *
 * `lying` is a drive with a volatile cache that ignores flushes now and then: such a sync raises no floor, so that a loss of
 * power may take all of what it covered, or any part, as if it had never been asked for; a later honest one makes up for
 * it. How often is drawn once a run. With the knob `nobarrier` the last sync of each file or directory is not on the medium
 * yet. With `fdatasyncGrowthBug` fdatasync brings the data of a file that has grown, and not the size.
 */
import type { Choices } from '../draws/choices.ts';
import type { Inode } from './dir-inode.ts';
import type { Seq } from './file-inode.ts';
import type { Profile, SyncCheat } from './profile.ts';
import type { SimDisk } from './sim-disk.ts';

/** A profile on a disk that lies. */
export function lyingUnder(base: Profile, name: string): Profile {
  return {
    ...base,
    name,
    about: `A sync may return 0 and have done nothing; else ${base.name}.`,
    honest: false,
    cheat: (choices) => new Liar(choices),
  };
}

const LIES = [0.05, 0.3, 0.9];

class Liar implements SyncCheat {
  readonly #choices: Choices;
  readonly #chance: number;

  constructor(choices: Choices) {
    this.#choices = choices;
    this.#chance = LIES[Math.floor(choices.uniform('lies') * LIES.length)]!;
  }

  swallows(disk: SimDisk, inode: Inode): boolean {
    const key = `lie ${inode.key}`;
    const full = `${key}:${disk.keys.ordinal(key)}`;
    return this.#choices.choose(full, 2, this.#choices.uniform(full) < this.#chance ? 1 : 0) === 1;
  }
}

/** The last sync of each inode waits in the drive's cache until the next one of it. */
export class VolatileCache implements SyncCheat {
  readonly #waiting = new Map<Inode, { readonly covered: Seq; readonly dataOnly: boolean }>();

  swallows(disk: SimDisk, inode: Inode, covered: Seq, dataOnly: boolean): boolean {
    const before = this.#waiting.get(inode);
    this.#waiting.set(inode, { covered, dataOnly });
    if (before !== undefined) disk.persist(inode, before.covered, before.dataOnly);
    return true;
  }
}

export const growthBug: SyncCheat = {
  swallows: (_disk, inode, covered, dataOnly) => {
    if (!dataOnly || inode.kind === 'directory') return false;
    const grows = inode.log.some((change) => change.resizes && change.seq <= covered);
    if (grows && covered > inode.dataFloor) inode.dataFloor = covered;
    return grows;
  },
};
