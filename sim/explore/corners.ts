/**
 * Corners: the crash states that find most defects, as choices (fault-model.md, A.4, the enumeration strategy).
 *
 * A corner says how to answer each question of a crash by what the question is about, which its key names: a rename, a name,
 * a size, a page, a tear, a hole, an operation in flight; whatever else a profile asks is about the order in which its
 * journal went. Option 0 of a question keeps everything, the last one keeps nothing.
 */
import type { SimDisk } from '../disk/index.ts';
import { newest } from '../disk/dir-inode.ts';
import type { DirInode } from '../disk/dir-inode.ts';
import { SeededChoices } from '../draws/index.ts';
import type { Choices } from '../draws/index.ts';

/** What a question of a crash is about. */
export type Matter = 'rename' | 'name' | 'size' | 'page' | 'torn' | 'hole' | 'in flight' | 'other';

export interface Question {
  readonly key: string;
  readonly matter: Matter;
  /** The key of the file, the name or the operation that it is about. */
  readonly object: string;
  readonly count: number;
}

export type Answer = (question: Question) => number;

export interface Corner {
  readonly name: string;
  readonly answer: Answer;
}

const matters: readonly Matter[] = ['rename', 'name', 'size', 'page', 'torn', 'hole', 'in flight'];

/** Takes a key of a choice apart: `prefix/matter object`. */
export function questionOf(key: string, count: number): Question {
  for (const matter of matters) {
    const at = key.indexOf(`/${matter} `);
    if (at !== -1) return { key, matter, object: key.slice(at + matter.length + 2), count };
  }
  return { key, matter: 'other', object: key, count };
}

/** Choices that a rule makes; chance and noise come from `basis`. */
export class RuledChoices implements Choices {
  readonly asked = new Map<string, Question>();
  readonly #made = new Map<string, number>();
  readonly #answer: Answer;
  readonly #basis: Pick<Choices, 'uniform' | 'noise'>;

  constructor(answer: Answer, basis: Pick<Choices, 'uniform' | 'noise'>) {
    this.#answer = answer;
    this.#basis = basis;
  }

