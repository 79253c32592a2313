/**
 * The engine as one module, clean or with a mutant's edit in it.
 *
 * Both come out of this one function, so that what the tests hunt, what the command line hunts and the clean engine beside
 * them differ in the edit and in nothing else. The edit is applied while esbuild loads the source; no file of the
 * repository is touched. What comes out is named after its own content, and kept under that name in a directory for
 * temporaries, so that the workers that hunt the same mutant share one file.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import type { Plugin } from 'esbuild';
import type { EngineModule } from '../scenario/engine-module.ts';

/** What of a mutant changes the source. */
export interface SourceEdit {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The edit does not fit the source as it is now. */
export class StaleMutantError extends Error {
  /** How often `find` stands in the file. */
  readonly matches: number;

  constructor(edit: SourceEdit, matches: number, why: string) {
    super(
      `stale mutant: ${why}; look at ${edit.file} again and say what the edit means there now:\n${edit.find}`,
    );
    this.name = 'StaleMutantError';
    this.matches = matches;
  }
}

export interface EngineBundle {
  /** An ES module that imports nothing. */
  readonly code: string;
  /** Of the code: equal engines have equal names. */
  readonly hash: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const entry = join(root, 'src', 'index.ts');

/** The source with the edit in it. @throws StaleMutantError */
export function applyEdit(source: string, edit: SourceEdit): string {
  const matches = source.split(edit.find).length - 1;
  if (matches !== 1)
    throw new StaleMutantError(
      edit,
      matches,
      `its text stands in ${edit.file} ${matches} times, expected exactly once`,
    );
  // By a function: `$&` and its kin mean nothing here.
  return source.replace(edit.find, () => edit.replace);
}

/** Holds an edit against the source: that it matches exactly once and changes what runs. @throws StaleMutantError */
export async function checkEdit(edit: SourceEdit): Promise<void> {
  const source = await readSource(edit);
  const compile = (text: string): Promise<{ readonly code: string }> =>
    transform(text, { loader: 'ts', target: 'node20', legalComments: 'none' });
  const [edited, clean] = await Promise.all([compile(applyEdit(source, edit)), compile(source)]);
  if (edited.code === clean.code)
    throw new StaleMutantError(edit, 1, `with the edit ${edit.file} does the same as without`);
}

/**
 * Bundles the engine, with the edit if there is one.
 *
 * @throws StaleMutantError where the edit does not match exactly once, is in no file of the engine or changes nothing that
 * runs (a comment, a type)
 */
export async function bundleEngine(edit?: SourceEdit): Promise<EngineBundle> {
  // Before the bundling, so that the error is this one and not esbuild's about it.
  if (edit !== undefined) await checkEdit(edit);
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
    plugins: edit === undefined ? [] : [editing(edit)],
  });
  if (edit !== undefined && !(edit.file in result.metafile.inputs))
    throw new StaleMutantError(edit, 1, `${edit.file} is no file of the engine`);
  const code = result.outputFiles[0]!.text;
  return { code, hash: createHash('sha256').update(code).digest('hex').slice(0, 20) };
}

/** The engine as a module, to be handed to a run. @throws StaleMutantError */
export async function loadEngine(edit?: SourceEdit): Promise<EngineModule> {
  const url = await writeBundle(await bundleEngine(edit));
  // oxlint-disable-next-line house/layers -- It is the bundle that was written just now, and imports nothing.
  return (await import(/* @vite-ignore */ url)) as EngineModule;
}

/** Puts a bundle where it can be imported from, and returns its URL. */
export async function writeBundle({ code, hash }: EngineBundle): Promise<string> {
  const directory = join(tmpdir(), 'lightsout-engines');
  const path = join(directory, `${hash}.mjs`);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(directory, { recursive: true });
    const temporary = `${path}.${process.pid}.${performance.now()}`;
    await writeFile(temporary, code);
    await rename(temporary, path);
  }
  return pathToFileURL(path).href;
}

function editing(edit: SourceEdit): Plugin {
  return {
    name: 'mutant',
    setup(bundler) {
      bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (relative(root, path).split(sep).join('/') !== edit.file) return undefined;
        return { contents: applyEdit(await readFile(path, 'utf8'), edit), loader: 'ts' };
      });
    },
  };
}

async function readSource(edit: SourceEdit): Promise<string> {
  try {
    return await readFile(join(root, edit.file), 'utf8');
  } catch {
    throw new StaleMutantError(edit, 0, `there is no ${edit.file}`);
  }
}
