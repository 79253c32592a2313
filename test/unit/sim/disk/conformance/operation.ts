/**
 * Sequences of file operations, as values: what the conformance suite draws, and runs on two disks.
 *
 * There are few names and they are drawn often, so that operations meet: a file where a directory was, a name that moved
 * while it was open, a second description of the same file.
 */
import fc from 'fast-check';
import type { OpenFlags } from '../../../../../src/ports/disk.ts';

/** A file is the number of the `open` that made it. `raw` files are node:fs's own on the real disk: the port has no pwrite and no read at the position. */
export type Operation =
  | { readonly do: 'open'; readonly path: string; readonly flags: OpenFlags; readonly raw: boolean }
  | { readonly do: 'write'; readonly file: number; readonly length: number }
  | { readonly do: 'pwrite'; readonly file: number; readonly length: number; readonly at: number }
  | { readonly do: 'read'; readonly file: number; readonly length: number; readonly at: number | undefined }
  | { readonly do: 'truncate' | 'allocate'; readonly file: number; readonly size: number }
  | { readonly do: 'sync' | 'hintSync' | 'close'; readonly file: number }
  | { readonly do: 'rename' | 'link'; readonly from: string; readonly to: string }
  | {
      readonly do: 'unlink' | 'mkdir' | 'rmdir' | 'readdir' | 'stat' | 'openDir';
      readonly path: string;
    };

/** A disk under test: each operation's result as a text, or the code of its error. */
export interface Subject {
  run(operation: Operation, payload: Uint8Array): Promise<string>;
  /** Everything that is there, with contents. */
  tree(): Promise<string>;
}

const path = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a', 'a', 'a', 'b', 'b', 'd/a', 'd/a', 'd', 'd/b', 'd/e', 'd/e/a') },
  { weight: 1, arbitrary: fc.constantFrom('a/', 'd/', './a', 'd/../a', 'd/..', 'd/.', 'a/x/y', 'none/a', 'd//a', 'd/e/', 'n'.repeat(256)) },
); // prettier-ignore

const mode = fc.constantFrom<OpenFlags>(
  { read: true },
  { write: true },
  { read: true, write: true },
  { read: true, write: true },
);
const rarely = fc.nat(7).map((n) => n === 0);
const flags = fc
  .record({ mode, create: fc.nat(3).map((n) => n > 0), exclusive: rarely, truncate: rarely, append: fc.boolean() })
  .map(({ mode: access, ...rest }) => ({ ...access, ...rest })); // prettier-ignore

const file = fc.nat(5);
const length = fc.oneof(fc.nat(30), fc.constantFrom(0, 511, 512, 4095, 4096, 4097, 9000));
const size = fc.oneof(fc.nat(40), fc.constantFrom(0, 512, 4095, 4096, 4097, 10_000));

function doing<T extends string>(...names: T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...names);
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: doing('open'), path, flags, raw: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ do: doing('write'), file, length }) },
  { weight: 4, arbitrary: fc.record({ do: doing('pwrite'), file, length, at: size }) },
  { weight: 4, arbitrary: fc.record({ do: doing('read'), file, length: length.map((n) => n + 1), at: size }) },
  { weight: 4, arbitrary: fc.record({ do: doing('read'), file, length: length.map((n) => n + 1), at: fc.constant(undefined) }) },
  { weight: 5, arbitrary: fc.record({ do: doing('truncate', 'truncate', 'allocate'), file, size }) },
  { weight: 2, arbitrary: fc.record({ do: doing('sync', 'hintSync', 'hintSync', 'close', 'close', 'close'), file }) },
  { weight: 7, arbitrary: fc.record({ do: doing('rename', 'link'), from: path, to: path }) },
  { weight: 5, arbitrary: fc.record({ do: doing('unlink', 'rmdir', 'mkdir', 'mkdir', 'readdir', 'stat', 'openDir'), path }) },
); // prettier-ignore

/** What most sequences begin with, so that the rest has something to work on. */
const prelude: Operation[] = [
  { do: 'mkdir', path: 'd' },
  { do: 'mkdir', path: 'd/e' },
  { do: 'open', path: 'a', flags: { read: true, write: true, create: true }, raw: true },
  { do: 'open', path: 'a', flags: { read: true, write: true, append: true }, raw: true },
  { do: 'open', path: 'd/a', flags: { read: true, write: true, create: true }, raw: false },
];

/** Sequences of up to `maxLength` operations after the prelude, which may be missing. */
export function operations(maxLength: number): fc.Arbitrary<Operation[]> {
  const rest = fc.array(operation, { minLength: maxLength / 4, maxLength, size: 'max' });
  return fc
    .tuple(
      fc.nat(3).map((n) => n > 0),
      fc.noBias(rest),
    )
    .map(([begun, sequence]) => (begun ? [...prelude, ...sequence] : sequence));
}

/** The bytes that the n-th operation writes: each tells where it comes from. */
export function payload(ordinal: number, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  for (let i = 0; i < lengthBytes; i++) bytes[i] = 1 + ((ordinal * 31 + i) % 255);
  return bytes;
}

/** A short text for bytes: length and a checksum, and the beginning. */
export function digest(bytes: Uint8Array): string {
  let sum = 1;
  for (const byte of bytes) sum = (sum * 31 + byte) % 1_000_003;
  return `${bytes.length}:${sum}:${[...bytes.subarray(0, 8)].join(',')}`;
}
