/**
 * The manifest of an append-only log: which files it consists of (formats.md 3.2).
 *
 * One line a file, `file NAME seq N type T`, T one of b (base), h (history: no longer needed), i (increment). Keys come
 * in any order and case; unknown ones are ignored, lines that begin with `#` too. What Redis refuses is refused in its
 * words. Where it is more lenient than sane (`seq 3x`, `seq -1`) it is not followed.
 *
 * Ours carries more, in lines that begin with `#lightsout` (`manifest-notes.ts`): facts about the files, and a seal, by
 * which a manifest that has lost lines is told from a whole one. Redis skips these lines, and drops them when it writes a
 * manifest of its own: one without them is as good as its syntax.
 */
import { ByteWriter, latin1Bytes, latin1Text, parseInteger, quoteWord, splitWords } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';
import { annotationNotes, fileNote, ManifestNotes, sealLine, sealedNote } from './manifest-notes.ts';

export interface ManifestFile {
  /** Latin1, without a path. */
  readonly name: string;
  readonly seq: number;
  /** Bytes that were durable when the manifest was written: the file is never shorter. */
  readonly bytes?: number;
  /** Of a base: the last batch whose units are in it. The first increment after it begins with the next one. */
  readonly lastBatch?: number;
  /** So many bytes at its beginning were found in a log without a key: of batches among them only the syntax counts. */
  readonly uncheckedBytes?: number;
}

/** That the log's writes are annotated batches. */
export interface Annotation {
  /** What the hashes of the batches are seeded with. */
  readonly key: number;
  /** `aof-checksum no`: there are batches in the log, and what is written now goes without. */
  readonly isPaused: boolean;
}

export interface Manifest {
  readonly base: ManifestFile | undefined;
  readonly history: readonly ManifestFile[];
  /** Ascending by `seq`; the last is the one written to. */
  readonly increments: readonly ManifestFile[];
  /** Lines that begin with `#` and are not ours, as they stood, without line ends. They are written first. */
  readonly comments: readonly string[];
  /** Undefined: no file of the log holds batches that can be checked. */
  readonly annotation: Annotation | undefined;
}

/** A manifest as it was read. */
export interface ReadManifest extends Manifest {
  /** It carries the seal of a whole manifest. False: Redis wrote it, or `aof-checksum no`. */
  readonly isSealed: boolean;
  /** Lines cannot be read, or the seal does not hold. Only where the caller said that he wants to know instead of an error. */
  readonly damage: string | undefined;
}

export const emptyManifest: Manifest = {
  base: undefined,
  history: [],
  increments: [],
  comments: [],
  annotation: undefined,
};

/** Longest line, its end included. */
const longestLineBytes = 1024;

export interface ReadManifestOptions {
  readonly accept?: 'broken-seal' | 'damage';
}

/**
 * Reads a manifest.
 * @param options accept: what is told in `damage` instead of an error. 'broken-seal': a seal that does not hold. 'damage': lines
 *   that cannot be read as well; the manifest is what its beginning says then. The line of the base is
 *   the first of all files: what cannot be read before it was a note, and what cannot be read behind it ends the log there,
 *   since it may have been an increment. What the notes behind that say still counts. Without that line there are no files.
 * @throws LightsoutError CORRUPT with Redis's three lines: the line's number, the line, what is wrong with it. (For an
 * empty file only the last.) CORRUPT where the seal does not hold.
 */
