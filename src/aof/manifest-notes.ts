/**
 * What a manifest of ours says beyond Redis's, in lines that Redis skips:
 *
 *     #lightsout sealed
 *     #lightsout annotated key=5c3e10f2
 *     file appendonly.aof.1.base.rdb seq 1 type b
 *     file appendonly.aof.1.incr.aof seq 1 type i
 *     #lightsout file appendonly.aof.1.base.rdb bytes 188 batch 41
 *     #lightsout file appendonly.aof.1.incr.aof bytes 512
 *     #lightsout end n=0000000258 h=8a3f00c1
 *
 * `annotated` (or `paused`, where `aof-checksum no` has stopped it): files of this log hold batches, whose hashes are
 * seeded with this key. `file`: how many bytes were durable when this was written, a lower bound, since Redis or we may have
 * appended since; of a base also the last batch that it covers; `unchecked`, how many bytes at its beginning were there when
 * the log came without a key (Redis had written the manifest), so that batches among them cannot be checked. `sealed` promises the last line, `end`, with the length of
 * all before it and their XXH32. A manifest that was cut between two lines has the promise and not its keeping. Where
 * neither the promise nor the seal can be read, and yet some line of ours says nothing that is known, or what only a sealed
 * manifest says, one of them was damaged or lost.
 */
import { latin1Bytes, latin1Text, ByteWriter, quoteWord, splitWords } from '../bytes/index.ts';
import { xxh32 } from '../bytes/xxhash32.ts';
import type { Annotation, ManifestFile } from './manifest.ts';

export const sealedNote = '#lightsout sealed';

const sealSeed = 0x6c696768;

/** How every note begins. */
const noteMark = '#lightsout';

export function annotationNotes(annotation: Annotation | undefined): string[] {
  if (annotation === undefined) return [];
  return [`#lightsout ${annotation.isPaused ? 'paused' : 'annotated'} key=${hex(annotation.key)}`];
}

export function fileNote({ name, bytes, lastBatch, uncheckedBytes }: ManifestFile): string {
  const batch = lastBatch === undefined ? '' : ` batch ${lastBatch}`;
  const unchecked = uncheckedBytes === undefined ? '' : ` unchecked ${uncheckedBytes}`;
  return `#lightsout file ${quoteWord(latin1Bytes(name))} bytes ${bytes ?? 0}${batch}${unchecked}`;
}

/** The last line, for all that stands before it. */
export function sealLine(before: Uint8Array): string {
  const hash = xxh32(before, 0, before.length, sealSeed);
  return `#lightsout end n=${before.length.toString().padStart(10, '0')} h=${hex(hash)}`;
}

type FileFacts = { -readonly [K in 'bytes' | 'lastBatch' | 'uncheckedBytes']?: number };

const factNames = new Map<string, keyof FileFacts>([
  ['bytes', 'bytes'],
  ['batch', 'lastBatch'],
  ['unchecked', 'uncheckedBytes'],
]);

/** Gathers the notes of a manifest line by line. */
export class ManifestNotes {
  annotation: Annotation | undefined;
  /** It promises a seal, or has one. */
  isSealed = false;
  readonly #files = new Map<string, FileFacts>();
  /** Why the seal that was read does not hold; undefined where it does. */
  #fault: string | undefined = 'its last line, "#lightsout end …", is missing';
  #endsAt = -1;
  /** The first line that begins like a note and says nothing that is known: of a newer version, or damaged. */
  #strange: string | undefined;

  /** Takes a comment that begins at bytes[start]. False where it is not ours, or says what we do not know. */
  take(comment: string, bytes: Uint8Array, start: number): boolean {
    const isKnown = this.#takeKnown(comment, bytes, start);
    if (!isKnown && comment.startsWith(noteMark)) this.#strange ??= comment;
    return isKnown;
  }

  #takeKnown(comment: string, bytes: Uint8Array, start: number): boolean {
    const annotation = /^#lightsout (annotated|paused) key=([0-9a-f]{8})$/.exec(comment);
    if (annotation !== null) {
      this.annotation = { key: Number.parseInt(annotation[2]!, 16), isPaused: annotation[1] === 'paused' };
      return true;
    }
    if (comment === sealedNote) {
      this.isSealed = true;
      return true;
    }
    if (comment.startsWith('#lightsout end ')) {
      this.isSealed = true;
      const expected = sealLine(bytes.subarray(0, start));
      this.#fault = comment === expected ? undefined : `it ends with '${comment}', expected '${expected}'`;
      this.#endsAt = start + comment.length + 1;
      return true;
    }
    return comment.startsWith('#lightsout file ') && this.#takeFile(comment);
  }

  #takeFile(comment: string): boolean {
    const line = latin1Bytes(comment.slice('#lightsout '.length));
    const writer = new ByteWriter();
    const words: string[] = [];
    splitWords(line, 0, line.length, writer, (from, to) => words.push(latin1Text(writer.buffer, from, to)));
    const [, name, ...pairs] = words;
    if (name === undefined || pairs[0] !== 'bytes') return false;
    const facts: FileFacts = {};
    for (let i = 0; i < pairs.length; i += 2) {
      const fact = factNames.get(pairs[i]!);
      const value = pairs[i + 1];
      if (fact === undefined || !isNumber(value)) return false;
      facts[fact] = Number(value);
    }
    this.#files.set(name, facts);
    return true;
  }

  /** The file with what the notes say about it. */
  about(file: ManifestFile): ManifestFile {
    return { ...file, ...this.#files.get(file.name) };
  }

  /**
   * What is wrong with the seal of a manifest of `lengthBytes`; undefined where it holds, or none was promised. A damaged
   * line may have been the promise, or the key without which no batch can be checked.
   */
  brokenSeal(lengthBytes: number): string | undefined {
    if (!this.isSealed) {
      if (this.#strange !== undefined)
        return `nothing seals it, and the line '${this.#strange}' says nothing that is known`;
      // Only what is sealed says that, and Redis leaves nothing of it.
      return this.#files.size > 0 ? 'nothing seals it, and it says how long its files are' : undefined;
    }
    if (this.#fault === undefined && this.#endsAt !== lengthBytes)
      return 'lines stand behind "#lightsout end …"';
    return this.#fault;
  }
}

function isNumber(word: string | undefined): word is string {
  return word !== undefined && /^\d{1,15}$/.test(word);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
