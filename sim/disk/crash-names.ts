/**
 * Which names are left after a power loss: rules R1 (floors), R2 (rename ties) and R3 (reachability).
 *
 * A slot keeps one of its versions at or after the durable one. The two slots of a rename stay on the same side of it,
 * and a kept rename keeps every earlier one that shares a slot with it, so that each slot has a cut.
 */
import type { CrashTally } from './crash-report.ts';
import type { DirInode, Inode, Rename, Slot, SlotVersion } from './dir-inode.ts';
import { newest } from './dir-inode.ts';
import type { CrashChooser, RenameTies } from './profile.ts';

/** Which pending renames survive. A rename that is not tied at all is in neither set. */
export interface KeptRenames {
  readonly kept: ReadonlySet<Rename>;
  /** Those of them whose old name is there as well. */
  readonly doubled: ReadonlySet<Rename>;
  readonly ties: RenameTies;
}

/** Decides all pending renames of a disk. */
export function chooseRenames(root: DirInode, chooser: CrashChooser, tally: CrashTally): KeptRenames {
  const { ties } = chooser;
  const renames = pendingRenames(root).filter(() => ties !== 'none');
  const kept = new Set<Rename>();
  const doubled = new Set<Rename>();
  for (let i = renames.length - 1; i >= 0; i--) {
    const rename = renames[i]!;
    const tied = ties === 'all' || rename.fromDir === rename.toDir;
    const gone = rename.seq <= rename.fromDir.floor;
    const there = rename.seq <= rename.toDir.floor;
    const durable = gone || (there && tied);
    if (!durable) tally.count('crash-with-pending-rename');
    let keep = durable || kept.has(rename);
    if (!durable && !tied) {
      const fate = chooser.crosses(rename, !keep && !there);
      keep = fate !== 'lost';
      if (fate === 'doubled') doubled.add(rename);
    } else if (!keep) {
      keep = chooser.keepsRename(rename);
    }
    if (keep) {
      kept.add(rename);
      for (let j = 0; j < i; j++) if (sharesSlot(rename, renames[j]!)) kept.add(renames[j]!);
    }
    if (!durable) tally.count(keep ? 'rename-kept' : 'rename-lost');
    tally.rows?.push({
      object: rename.key,
      what: 'rename',
      detail: `${rename.from.name} -> ${rename.to.name}${durable ? ' (synced)' : ''}${doubled.has(rename) ? ' (both names)' : ''}`,
      fate: keep ? 'kept' : 'dropped',
    });
  }
  return { kept, doubled, ties };
}

/** The version that a name keeps. */
export function chooseVersion(
  dir: DirInode,
  slot: Slot,
  renames: KeptRenames,
  chooser: CrashChooser,
  tally: CrashTally,
): SlotVersion {
  const { versions } = slot;
  if (versions.length === 1) return versions[0]!;
  tally.pendingNames += versions.length - 1;
  const legal = legalVersions(slot, renames);
  const chosen = legal.length === 1 ? legal[0]! : legal[chooser.slot(dir, slot, legal)]!;
  noteFate(dir, slot, chosen, renames.kept, tally);
  return chosen;
}

/** The versions that R1 and R2 allow, newest first: from the last kept rename on, up to the first lost one. */
function legalVersions(slot: Slot, { kept, doubled, ties }: KeptRenames): SlotVersion[] {
  const { versions } = slot;
  let from = 0;
  let to = versions.length;
  for (let i = 1; i < versions.length && ties !== 'none'; i++) {
    const { rename } = versions[i]!;
    if (rename === undefined) continue;
    if (kept.has(rename) && !(doubled.has(rename) && rename.from === slot)) {
      from = i;
    } else {
      to = i;
      break;
    }
  }
  return versions.slice(from, to).reverse();
}

/** All renames that a pending version belongs to, oldest first. */
function pendingRenames(root: DirInode): Rename[] {
  const found = new Set<Rename>();
  const seen = new Set<Inode>();
  const visit = (dir: DirInode): void => {
    if (seen.has(dir)) return;
    seen.add(dir);
    for (const slot of dir.slots.values()) {
      const { versions } = slot;
      for (let i = 0; i < versions.length; i++) {
        const { inode, rename } = versions[i]!;
        if (i > 0 && rename !== undefined) found.add(rename);
        if (inode?.kind === 'directory') visit(inode);
      }
    }
  };
  visit(root);
  return found.size < 2 ? [...found] : [...found].sort((a, b) => a.seq - b.seq);
}

function sharesSlot(a: Rename, b: Rename): boolean {
  return a.from === b.from || a.from === b.to || a.to === b.from || a.to === b.to;
}

function noteFate(
  dir: DirInode,
  slot: Slot,
  chosen: SlotVersion,
  kept: ReadonlySet<Rename>,
  tally: CrashTally,
): void {
  const last = newest(slot);
  if (chosen !== last) {
    tally.lost++;
    if (last.inode === undefined && last.rename === undefined && chosen.inode !== undefined)
      tally.count('unlink-lost');
    if (last.inode !== undefined && last.rename === undefined && chosen.inode === undefined) {
      tally.count(last.inode.kind === 'directory' ? 'directory-lost' : 'name-lost');
    }
    if (last.inode?.kind === 'file' && last.inode.floor > 0 && chosen.inode !== last.inode) {
      tally.count('synced-file-without-name');
    }
  } else if (last.inode === undefined && last.rename === undefined) {
    for (const other of dir.slots.values()) {
      for (const version of other.versions) {
        if (
          version.rename !== undefined &&
          version.seq < last.seq &&
          version.seq > dir.floor &&
          !kept.has(version.rename)
        ) {
          tally.count('unlink-before-rename');
          return;
        }
      }
    }
  }
  tally.rows?.push({
    object: slot.key,
    what: 'name',
    detail: `${slot.name}: ${slot.versions.map((v) => (v === chosen ? '[' : '') + (v.inode?.key ?? 'nothing') + (v === chosen ? ']' : '')).join(', ')}`,
    fate: chosen === last ? 'kept' : 'dropped',
  });
}