export function parseManifest(bytes: Uint8Array, options: ReadManifestOptions = {}): ReadManifest {
  const acceptDamage = options.accept === 'damage';
  let damage: string | undefined;
  let base: ManifestFile | undefined;
  const history: ManifestFile[] = [];
  const increments: ManifestFile[] = [];
  const comments: string[] = [];
  const notes = new ManifestNotes();
  /** A line behind the base could not be read: no more files, but what the notes say of them still counts. */
  let isOver = false;
  const names = new Set<string>();
  const takeLine = (number: number, start: number, newline: number): void => {
    const end = newline < 0 ? bytes.length : newline;
    const fail = (why: string) =>
      unreadable(number, latin1Text(bytes, start, Math.min(end, start + longestLineBytes)), why);
    if (newline < 0 || newline - start >= longestLineBytes)
      throw fail('The AOF manifest file contains too long line');
    if (bytes[start] === 0x23) {
      const comment = latin1Text(bytes, start, end);
      if (!notes.take(comment, bytes, start)) comments.push(comment);
      return;
    }
    if (isOver) return;
    const { type, ...file } = parseLine(bytes, start, end, fail);
    if (type === 'b' && base !== undefined) throw fail('Found duplicate base file information');
    // Nobody writes that; and a file that is read twice is a state that never was.
    if (names.has(file.name)) throw fail('Found a file that another line names already');
    names.add(file.name);
    if (type === 'b') {
      base = file;
    } else if (type === 'h') {
      history.push(file);
    } else if (type === 'i') {
      if (file.seq <= (increments.at(-1)?.seq ?? 0)) throw fail('Found a non-monotonic sequence number');
      increments.push(file);
    } else {
      throw fail('Unknown AOF file type');
    }
  };
  if (bytes.length === 0 && !acceptDamage) throw new LightsoutError('CORRUPT', 'Found an empty AOF manifest');
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf(0x0a, start);
    try {
      takeLine(number, start, newline);
    } catch (error) {
      if (!acceptDamage || !(error instanceof LightsoutError)) throw error;
      damage ??= error.message.replaceAll('\n', ' ');
      isOver ||= base !== undefined;
    }
    start = newline < 0 ? bytes.length : newline + 1;
  }
  damage ??= bytes.length === 0 ? 'it is empty' : notes.brokenSeal(bytes.length);
  if (damage !== undefined && options.accept === undefined)
    throw new LightsoutError('CORRUPT', `the manifest has lost lines or was changed: ${damage}`);
  if (damage !== undefined && acceptDamage) {
    // A base that is called an increment is one, and lacks what it belongs to.
    if (base !== undefined && isCalled(base, 'incr')) base = undefined;
    if (base === undefined) increments.length = history.length = 0;
    const other = increments.findIndex((file) => isCalled(file, 'base'));
    if (other >= 0) increments.length = other;
  }
  return {
    base: base === undefined ? undefined : notes.about(base),
    history,
    increments: increments.map((file) => notes.about(file)),
    comments,
    annotation: notes.annotation,
    isSealed: notes.isSealed,
    damage,
  };
}

/**
 * A manifest as bytes: comments, base, history, increments.
 * @param isSealed with the facts about the files, and a seal
 */
export function formatManifest(manifest: Manifest, isSealed: boolean): Uint8Array {
  const writer = new ByteWriter();
  // First of all: whatever else is cut off, the promise of a seal is left.
  if (isSealed) writer.latin1(`${sealedNote}\n`);
  for (const line of annotationNotes(manifest.annotation)) writer.latin1(`${line}\n`);
  for (const comment of manifest.comments) writer.latin1(`${comment}\n`);
  const line = ({ name, seq }: ManifestFile, type: string) => {
    const bytes = latin1Bytes(name);
    writer.latin1(`file ${quoteWord(bytes)} seq ${seq} type ${type}\n`);
  };
  if (manifest.base !== undefined) line(manifest.base, 'b');
  for (const file of manifest.history) line(file, 'h');
  for (const file of manifest.increments) line(file, 'i');
  if (isSealed) {
    for (const file of manifest.base === undefined
      ? manifest.increments
      : [manifest.base, ...manifest.increments])
      writer.latin1(`${fileNote(file)}\n`);
    writer.latin1(`${sealLine(writer.view())}\n`);
  }
  return writer.copy();
}

function parseLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  fail: (why: string) => LightsoutError,
): ManifestFile & { type: string } {
  const invalid = 'Invalid AOF manifest file format';
  const writer = new ByteWriter();
  const places: [number, number][] = [];
  const balanced = splitWords(bytes, start, end, writer, (from, to) => places.push([from, to]));
  if (!balanced || places.length < 6 || places.length % 2 !== 0) throw fail(invalid);
  const words = places.map(([from, to]) => latin1Text(writer.buffer, from, to));

  let name = '';
  let seq: number | undefined;
  let type = '';
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1]!;
    switch (words[i]!.toLowerCase()) {
      case 'file':
        if (/[/\\]/.test(value)) throw fail("File can't be a path, just a filename");
        name = value;
        break;
      case 'seq':
        seq = parseInteger(latin1Bytes(value));
        break;
      case 'type':
        type = value.charAt(0);
        break;
      default:
        break;
    }
  }
  if (name === '' || seq === undefined || seq < 1 || type === '') throw fail(invalid);
  return { name, seq, type };
}

/** Both Redis and we give a file a name that says what it is; a log of before Redis 7 has one that does not. */
function isCalled({ name }: ManifestFile, kind: 'base' | 'incr'): boolean {
  return new RegExp(`\\.\\d{1,15}\\.${kind}\\.(?:rdb|aof)$`).test(name);
}

function unreadable(line: number, text: string, why: string): LightsoutError {
  return new LightsoutError('CORRUPT', `Reading the manifest file, at line ${line}\n>>> '${text}'\n${why}`);
}
