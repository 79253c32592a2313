/**
 * The linter's rules bite: each is broken once in a scratch project under the real configuration, and refused.
 *
 * A rule that does not fire looks just like a rule that everybody keeps; a mistyped folder is enough. The table
 * of layers is written here a second time, apart from .oxlintrc.json, so that neither can drift alone.
 */

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

type Diagnostic = { code: string; message: string; filename: string };

const root = new URL('../../', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'lightsout-lint-'));
const diagnostics: Diagnostic[] = [];

/** A folder, and what of the layers below a file in it may import. */
const mayImport: Record<string, string[]> = {
  'src/bytes': [],
  'src/ports': [],
  'src/data': ['src/bytes'],
  'src/resp': ['src/bytes', 'src/data'],
  'src/rdb': ['src/bytes', 'src/data'],
  'src/aof': ['src/bytes', 'src/data', 'src/resp'],
  'src/codecs': ['src/bytes', 'src/data', 'src/resp', 'src/rdb', 'src/aof'],
  'src/commands': ['src/bytes', 'src/data', 'src/rdb'],
  'src/engine': ['src/bytes', 'src/ports', 'src/data', 'src/resp', 'src/rdb', 'src/aof', 'src/commands'],
  'src/scripts': ['src/bytes'],
  'src/node': ['src/ports', 'node:fs'],
  'src/server': [
    'src/engine',
    'src/scripts',
    'src/node',
    'src/ports',
    'src/bytes',
    'src/resp',
    'src/rdb',
    'src/aof',
    'node:fs',
  ],
  'sim/draws': ['seedrandom'],
  'sim/disk': ['src/ports', 'sim/draws'],
  'sim/world': ['src/index.ts', 'src/ports', 'sim/draws', 'sim/disk', 'seedrandom'],
  'sim/cli': [
    'src/index.ts',
    'src/ports',
    'sim/draws',
    'sim/world',
    'sim/disk',
    'node:fs',
    'commander',
    'tinypool',
  ],
};
const everywhereInSrc = 'src/errors.ts';
const packages = ['node:fs', 'commander', 'tinypool', 'seedrandom', 'vitest'];
const targets = [...Object.keys(mayImport), everywhereInSrc, 'src/index.ts', ...packages];

/** A broken rule: where it is planted, the code, and the rules that must answer. */
const broken: [file: string, source: string, ...rules: string[]][] = [
  ['src/data/now.ts', 'export const f = () => Date.now();', 'no-restricted-globals'],
  ['src/data/globalNow.ts', 'export const f = () => globalThis.Date.now();', 'no-restricted-globals'],
  ['src/engine/newDate.ts', 'export const f = () => new Date();', 'no-restricted-globals'],
  ['src/engine/perf.ts', 'export const f = () => performance.now();', 'no-restricted-globals'],
  ['src/engine/timeout.ts', 'export const f = () => setTimeout(() => {}, 1);', 'no-restricted-globals'],
  ['src/engine/interval.ts', 'export const f = () => setInterval(() => {}, 1);', 'no-restricted-globals'],
  ['src/engine/immediate.ts', 'export const f = () => setImmediate(() => {});', 'no-restricted-globals'],
  ['src/engine/microtask.ts', 'export const f = () => queueMicrotask(() => {});', 'no-restricted-globals'],
  ['src/engine/process.ts', 'export const f = () => process.pid;', 'no-restricted-globals'],
  ['src/commands/crypto.ts', 'export const f = () => crypto.randomUUID();', 'no-restricted-globals'],
  ['sim/world/process.ts', 'export const f = () => process.nextTick(() => {});', 'no-restricted-globals'],
  ['sim/oracle/weak.ts', 'export const f = (o: object) => new WeakRef(o);', 'no-restricted-globals'],
  ['src/data/random.ts', 'export const f = () => Math.random();', 'no-restricted-properties'],
  ['src/data/taken.ts', 'const { random } = Math;\nexport { random };', 'no-restricted-properties'],
  ['sim/disk/pow.ts', 'export const f = (x: number) => Math.pow(x, 0.5);', 'no-restricted-properties'],
  ['sim/disk/log.ts', 'export const f = (x: number) => Math.log2(x);', 'no-restricted-properties'],
  ['sim/disk/power.ts', 'export const f = (x: number) => x ** 0.5;', 'no-float-power'],
  ['src/bytes/unsafe.ts', 'export const f = () => Buffer.allocUnsafe(9);', 'no-restricted-properties'],
  [
    'src/commands/locale.ts',
    'export const f = (a: string) => a.localeCompare("b");',
    'no-restricted-properties',
  ],
  ['src/engine/state.ts', 'let n = 0;\nexport const f = () => n++;', 'no-module-state'],
  ['src/engine/console.ts', 'export const f = () => console.log(1);', 'no-console'],
  ['src/data/enum.ts', 'export enum Kind { String }', 'no-enum'],
  ['src/data/any.ts', 'export const f = (x: any) => typeof x;', 'no-explicit-any'],
  ['src/data/parsed.ts', 'export const x: number = JSON.parse("1");', 'no-unsafe-assignment'],
  ['src/data/standard.ts', 'export default 1;', 'no-default-export'],
  ['src/data/cycleA.ts', "import { b } from './cycleB.ts';\nexport const a = () => b();", 'no-cycle'],
  ['src/data/cycleB.ts', "import { a } from './cycleA.ts';\nexport const b = (): number => a();", 'no-cycle'],
  [
    'src/engine/floating.ts',
    'export const f = (g: () => Promise<void>) => {\n  g();\n};',
    'no-floating-promises',
  ],
  [
    'src/engine/misused.ts',
    'export const f = (xs: number[], g: () => Promise<void>) => xs.forEach(async () => g());',
    'no-misused-promises',
  ],
  [
    'src/engine/unhandled.ts',
    "export const f = (x: 'a' | 'b') => {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n};",
    'switch-exhaustiveness-check',
  ],
  ['src/data/dynamic.ts', "export const f = () => import('../engine/x.ts');", 'layers'],
  ['src/data/computed.ts', 'export const f = (at: string): Promise<unknown> => import(at);', 'layers'],
  ['src/data/reexport.ts', "export { x } from '../engine/x.ts';", 'layers'],
  ['src/data/reexportAll.ts', "export * from '../engine/x.ts';", 'layers'],
  ['src/data/around/detour.ts', "export { x } from '../../../src/engine/x.ts';", 'layers'],
  ['src/data/typed.ts', "import type { X } from '../engine/x.ts';\nexport type Y = X;", 'layers'],
  ['sim/oracle/inside.ts', "export { x } from '../../src/data/x.ts';", 'layers'],
  ['src/engine/simulated.ts', "export { x } from '../../sim/disk/x.ts';", 'layers'],
];

