/** The first line of a script or library, `#!lua name=mylib flags=no-writes`: who runs it, and how. */
import { ByteWriter, latin1Text, splitWords } from '../../bytes/index.ts';

export interface Shebang {
  readonly engine: string;
  /** Its words behind the engine, as they stand. */
  readonly options: readonly string[];
}

export interface ScriptHead {
  readonly flags: ReadonlySet<string>;
  /** Where the code begins; its first line stays, empty, so that lines keep their numbers. */
  readonly bodyStart: number;
}

const newline = 0x0a;
const knownFlags = new Set(['no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys']);

/** Where the code begins, behind the first line, if that is a shebang. */
export function bodyStartOf(source: Uint8Array): number {
  if (source[0] !== 0x23 || source[1] !== 0x21) return 0;
  const end = source.indexOf(newline);
  return end < 0 ? source.length : end;
}

export function readShebang(source: Uint8Array): Shebang {
  const [engine = '', ...options] = latin1Text(source, 2, bodyStartOf(source))
    .split(/[ \t\r]+/)
    .filter((word) => word !== '');
  return { engine, options };
}

/** What a script's first line says of it; or an error reply. */
export function readScriptHead(source: Uint8Array): ScriptHead | string {
  const bodyStart = bodyStartOf(source);
  const flags = new Set<string>();
  if (bodyStart === 0) return { flags, bodyStart };
  if (source[bodyStart] !== newline) return 'ERR Invalid script shebang';
  const { engine, options } = readShebang(source);
  if (engine !== 'lua') return `ERR Unexpected engine in script shebang: #!${engine}`;
  for (const option of options) {
    if (!option.startsWith('flags=')) return `ERR Unknown lua shebang option: ${option}`;
    for (const flag of option
      .slice(6)
      .split(',')
      .filter((one) => one !== '')) {
      if (!knownFlags.has(flag)) return `ERR Unexpected flag in script shebang: ${flag}`;
      flags.add(flag);
    }
  }
  return { flags, bodyStart };
}

/** What a library's first line says of it. */
export interface LibraryHead {
  readonly name: string;
  readonly engine: string;
  readonly bodyStart: number;
}

/** What the first line of a library says; or an error reply. */
export function readLibraryHead(source: Uint8Array): LibraryHead | string {
  if (source[0] !== 0x23 || source[1] !== 0x21) return 'ERR Missing library metadata';
  const bodyStart = source.indexOf(newline);
  if (bodyStart < 0) return 'ERR Invalid library metadata';
  const writer = new ByteWriter(64);
  const words: string[] = [];
  const isBalanced = splitWords(source, 0, bodyStart, writer, (start, end) =>
    words.push(latin1Text(writer.buffer, start, end)),
  );
  if (!isBalanced) return 'ERR Invalid library metadata';
  const [first, ...options] = words as [string, ...string[]];
  let name: string | undefined;
  for (const option of options) {
    if (!/^name=/i.test(option)) return `ERR Invalid metadata value given: ${option}`;
    if (name !== undefined) return 'ERR Invalid metadata value, name argument was given multiple times';
    name = option.slice(5);
  }
  if (name === undefined) return 'ERR Library name was not given';
  if (!/^\w+$/.test(name))
    return 'ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long';
  const engine = first.slice(2);
  if (engine.toLowerCase() !== 'lua') return `ERR Engine '${engine}' not found`;
  return { name, engine, bodyStart };
}