  choose(key: string, count: number): number {
    const made = this.#made.get(key);
    if (made !== undefined) return Math.min(made, count - 1);
    const question = questionOf(key, count);
    this.asked.set(key, question);
    const value = Math.max(0, Math.min(count - 1, this.#answer(question)));
    this.#made.set(key, value);
    return value;
  }

  uniform(key: string): number {
    return this.#basis.uniform(key);
  }

  noise(key: string, bytes: Uint8Array, start: number, end: number): void {
    this.#basis.noise(key, bytes, start, end);
  }

  record(): Record<string, number> {
    return Object.fromEntries(this.#made);
  }
}

const kept: Answer = () => 0;
const lost: Answer = ({ matter, count }) => (matter === 'torn' || matter === 'hole' ? 0 : count - 1);

/** Nothing that is pending is kept, and nothing is torn. */
export function nothingKept(): Choices {
  return new RuledChoices(lost, new SeededChoices('nothing kept'));
}

/** What is kept where one matter is chosen: everything of it, nothing of the rest. */
function only(wanted: (question: Question) => boolean): Answer {
  return (question) => (wanted(question) ? 0 : lost(question));
}

function isData({ matter }: Question): boolean {
  return matter === 'page' || matter === 'torn';
}

function isMetadata(question: Question): boolean {
  return !isData(question) && question.matter !== 'hole' && question.matter !== 'in flight';
}

/** Where the last write is cut: these, and one byte before its end. */
const CUTS_BYTES = [0, 1, 511, 512, 513, 4095, 4096];

/**
 * The corners of a crash of this disk.
 *
 * @param whole - the questions that were asked where everything was kept
 * @param bare - the questions that were asked where nothing was
 */
export function cornersOf(disk: SimDisk, whole: readonly Question[], bare: readonly Question[]): Corner[] {
  const corners: Corner[] = [
    { name: 'everything', answer: kept },
    { name: 'nothing', answer: lost },
    { name: 'all metadata, no data', answer: only((q) => isMetadata(q)) },
    { name: 'all data, no metadata', answer: only((q) => isData(q)) },
    { name: 'sizes only, zeros', answer: only(({ matter }) => matter === 'size') },
    {
      name: 'sizes only, noise',
      answer: (q) => (q.matter === 'size' ? 0 : q.matter === 'hole' ? q.count - 1 : lost(q)),
    },
    {
      name: 'names and sizes, noise for data',
      answer: (q) => (q.matter === 'hole' ? q.count - 1 : isMetadata(q) ? 0 : lost(q)),
    },
    { name: 'renames only', answer: only(({ matter }) => matter === 'rename') },
  ];
  for (const { key, count, matter } of whole) {
    if (matter === 'torn' || matter === 'hole') continue;
    corners.push({ name: `${key} dropped`, answer: (q) => (q.key === key ? count - 1 : 0) });
    if (count > 2) corners.push({ name: `${key} dropped in part`, answer: (q) => (q.key === key ? 1 : 0) });
  }
  for (const { key, matter } of bare)
    if (matter !== 'torn' && matter !== 'hole')
      corners.push({ name: `${key} alone`, answer: only((q) => q.key === key) });
  return [...corners, ...tornCorners(whole), ...placeCorners(disk)];
}

/** The last write cut at the seams of sectors and pages, and the last pending page torn in its first ways. */
function tornCorners(whole: readonly Question[]): Corner[] {
  const corners: Corner[] = [];
  const writing = whole.findLast(({ matter, count }) => matter === 'in flight' && count > 2);
  if (writing !== undefined) {
    const lengthBytes = writing.count - 1;
    for (const cut of new Set([...CUTS_BYTES, lengthBytes - 1])) {
      if (cut >= lengthBytes) continue;
      const answer: Answer = (q) => (q.key === writing.key ? lengthBytes - cut : 0);
      corners.push({ name: `${writing.key} cut at ${cut}`, answer });
    }
  }
  const torn = whole.findLast(({ matter }) => matter === 'torn');
  for (let way = 1; torn !== undefined && way < Math.min(torn.count, 9); way++)
    corners.push({ name: `${torn.key} torn ${way}`, answer: (q) => (q.key === torn.key ? way : 0) });
  return corners;
}

/** Only what was removed, only one directory, only the newest or the oldest file. */
function placeCorners(disk: SimDisk): Corner[] {
  const removed = new Set<string>();
  const directories: Set<string>[] = [];
  const files: { readonly id: number; readonly key: string; readonly slot: string }[] = [];
  const visit = (dir: DirInode): void => {
    const own = new Set<string>();
    for (const slot of dir.slots.values()) {
      if (slot.versions.length > 1) own.add(slot.key);
      const { inode, rename } = newest(slot);
      if (inode === undefined && rename === undefined) removed.add(slot.key);
      else if (inode?.kind === 'directory') visit(inode);
      else if (inode !== undefined && (inode.log.length > 0 || slot.versions.length > 1))
        files.push({ id: inode.id, key: inode.key, slot: slot.key });
    }
    if (own.size > 0) directories.push(own);
  };
  visit(disk.root);
  files.sort((a, b) => a.id - b.id);
  const corners: Corner[] = [];
  if (removed.size > 0)
    corners.push({
      name: 'removals only',
      answer: only((q) => q.matter === 'name' && removed.has(q.object)),
    });
  if (directories.length > 1) {
    for (const [index, own] of directories.entries()) {
      const inside = (q: Question): boolean =>
        (q.matter === 'name' && own.has(q.object)) ||
        (q.matter === 'rename' && own.has(q.object.replace(/\/rename:\d+$/, '')));
      corners.push({ name: `directory ${index + 1} only`, answer: only(inside) });
    }
  }
  const ends = files.length > 1 ? [files[0]!, files.at(-1)!] : [];
  for (const [index, { key, slot }] of ends.entries()) {
    const answer = only(
      (q) =>
        q.object === key ||
        q.object.startsWith(`${key}/`) ||
        q.object === slot ||
        q.object.startsWith(`${slot}/rename:`),
    );
    corners.push({ name: index === 0 ? 'oldest file only' : 'newest file only', answer });
  }
  return corners;
}
