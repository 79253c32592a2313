/**
 * What file systems with a journal have in common (fault-model.md, A.4).
 *
 * All changes of names and all truncations stand in one global row, and a loss of power leaves a prefix of it: the *cut*,
 * drawn once a crash, at or after what a sync has committed. Where a file grows, its size follows the write-back of its
 * data: it is chosen among the ends of its writes and the page boundaries within them. What a page may have then is up to
 * the file system. A page that a lost truncation had removed has its old blocks still, and none of what was written to
 * new ones since.
 */
import type { Choices } from '../draws/choices.ts';
import { FreeChooser } from './free-chooser.ts';
import { PAGE_BYTES } from './file-inode.ts';
import type { DirInode, Inode, Rename, Slot, SlotVersion } from './dir-inode.ts';
import type { Change, FileInode, Seq } from './file-inode.ts';
import type { ChosenSize, CrashSettings } from './profile.ts';
import type { SimDisk } from './sim-disk.ts';

/** How far a file may have grown after the last truncation that the journal has. */
interface Growth {
  /** The size then. */
  startBytes: number;
  /** That truncation; 0 for none. */
  sinceSeq: Seq;
  /** Durable bytes, and so blocks, up to here in spite of all truncations that the journal has. */
  allocatedBytes: number;
  /** The truncations after the cut, oldest first. */
  lostCuts: Change[];
}

/** One end of a write-back, or a page boundary on the way to it. */
interface Extent {
  readonly sizeBytes: number;
  readonly seq: Seq;
}

export abstract class JournalChooser extends FreeChooser {
  /** Up to here the journal is on the disk. */
  protected readonly cut: Seq;
  protected growth: Growth = { startBytes: 0, sinceSeq: 0, allocatedBytes: 0, lostCuts: [] };

  constructor(disk: SimDisk, choices: Choices, prefix: string, settings: CrashSettings, committed: Seq) {
    super(choices, prefix, settings);
    const events = this.#events(disk.root, committed);
    const key = `${prefix}/commit`;
    const lost =
      events.length === 0 ? 0 : choices.choose(key, events.length + 1, this.lean(key, events.length + 1));
    this.cut = lost === 0 ? disk.seq : events[lost - 1]! - 1;
  }

  /** When a file's log has something for the journal beside its truncations. */
  protected journalled(_file: FileInode, _into: Set<Seq>): void {}

  /** The least size that a file has, once it may grow from `startBytes` to the first of `extents`. */
  protected abstract minimum(file: FileInode, extents: readonly Change[]): number;

  override keepsRename(rename: Rename): boolean {
    return rename.seq <= this.cut;
  }

  override slot(_dir: DirInode, _slot: Slot, versions: readonly SlotVersion[]): number {
    for (let i = 0; i < versions.length; i++) if (versions[i]!.seq <= this.cut) return i;
    return versions.length - 1;
  }

  override size(file: FileInode, sizes: readonly Change[]): ChosenSize {
    const extents = this.#takeGrowth(file, sizes);
    const ends = this.#ends(extents, this.minimum(file, extents));
    let pick = 0;
    if (ends.length > 1) {
      const key = `${this.prefix}/size ${file.key}`;
      const lean = this.leanVersion(file, key, ends.length - 1, (i) => ends[i]!.seq, 'data only');
      pick = this.choices.choose(key, ends.length, lean);
    }
    return { sizeBytes: ends[pick]!.sizeBytes, seq: this.cut };
  }

  override most(_file: FileInode, page: number, versions: readonly Change[]): number {
    for (const { sizeBytes, seq } of this.growth.lostCuts)
      if (sizeBytes <= page * PAGE_BYTES) return countUpTo(versions, seq);
    return versions.length;
  }

  override beneath(
    _file: FileInode,
    page: number,
    versions: readonly Change[],
    _chosen: number,
    least: number,
  ): number {
    return this.hasBlock(page) ? least : Math.max(least, this.first(versions));
  }

  override hole(_file: FileInode, _page: number): 'zeros' | 'noise' {
    return 'zeros';
  }

  /** True when a page has a block with durable bytes. */
  protected hasBlock(page: number): boolean {
    return page * PAGE_BYTES < this.growth.allocatedBytes;
  }

  /** How many versions there are up to the first one since the last truncation. */
  protected first(versions: readonly Change[]): number {
    return countUpTo(versions, this.growth.sinceSeq) + 1;
  }

  /** How many versions it takes until a page has everything below `end`. */
  protected covering(versions: readonly Change[], end: number): number {
    let count = countUpTo(versions, this.growth.sinceSeq);
    while (count < versions.length && versions[count]!.seq <= this.cut)
      if (versions[count++]!.end >= end) break;
    return count;
  }

  /** Every pending moment of the journal after what is committed, newest first. */
  #events(root: DirInode, committed: Seq): Seq[] {
    const found = new Set<Seq>();
    const seen = new Set<Inode>();
    const visit = (dir: DirInode): void => {
      for (const { versions } of dir.slots.values()) {
        for (let i = 0; i < versions.length; i++) {
          const { seq, inode } = versions[i]!;
          if (i > 0) found.add(seq);
          if (inode === undefined || seen.has(inode)) continue;
          seen.add(inode);
          if (inode.kind === 'directory') {
            visit(inode);
          } else {
            for (const change of inode.log) if (change.kind === 'truncate') found.add(change.seq);
            this.journalled(inode, found);
          }
        }
      }
    };
    visit(root);
    return [...found].filter((seq) => seq > committed).sort((a, b) => b - a);
  }

  /** The growing writes since the last truncation that the journal has, newest first. */
  #takeGrowth(file: FileInode, sizes: readonly Change[]): Change[] {
    const { durableSizeBytes } = file;
    const growth: Growth = {
      startBytes: durableSizeBytes,
      sinceSeq: 0,
      allocatedBytes: durableSizeBytes,
      lostCuts: [],
    };
    const extents: Change[] = [];
    for (const size of sizes) {
      const { kind, seq, sizeBytes } = size;
      if (seq > this.cut) {
        if (kind === 'truncate') growth.lostCuts.unshift(size);
      } else if (kind === 'truncate') {
        growth.allocatedBytes = Math.min(growth.allocatedBytes, sizeBytes);
        if (growth.sinceSeq > 0) continue;
        growth.startBytes = sizeBytes;
        growth.sinceSeq = seq;
      } else if (growth.sinceSeq === 0) {
        extents.push(size);
      }
    }
    this.growth = growth;
    return extents;
  }

  /** Where the growth of a file may have come to, newest first: its least size is the last. */
  #ends(extents: readonly Change[], minimum: number): Extent[] {
    const ends: Extent[] = [];
    for (let i = 0; i < extents.length; i++) {
      const { sizeBytes, seq } = extents[i]!;
      const before = Math.max(minimum, extents[i + 1]?.sizeBytes ?? this.growth.startBytes);
      if (sizeBytes <= minimum) break;
      ends.push({ sizeBytes, seq });
      for (let at = Math.ceil(sizeBytes / PAGE_BYTES) - 1; at * PAGE_BYTES > before; at--)
        ends.push({ sizeBytes: at * PAGE_BYTES, seq });
    }
    ends.push({ sizeBytes: minimum, seq: 0 });
    return ends;
  }
}

/** How many of some versions, oldest first, are not after `seq`. */
export function countUpTo(versions: readonly Change[], seq: Seq): number {
  let count = 0;
  while (count < versions.length && versions[count]!.seq <= seq) count++;
  return count;
}
