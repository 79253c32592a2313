/**
 * Which known answer of the fault model (V3 to V11) a server's behaviour on an image is, and images in which one of them
 * waits. The files tell: the workload's values carry the ordinals of their units (`17:hhhh`), and are all of one letter.
 */
import { parseManifest } from '../../src/aof/index.ts';
import type { Manifest } from '../../src/aof/index.ts';
import { LightsoutError } from '../../src/errors.ts';
import { Argv, ProtocolError, RequestParser } from '../../src/resp/index.ts';
import type { CrashImage } from './images.ts';
import type { Outcome, Verdict } from './verdict.ts';

/** What is wrong with files, where a reader that looks at syntax alone does not see it. */
export type Trap = 'V4' | 'V5' | 'V7' | 'V9';

export const traps: readonly Trap[] = ['V4', 'V5', 'V7', 'V9'];

const FOLDER = 'appendonlydir/';

/** The trap in a log that Redis wrote; undefined where there is none, or not for certain. */
export function trapIn({ files }: Pick<CrashImage, 'files'>): Trap | undefined {
  const increments = [...files].filter(
    ([name, { length }]) => name.startsWith(FOLDER) && name.endsWith('.incr.aof') && length > 0,
  );
  const bytes = files.get(`${FOLDER}appendonly.aof.manifest`);
  const manifest = bytes === undefined ? 'none' : manifestOf(bytes);
  if (manifest === undefined) return undefined;
  // Redis begins anew over their names.
  if (manifest === 'none') return increments.length > 0 ? 'V7' : undefined;
  const { base } = manifest;
  const named = manifest.increments.map(({ name }) => files.get(`${FOLDER}${name}`));
  const baseBytes = base === undefined ? undefined : files.get(`${FOLDER}${base.name}`);
  // Where a file is missing altogether Redis sees it.
  if (baseBytes === undefined || named.includes(undefined)) return undefined;
  const last = manifest.increments.at(-1)?.seq ?? 0;
  if (increments.some(([name]) => Number(/\.(\d+)\.incr\.aof$/.exec(name)![1]) > last)) return 'V7';
  if (baseBytes.length === 0) return named.some((file) => file!.length > 0) ? 'V4' : undefined;
  const rows = named.map((file) => ordinalsIn(file!));
  if (rows.some((row) => row === 'unreadable')) return undefined;
  if (rows.includes('changed')) return 'V9';
  const ordinals = rows.flat() as number[];
  return ordinals.some((ordinal, i) => i > 0 && ordinal > ordinals[i - 1]! + 1) ? 'V5' : undefined;
}

function manifestOf(bytes: Uint8Array): Manifest | undefined {
  try {
    return parseManifest(bytes);
  } catch (error) {
    if (error instanceof LightsoutError) return undefined;
    throw error;
  }
}

/** The units of an increment, or: it parses to its end and holds words that were never written; or it does not parse. */
function ordinalsIn(bytes: Uint8Array): number[] | 'changed' | 'unreadable' {
  const ordinals: number[] = [];
  const parser = new RequestParser('log');
  const argv = new Argv();
  parser.push(bytes, 0, bytes.length);
  try {
    while (parser.next(argv) === 'command') {
      const words = Array.from({ length: argv.count }, (_, i) => argv.text(i));
      if (!/^(SELECT|MULTI|EXEC|SET|RPUSH|HSET)$/.test(words[0] ?? '')) return 'changed';
      if (words.length < 3) continue;
      const value = /^(\d+):([a-j])\2*$/.exec(words.at(-1)!);
      if (value === null || !/^(string:\d|twin:[ab]|list|hash:\d)$/.test(words[1]!)) return 'changed';
      ordinals.push(Number(value[1]));
    }
  } catch (error) {
    if (error instanceof ProtocolError) return 'unreadable';
    throw error;
  }
  return ordinals;
}

/** Which known answer this is: what Redis made of an image. */
export function knownAnswer(
  image: CrashImage,
  { outcome, why }: Pick<Verdict, 'outcome' | 'why'>,
): string | undefined {
  if (image.profile === 'tmpfs') return outcome === 'refused' ? 'V1' : undefined;
  if (why.startsWith('one start later a write is gone')) return 'V3';
  const silent: readonly Outcome[] = ['wrong', 'short'];
  if (!silent.includes(outcome)) return undefined;
  return trapIn(image) ?? (image.kind === 'kill' && outcome === 'short' ? 'V11' : undefined);
}
