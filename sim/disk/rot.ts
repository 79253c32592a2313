/**
 * `rot`: media that change what was durable. While the power is off, one or two sectors of the files that are left may be
 * flipped in a bit, zeroed, filled with noise, exchanged for another, made unreadable (EIO until they are written), or be as
 * they were before the last sync that made the file longer (a write that went nowhere).
 */
import type { Choices } from '../draws/choices.ts';
import type { CrashTally } from './crash-report.ts';
import { newest } from './dir-inode.ts';
import { SECTOR_BYTES } from './file-inode.ts';
import type { DirInode } from './dir-inode.ts';
import type { FileInode } from './file-inode.ts';
import type { Profile } from './profile.ts';
import type { SimDisk } from './sim-disk.ts';

/** A profile on media that rot. */
export function rotUnder(base: Profile, name: string): Profile {
  return {
    ...base,
    name,
    about: `Durable sectors may be flipped, zeroed, garbage, exchanged, unreadable or old; else ${base.name}.`,
    honest: false,
    decay,
  };
}

const MOST_DAMAGES = 2;
const kinds = ['flipped', 'zeroed', 'noise', 'exchanged', 'unreadable', 'old'] as const;

function decay(left: SimDisk, choices: Choices, prefix: string, tally: CrashTally): void {
  const files = filesOn(left.root);
  if (files.length === 0) return;
  for (let i = 1; i <= MOST_DAMAGES; i++) {
    const key = `${prefix}/rot ${i}`;
    const u = choices.uniform(key);
    const chosen = choices.choose(
      key,
      files.length + 1,
      u < 0.5 ? 0 : 1 + Math.floor((u - 0.5) * 2 * files.length),
    );
    if (chosen === 0) return;
    damage(files[chosen - 1]!, choices, key, tally);
  }
}

function damage(file: FileInode, choices: Choices, key: string, tally: CrashTally): void {
  const sectors = Math.ceil(file.sizeBytes / SECTOR_BYTES);
  const kind = kinds[choices.choose(`${key}/kind`, kinds.length)]!;
  const sector = choices.choose(`${key}/sector`, sectors);
  const bytes = file.base.slice(0, file.sizeBytes);
  const from = sector * SECTOR_BYTES;
  const to = Math.min(from + SECTOR_BYTES, bytes.length);
  switch (kind) {
    case 'flipped': {
      const bit = choices.choose(`${key}/bit`, (to - from) * 8);
      bytes[from + (bit >> 3)]! ^= 1 << (bit & 7);
      break;
    }
    case 'zeroed':
      bytes.fill(0, from, to);
      break;
    case 'noise':
      choices.noise(key, bytes, from, to);
      break;
    case 'exchanged': {
      const other = choices.choose(`${key}/other`, sectors) * SECTOR_BYTES;
      const length = Math.min(to - from, bytes.length - other);
      const kept = bytes.slice(from, from + length);
      bytes.copyWithin(from, other, other + length);
      bytes.set(kept, other);
      break;
    }
    case 'unreadable':
      (file.badSectors ??= new Set()).add(sector);
      break;
    case 'old':
      bytes.fill(0, Math.min(to, Math.max(from, file.earlierSizeBytes)), to);
      break;
  }
  file.adopt(bytes);
  tally.count('medium-damaged');
  tally.rows?.push({
    object: file.key,
    what: 'medium',
    detail: `sector ${sector} is ${kind}`,
    fate: 'dropped',
  });
}

/** The files with any content, in the order of their names. */
function filesOn(root: DirInode): FileInode[] {
  const found: FileInode[] = [];
  const visit = (dir: DirInode): void => {
    for (const name of [...dir.slots.keys()].sort()) {
      const { inode } = newest(dir.slots.get(name)!);
      if (inode?.kind === 'directory') visit(inode);
      else if (inode !== undefined && inode.sizeBytes > 0 && !found.includes(inode)) found.push(inode);
    }
  };
  visit(root);
  return found;
}
