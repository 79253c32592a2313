/**
 * A mutant: a bug planted in the engine, as a value.
 *
 * It is one edit of one source file: `find` stands in the file exactly once and is replaced by `replace`. The engine knows
 * nothing of it; it has no switches. Where the text does not stand there exactly once the mutant is *stale*: the code has
 * moved on, and nobody knows any more what the edit means, so it fails instead of passing.
 *
 * Most tell of a bug that really happened (`story`). A mutant that the suite does not kill shows that the oracle is blind,
 * the generator too tame or the disk too kind, wherever it is said to be reachable (`profiles`, `needs`).
 *
 * The format is stable and plain JSON: other people's mutants can be read from a file (`parseMutants`).
 *
 * ```json
 * [{
 *   "id": "reply-before-fsync",
 *   "title": "A reply leaves before its fsync",
 *   "story": "redis@75987431f, 4.0.9 (2018): replies were written in the same turn as the command.",
 *   "zoo": "B01",
 *   "file": "src/engine/journal/journal.ts",
 *   "find": "=== 'always' ? file.synced : file.written",
 *   "replace": "=== 'always' ? file.written : file.written",
 *   "kills": ["P2"],
 *   "profiles": ["posix-strict"],
 *   "needs": { "appendfsyncs": ["always"] }
 * }]
 * ```
 */
import type { AppendFsync, Persistence } from '../oracle/bounds.ts';
import type { Property } from '../oracle/violation.ts';
import type { FaultFamily } from '../scenario/draw-faults.ts';

export interface Mutant {
  /** Short and stable: `--only` names it, seeds-to-kill are kept under it. Lower case, digits and dashes. */
  readonly id: string;
  /** One line: what the engine does wrong. */
  readonly title: string;
  /** What really happened, where, and what it took. */
  readonly story: string;
  /** Its entry in the bug zoo, `B01` …, or the known answer, `V1` …; missing where it has none. */
  readonly zoo?: string;
  /** From the root of the repository: `src/…`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  /** May be empty. */
  readonly replace: string;
  /** Properties that may be what kills it; the first is the one that it is about. */
  readonly kills: readonly Property[];
  /** Profiles of the disk under which it can be killed. */
  readonly profiles: readonly string[];
  /** What a scenario must be like for the bug to be reachable. Missing: anything. */
  readonly needs?: MutantNeeds;
  /**
   * True where only lost power brings it to light: on a disk that never loses anything the engine with this bug is right,
   * and must pass. Default false.
   */
  readonly needsPowerLoss?: boolean;
  /** Why no scenario kills it, where none does: one sentence, printed with the matrix. Missing: a survivor is a finding. */
  readonly survives?: string;
  /** True for the seven that every range of 200 seeds must kill. Default false. */
  readonly planted?: boolean;
}

/** Filters of the generator, as far as mutants need them; each list is of what is allowed. */
export interface MutantNeeds {
  readonly persistences?: readonly Persistence[];
  readonly appendfsyncs?: readonly AppendFsync[];
  /** The faults that bring it to light. Missing: crashes alone. */
  readonly faults?: readonly FaultFamily[];
  /** False: the log goes without annotations (`aof-checksum no`), so that syntax alone tells a torn tail. Only with profiles that lose nothing but ends. */
  readonly aofChecksum?: false;
}

/** Says what is wrong with a mutant that came from outside. */
export class BadMutantError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'BadMutantError';
  }
}

/** Reads mutants from parsed JSON. @throws BadMutantError naming the entry and the member */
export function parseMutants(json: unknown): Mutant[] {
  if (!Array.isArray(json))
    throw new BadMutantError(`mutants: got ${typeof json}, expected an array of mutants`);
  const seen = new Set<string>();
  return json.map((entry: unknown, index) => {
    const mutant = parseMutant(entry, `mutant ${index + 1}`);
    if (seen.has(mutant.id))
      throw new BadMutantError(`mutant ${index + 1}: the id '${mutant.id}' is taken already`);
    seen.add(mutant.id);
    return mutant;
  });
}

