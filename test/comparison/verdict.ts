/**
 * What a server makes of an image: it is started on a copy, all that it holds is read, it takes a write, is killed, and is
 * started once more.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contentsOf } from '../e2e/support/contents.ts';
import { ServerProcess } from '../e2e/support/server-process.ts';
import type { CrashImage } from './images.ts';
import type { Make } from './make.ts';
import type { Configuration } from './record.ts';
import { textOfServer } from './workload.ts';

/**
 * `complete`: what had to be there is there, and nothing that never was.
 * `short`: some earlier state of the history: less than was promised.
 * `wrong`: no state of the history; or what a second start gives is not what the first gave and acknowledged.
 * `refused`: the server does not start.
 */
export type Outcome = 'complete' | 'short' | 'wrong' | 'refused';

export interface Verdict {
  readonly outcome: Outcome;
  /** The server said, in its log, that something was cut, damaged or lost. */
  readonly isReported: boolean;
  /** One line: why. */
  readonly why: string;
}

/** Started servers answer within this, or refuse. */
const PATIENCE_MS = 60_000;

const PROBE_KEY = 'probe';

/** How the makes speak of a log or a dump that was not whole. */
const REPORT = /short read|truncat|unexpected end of file|bad file format|corrupt|cut|quarantin|damage|lost/i;

/**
 * @param states - what is held after no unit, and after each
 * @param scratch - a directory for the copy, made and removed
 */
export async function judge(
  make: Make,
  configuration: Configuration,
  image: CrashImage,
  states: readonly string[],
  scratch: string,
): Promise<Verdict> {
  writeFiles(image.files, scratch);
  const keepsWrites = configuration.promise !== 'save';
  try {
    const first = await life(make, configuration, scratch);
    if ('refusal' in first) return { outcome: 'refused', isReported: true, why: first.refusal };
    const { held, isReported } = first;
    const all = states.flatMap((state, k) => (state === held ? [k] : []));
    const { lower, upper, only } = image;
    const isDue = (k: number): boolean => k >= lower && k <= upper && (only?.includes(k) ?? true);
    const reach = reachOf(image);
    if (all.length === 0)
      return { outcome: 'wrong', isReported, why: `no state of the history; expected ${reach}` };
    const why = `S_${all.join(', S_')}; expected ${reach}`;
    const isShort = !all.some(isDue);
    if (isShort && all.every((k) => k > upper)) return { outcome: 'wrong', isReported, why };
    if (keepsWrites) {
      const second = await life(make, configuration, scratch);
      const after = 'refusal' in second ? `it refuses: ${second.refusal}` : differs(second, first);
      if (after !== undefined)
        return { outcome: 'wrong', isReported, why: `one start later ${after} (the first gave ${why})` };
    }
    return { outcome: isShort ? 'short' : 'complete', isReported, why };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What an image must give. The same one may be possible at two moments between which more was promised: nothing is right then. */
function reachOf({ lower, upper, only }: CrashImage): string {
  if (only === undefined) return lower > upper ? `S_${lower} at least` : `S_${lower} to S_${upper}`;
  return only.length === 0 ? `the dump of ${lower} units` : `S_${only.join(' or S_')}`;
}

interface Life {
  /** All that it held when it had started, but for probes. */
  readonly held: string;
  /** Probes that were there when it had started. */
  readonly probes: number;
  readonly isReported: boolean;
}

/** Starts a server, reads it, has it acknowledge one more probe, and kills it. */
async function life(
  make: Make,
  configuration: Configuration,
  directory: string,
): Promise<Life | { readonly refusal: string }> {
  const server = await ServerProcess.start(make.command, directory, configuration.args);
  try {
    const client = await server.ready(PATIENCE_MS).catch(() => undefined);
    if (client === undefined) return { refusal: lastWords(server.output) };
    const contents = await contentsOf(client, 1);
    const probes = contents.get(`0 ${PROBE_KEY}`)?.value;
    contents.delete(`0 ${PROBE_KEY}`);
    const isReported = REPORT.test(server.output);
    const reply = await client.send('RPUSH', PROBE_KEY, 'alive');
    client.close();
    if (reply instanceof Error) return { refusal: `it takes no writes: ${reply.message}` };
    return { held: textOfServer(contents), probes: Array.isArray(probes) ? probes.length : 0, isReported };
  } finally {
    await server.killed();
  }
}

/** What a second life lacks of the first, which acknowledged a probe. */
function differs(second: Life, first: Life): string | undefined {
  if (second.probes !== first.probes + 1) return 'a write is gone that was acknowledged after the first';
  return second.held === first.held ? undefined : 'it holds something else than after the first';
}

export function writeFiles(files: ReadonlyMap<string, Uint8Array>, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, bytes] of files) {
    const at = path.join(directory, name);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, bytes);
  }
}

/** The line of a log that says why a server ended. */
function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => /[#*!]|error|refus/i.test(line));
  const reason = lines.findLast((line) =>
    /bad file|fatal|can't|cannot|unable|doesn't exist|does not|error|wrong|short read|unexpected|invalid|refus/i.test(
      line,
    ),
  );
  return (reason ?? lines.at(-1) ?? 'no word')
    .trim()
    .replace(/^\d+:\w \S+ \S+ \S+ \S+ [#*] /, '')
    .slice(0, 300);
}
