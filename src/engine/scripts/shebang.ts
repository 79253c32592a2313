/** The first line of a script or library, `#!lua name=mylib flags=no-writes`: who runs it, and how. */
import { latin1Text } from '../../bytes/index.ts';

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
