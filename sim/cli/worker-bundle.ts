/**
 * What a thread of the command line runs, as one JavaScript file: to load 500 files of TypeScript each for itself costs every
 * thread more than a second of a core, to bundle them once for all threads a third of one.
 *
 * A bundle is named after its content and lies under node_modules, where what it imports from there is found. Each of its
 * modules keeps the address of its source, so that it finds its neighbours; stacks are told in lines of the sources.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

/** The modules that threads begin with. */
export type WorkerEntry = 'worker' | 'explore-task' | 'hunter';

/** Node's flags for a thread that runs a bundle; not this process's own, which may name a loader that it needs no more. */
export const workerFlags: readonly string[] = ['--enable-source-maps'];

const here = fileURLToPath(new URL('./', import.meta.url));
const root = join(here, '..', '..');
const cache = join(root, 'node_modules', '.cache', 'lightsout');

/** A bundle that nobody has loaded for so long is of sources that are gone. */
const STALE_MS = 24 * 3_600_000;

/** Bundles the sources as they are now, and returns the URL of the result. */
export async function bundleWorker(entry: WorkerEntry): Promise<string> {
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
  const code = outputFiles[0]!.contents;
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 20);
  const path = join(cache, `${entry}-${hash}.mjs`);
  const now = new Date();
  await mkdir(cache, { recursive: true });
  if (await isThere(path)) {
    await utimes(path, now, now);
  } else {
    const temporary = `${path}.${process.pid}.${performance.now()}`;
    await writeFile(temporary, code);
    await rename(temporary, path);
    await sweep(now.getTime() - STALE_MS);
  }
  return pathToFileURL(path).href;
}

/** Modules say where they are by what their sources' addresses were. */
const sourceAddresses: Plugin = {
  name: 'source-addresses',
  setup(bundler) {
    bundler.onLoad({ filter: /[/\\]sim[/\\](?:cli|mutants)[/\\][^/\\]+\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes('import.meta.url')) return undefined;
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: source.replaceAll('import.meta.url', () => url), loader: 'ts' };
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