/** What must pass: the exceptions from the rules, and their edges. */
const sound: [file: string, source: string][] = [
  [
    'src/node/clock.ts',
    'export const f = () => [Date.now(), performance.now(), process.pid, Math.random()];',
  ],
  ['src/server/timer.ts', 'export const f = () => setTimeout(() => {}, 1);'],
  ['sim/cli/progress.ts', 'export const f = () => process.stderr.write(`${Date.now()}`);'],
  [
    'src/data/floor.ts',
    'export const f = (x: number) => Math.floor(x) + Math.min(2 ** 32, 1) + Math.imul(x, 3);',
  ],
  ['src/data/bigint.ts', 'export const f = (n: bigint) => n & (2n ** 64n - 1n);'],
  ['src/data/deep/down.ts', "export { x } from '../../bytes/x.ts';\nexport { x as y } from '../x.ts';"],
  ['src/commands/types.ts', "import type { X } from '../resp/x.ts';\nexport type Y = X;"],
  ['sim/mutants/bundle.ts', "import { build } from 'esbuild';\nexport const f = () => build({});"],
  ['test/unit/clock.test.ts', 'export const f = () => Date.now();'],
  ['properties/law.test.ts', "export { x } from '../src/data/x.ts';"],
];

beforeAll(async () => {
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
  for (const file of ['package.json', 'tsconfig.json', '.oxlintrc.json', 'test/lint']) {
    cpSync(join(root, file), join(scratch, file), { recursive: true });
  }
  for (const folder of [...Object.keys(mayImport), 'sim/disk']) {
    plant(`${folder}/x.ts`, 'export const x = 1;\nexport type X = number;\n');
  }
  plant(everywhereInSrc, 'export const x = 1;\n');
  plant('src/index.ts', 'export const x = 1;\n');
  for (const folder of Object.keys(mayImport)) plant(`${folder}/probe.ts`, importsOfAll(folder));
  for (const [file, source] of [...broken, ...sound]) plant(file, `${source}\n`);
  diagnostics.push(...(await lint()));
}, 60_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('who may import whom', () => {
  test.each(Object.entries(mayImport))('%s', (folder, granted) => {
    const refused = diagnostics
      .filter(({ code, filename }) => code === 'house(layers)' && filename === `${folder}/probe.ts`)
      .map(({ message }) => /must not import (?:npm:)?([^ ]+?)(?:\/x\.ts)?\. /.exec(message)?.[1] ?? message);
    const always = folder.startsWith('src/') ? [folder, everywhereInSrc] : [folder];
    const expected = targets.filter((target) => ![...granted, ...always].includes(target));
    expect(new Set(refused)).toEqual(new Set(expected));
  });
});

describe('a broken rule is refused', () => {
  test.each(broken)('%s', (file, _source, ...rules) => {
    expect(rulesThatAnswered(file)).toEqual(expect.arrayContaining(rules));
  });
});

describe('what the rules allow passes', () => {
  test.each(sound)('%s', (file) => {
    expect(rulesThatAnswered(file)).toEqual([]);
  });
});

function plant(file: string, source: string): void {
  const path = join(scratch, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source);
}

/** One import of each target; a target is a folder (by its x.ts), a file or a package. */
function importsOfAll(folder: string): string {
  const lines = targets.map((target, index) => {
    const path = target.endsWith('.ts') ? target : `${target}/x.ts`;
    const specifier = target.includes('/') && !target.startsWith('node:') ? relative(folder, path) : target;
    return `export * as x${index} from '${specifier.startsWith('x') ? `./${specifier}` : specifier}';`;
  });
  return `${lines.join('\n')}\n`;
}

/** Oxlint exits with 1 when it has something to say, which here it always has. */
function lint(): Promise<Diagnostic[]> {
  const bin = join(root, 'node_modules/oxlint/bin/oxlint');
  // By name: without Git's list of what to ignore it would go through node_modules, too.
  const folders = ['src', 'sim', 'test', 'properties'];
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      [bin, '-f', 'json', ...folders],
      { cwd: scratch, maxBuffer: 1 << 26 },
      (_error, stdout, stderr) => {
        try {
          done((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics);
        } catch {
          fail(new Error(`oxlint did not answer in JSON:\n${stdout}\n${stderr}`));
        }
      },
    );
  });
}

function rulesThatAnswered(file: string): string[] {
  const rules = diagnostics.filter(({ filename }) => filename === file);
  return rules.map(({ code }) => code.replace(/^.*\((.*)\)$/, '$1'));
}