const members = new Set([
  'id',
  'title',
  'story',
  'zoo',
  'file',
  'find',
  'replace',
  'kills',
  'profiles',
  'needs',
  'needsPowerLoss',
  'planted',
  'survives',
]);

function parseMutant(entry: unknown, where: string): Mutant {
  const fields = recordOf(entry, where);
  for (const name of Object.keys(fields))
    if (!members.has(name)) throw new BadMutantError(`${where}: no member is called '${name}'`);
  const mutant: Mutant = {
    id: textOf(fields, 'id', where),
    title: textOf(fields, 'title', where),
    story: textOf(fields, 'story', where),
    ...(fields['zoo'] === undefined ? {} : { zoo: textOf(fields, 'zoo', where) }),
    file: textOf(fields, 'file', where),
    find: textOf(fields, 'find', where),
    replace: textOf(fields, 'replace', where, true),
    kills: textsOf(fields, 'kills', where) as readonly Property[],
    profiles: textsOf(fields, 'profiles', where),
    ...(fields['needs'] === undefined ? {} : { needs: parseNeeds(fields['needs'], `${where}: needs`) }),
    needsPowerLoss: flagOf(fields, 'needsPowerLoss', where),
    planted: flagOf(fields, 'planted', where),
    ...(fields['survives'] === undefined ? {} : { survives: textOf(fields, 'survives', where) }),
  };
  checkMutant(mutant, where);
  return mutant;
}

/** What the types cannot say. @throws BadMutantError */
export function checkMutant(mutant: Mutant, where = `mutant '${mutant.id}'`): void {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(mutant.id))
    throw new BadMutantError(
      `${where}: the id '${mutant.id}' is not made of lower case words, digits and dashes`,
    );
  if (!/^src\/[\w/-]+\.ts$/.test(mutant.file))
    throw new BadMutantError(
      `${where}: file is '${mutant.file}', expected a path like 'src/engine/journal/journal.ts'`,
    );
  if (mutant.find === mutant.replace) throw new BadMutantError(`${where}: find and replace are the same`);
  if (mutant.kills.length === 0)
    throw new BadMutantError(`${where}: kills is empty, expected the properties that can kill it`);
  if (mutant.profiles.length === 0)
    throw new BadMutantError(`${where}: profiles is empty, expected those under which it can be killed`);
}

function parseNeeds(value: unknown, where: string): MutantNeeds {
  const fields = recordOf(value, where);
  for (const name of Object.keys(fields)) {
    if (!['persistences', 'appendfsyncs', 'faults', 'aofChecksum'].includes(name))
      throw new BadMutantError(`${where}: no member is called '${name}'`);
  }
  const checksum = fields['aofChecksum'];
  if (checksum !== undefined && checksum !== false)
    throw new BadMutantError(`${where}: aofChecksum can only be false`);
  return {
    ...(checksum === false ? { aofChecksum: false } : {}),
    ...(fields['persistences'] === undefined
      ? {}
      : { persistences: textsOf(fields, 'persistences', where) as readonly Persistence[] }),
    ...(fields['faults'] === undefined
      ? {}
      : { faults: textsOf(fields, 'faults', where) as readonly FaultFamily[] }),
    ...(fields['appendfsyncs'] === undefined
      ? {}
      : { appendfsyncs: textsOf(fields, 'appendfsyncs', where) as readonly AppendFsync[] }),
  };
}

function recordOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadMutantError(`${where}: expected an object`);
  return value as Readonly<Record<string, unknown>>;
}

function textOf(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  where: string,
  mayBeEmpty = false,
): string {
  const value = fields[name];
  if (typeof value !== 'string' || (value === '' && !mayBeEmpty))
    throw new BadMutantError(`${where}: ${name} must be ${mayBeEmpty ? 'a' : 'a non-empty'} string`);
  return value;
}

function textsOf(fields: Readonly<Record<string, unknown>>, name: string, where: string): readonly string[] {
  const value = fields[name];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new BadMutantError(`${where}: ${name} must be an array of strings`);
  return value as readonly string[];
}

function flagOf(fields: Readonly<Record<string, unknown>>, name: string, where: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== 'boolean') throw new BadMutantError(`${where}: ${name} must be true or false`);
  return value;
}
