/** The inode of a directory: a row of slots, one a name, and a slot the row of its versions. */
import type { FileInode, Seq } from './file-inode.ts';

/** A rename: the versions of its two slots stand or fall together (R2). */
export interface Rename {
  readonly seq: Seq;
  readonly key: string;
  readonly fromDir: DirInode;
  readonly from: Slot;
  readonly toDir: DirInode;
  readonly to: Slot;
}

/** What a name meant from `seq` on: an inode, or nothing. */
export interface SlotVersion {
  readonly seq: Seq;
  readonly inode: Inode | undefined;
  readonly rename: Rename | undefined;
}

/** One name in one directory. `versions[0]` is durable, later ones are pending, the last is what a lookup sees. */
export interface Slot {
  readonly name: string;
  readonly key: string;
  versions: SlotVersion[];
}

export class DirInode {
  readonly kind = 'directory';
  readonly id: number;
  readonly key: string;
  /** The file system that it is on: names do not move from one to another. */
  readonly device: number;
  floor: Seq = 0;
  syncs = 0;
  readonly slots = new Map<string, Slot>();

  constructor(id: number, key: string, device = 0) {
    this.id = id;
    this.key = key;
    this.device = device;
  }

  lookup(name: string): Inode | undefined {
    const versions = this.slots.get(name)?.versions;
    return versions === undefined ? undefined : versions[versions.length - 1]!.inode;
  }

  /** How many names there are. */
  count(): number {
    let count = 0;
    for (const slot of this.slots.values()) if (newest(slot).inode !== undefined) count++;
    return count;
  }

  /** The last change of a name up to `seq` that is not known to be durable; 0 for none. */
  lastJournalled(seq: Seq): Seq {
    let last = 0;
    for (const { versions } of this.slots.values()) {
      for (let i = versions.length - 1; i > 0 && versions[i]!.seq > last; i--)
        if (versions[i]!.seq <= seq) last = versions[i]!.seq;
    }
    return last;
  }

  /** A sync has succeeded: of each slot the newest version up to `seq` is durable, older ones are gone. */
  raiseFloor(seq: Seq): void {
    if (seq <= this.floor) return;
    this.floor = seq;
    for (const slot of this.slots.values()) {
      const { versions } = slot;
      let durable = 0;
      while (durable + 1 < versions.length && versions[durable + 1]!.seq <= seq) durable++;
      if (durable > 0) slot.versions = versions.slice(durable);
      if (slot.versions.length === 1 && slot.versions[0]!.inode === undefined) this.slots.delete(slot.name);
    }
  }
}

export type Inode = FileInode | DirInode;

export function newest(slot: Slot): SlotVersion {
  return slot.versions[slot.versions.length - 1]!;
}
