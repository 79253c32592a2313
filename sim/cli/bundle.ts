/**
 * What the command line and its threads run, as one JavaScript file each: to load 200 to 500 files of TypeScript one by one
 * costs every start, and every thread, about a second of a core; to bundle them a third of one, and once only.
 *
 * A bundle is named after the sources that it was made of and lies under node_modules, where what it imports from there is
 * found. Each of its modules keeps the address of its source, so that it finds its neighbours; stacks are told in lines of
 * the sources.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, version } from 'esbuild';
import type { Plugin } from 'esbuild';
import { sourceDigest } from './source-digest.ts';

/** The modules that a process or a thread begins with. */
export type Entry = 'program' | 'worker' | 'explore-task' | 'hunter';

/** Node's flags for a thread that runs a bundle; not this process's own, which may name a loader that it needs no more. */
export const workerFlags: readonly string[] = ['--enable-source-maps'];

const here = fileURLToPath(new URL('./', import.meta.url));
const root = join(here, '..', '..');
const cache = join(root, 'node_modules', '.cache', 'lightsout');

/** A bundle that nobody has loaded for so long is of sources that are gone. */
const STALE_MS = 24 * 3_600_000;

/** The URL of an entry's bundle, made where there is none of the sources as they are now. */
export async function bundle(entry: Entry): Promise<string> {
  const path = join(cache, `${entry}-${sourceDigest()}-${version}.mjs`);
  const now = new Date();
  await mkdir(cache, { recursive: true });
  if (await isThere(path)) {
    await utimes(path, now, now);
  } else {
    const code = await bundled(entry);
    const temporary = `${path}.${process.pid}.${performance.now()}`;
    await writeFile(temporary, code);
    await rename(temporary, path);
    await sweep(now.getTime() - STALE_MS);
  }
  return pathToFileURL(path).href;
}

async function bundled(entry: Entry): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(here, `${entry}.ts`)],
    absWorkingDir: root,
    outdir: cache,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    charset: 'utf8',
    sourcemap: 'inline',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [sourceAddresses],
  });
  return outputFiles[0]!.contents;
}

/** Modules say where they are by what their sources' addresses were. */
const sourceAddresses: Plugin = {
  name: 'source-addresses',
  setup(bundler) {
    bundler.onLoad({ filter: /[/\\]sim[/\\](?:cli|mutants)[/\\][^/\\]+\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      // A pattern, which does not match itself: this file goes through here, too.
      return { contents: source.replaceAll(/import\.meta\.url/g, () => url), loader: 'ts' };
    });
  },
};

async function sweep(beforeMs: number): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    if (await isThere(path, beforeMs)) await rm(path, { force: true });
  }
}

/** Whether there is a file of that name, and, where a time is given, none that was touched since. */
async function isThere(path: string, beforeMs = Infinity): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs < beforeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
