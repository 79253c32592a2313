/**
 * The manifest of an append-only log: which files it consists of (formats.md 3.2).
 *
 * One line a file, `file NAME seq N type T`, T one of b (base), h (history: no longer needed), i (increment). Keys come
 * in any order and case; unknown ones are ignored, lines that begin with `#` too. What Redis refuses is refused in its
 * words. Where it is more lenient than sane (`seq 3x`, `seq -1`) it is not followed.
 */
import { ByteWriter, latin1Bytes, latin1Text, parseInteger, quoteWord, splitWords } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';

export interface ManifestFile {
  /** Latin1, without a path. */
  readonly name: string;
  readonly seq: number;
}

export interface Manifest {
  readonly base: ManifestFile | undefined;
  readonly history: readonly ManifestFile[];
  /** Ascending by `seq`; the last is the one written to. */
  readonly increments: readonly ManifestFile[];
  /** Lines that begin with `#`, as they stood, without line ends. They are written first. */
  readonly comments: readonly string[];
}

export const emptyManifest: Manifest = { base: undefined, history: [], increments: [], comments: [] };

/** Longest line, its end included. */
const longestLineBytes = 1024;

/**
 * Reads a manifest.
 * @throws LightsoutError CORRUPT with Redis's three lines: the line's number, the line, what is wrong with it. (For an
 * empty file only the last.)
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  let base: ManifestFile | undefined;
  const history: ManifestFile[] = [];
  const increments: ManifestFile[] = [];
  const comments: string[] = [];
  let start = 0;
  if (bytes.length === 0) throw new LightsoutError('CORRUPT', 'Found an empty AOF manifest');
  for (let number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const fail = (why: string) =>
      unreadable(number, latin1Text(bytes, start, Math.min(end, start + longestLineBytes)), why);
    if (newline < 0 || newline - start >= longestLineBytes)
      throw fail('The AOF manifest file contains too long line');
    if (bytes[start] === 0x23) {
      comments.push(latin1Text(bytes, start, end));
    } else {
      const { type, ...file } = parseLine(bytes, start, end, fail);
      if (type === 'b') {
        if (base !== undefined) throw fail('Found duplicate base file information');
        base = file;
      } else if (type === 'h') {
        history.push(file);
      } else if (type === 'i') {
        if (file.seq <= (increments.at(-1)?.seq ?? 0)) throw fail('Found a non-monotonic sequence number');
        increments.push(file);
      } else {
        throw fail('Unknown AOF file type');
      }
    }
    start = newline + 1;
  }
  return { base, history, increments, comments };
}

/** A manifest as bytes: comments, base, history, increments. */
export function formatManifest(manifest: Manifest): Uint8Array {
  const writer = new ByteWriter();
  for (const comment of manifest.comments) writer.latin1(`${comment}\n`);
  const line = ({ name, seq }: ManifestFile, type: string) => {
    const bytes = latin1Bytes(name);
    writer.latin1(`file ${quoteWord(bytes)} seq ${seq} type ${type}\n`);
  };
  if (manifest.base !== undefined) line(manifest.base, 'b');
  for (const file of manifest.history) line(file, 'h');
  for (const file of manifest.increments) line(file, 'i');
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

function unreadable(line: number, text: string, why: string): LightsoutError {
  return new LightsoutError('CORRUPT', `Reading the manifest file, at line ${line}\n>>> '${text}'\n${why}`);
}
