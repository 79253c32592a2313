/** Copies of a disk: the live run need not die to be tested. */
import { DirInode } from './dir-inode.ts';
import type { Inode, Rename, Slot } from './dir-inode.ts';
import type { FileInode } from './file-inode.ts';
import { SimDisk } from './sim-disk.ts';

/** A copy of a disk and the way from the original's inodes to the copy's. */
export interface Clone {
  readonly disk: SimDisk;
  readonly twin: (inode: FileInode) => FileInode | undefined;
}

/**
 * Copies a disk with everything that is pending on it: cache, versions, floors. Contents are shared by reference until
 * one of the two changes them. Open files, locks and operations in flight belong to processes and are not copied.
 */
export function cloneDisk(disk: SimDisk): Clone {
  const copy = new SimDisk({ capacityBytes: disk.space.capacityBytes, arena: disk.arena });
  copy.continueFrom(disk);
  copy.condition = disk.condition;
  const twins = new Map<Inode, Inode>([[disk.root, copy.root]]);
  const slots = new Map<Slot, Slot>();
  const renames = new Map<Rename, Rename>();

  const twinOf = (inode: Inode): Inode => {
    let twin = twins.get(inode);
    if (twin === undefined) {
      if (inode.kind === 'file') {
        twin = inode.clone();
        if (inode.links > 0) copy.space.usedBytes += inode.sizeBytes + inode.slackBytes;
        twins.set(inode, twin);
      } else {
        twin = new DirInode(inode.id, inode.key, inode.device);
        twins.set(inode, twin);
        copySlots(inode, twin);
      }
    }
    return twin;
  };
  const slotTwin = (slot: Slot): Slot => {
    let twin = slots.get(slot);
    if (twin === undefined) {
      twin = { name: slot.name, key: slot.key, versions: [] };
      slots.set(slot, twin);
    }
    return twin;
  };
  const renameTwin = (rename: Rename): Rename => {
    let twin = renames.get(rename);
    if (twin === undefined) {
      twin = {
        seq: rename.seq,
        key: rename.key,
        fromDir: twinOf(rename.fromDir) as DirInode,
        from: slotTwin(rename.from),
        toDir: twinOf(rename.toDir) as DirInode,
        to: slotTwin(rename.to),
      };
      renames.set(rename, twin);
    }
    return twin;
  };
  const copySlots = (from: DirInode, to: DirInode): void => {
    to.floor = from.floor;
    to.syncs = from.syncs;
    for (const slot of from.slots.values()) {
      const twin = slotTwin(slot);
      to.slots.set(slot.name, twin);
      for (const version of slot.versions) {
        twin.versions.push({
          seq: version.seq,
          inode: version.inode === undefined ? undefined : twinOf(version.inode),
          rename: version.rename === undefined ? undefined : renameTwin(version.rename),
        });
      }
    }
  };

  copySlots(disk.root, copy.root);
  return {
    disk: copy,
    twin: (inode) => twins.get(inode) as FileInode | undefined,
  };
}
