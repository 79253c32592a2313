import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, expect, test } from 'vitest';

import { NodeDisk } from '../../../src/node/disk.ts';

const root = mkdtempSync(join(tmpdir(), 'lightsout-lock-'));
afterAll(() => rmSync(root, { recursive: true }));
const disk = new NodeDisk();

test('one holder at a time; free again after release; no file is touched', async () => {
  const directory = mkdtempSync(join(root, 'd-'));
  const lock = await disk.lock(directory);
  expect(lock).toBeDefined();
  expect(await disk.lock(directory)).toBeUndefined();
  expect(readdirSync(directory)).toEqual([]);
  await lock?.release();
  await lock?.release();
  const again = await disk.lock(directory);
  expect(again).toBeDefined();
  await again?.release();
});

test('it belongs to the directory, not to its name', async () => {
  const directory = mkdtempSync(join(root, 'd-'));
  const lock = await disk.lock(directory);
  symlinkSync(directory, `${directory}-link`);
  expect(await disk.lock(`${directory}-link`)).toBeUndefined();
  expect(await disk.lock(`${directory}/../${directory.slice(root.length + 1)}/.`)).toBeUndefined();
  renameSync(directory, `${directory}-moved`);
  expect(await disk.lock(`${directory}-moved`)).toBeUndefined();
  await lock?.release();
});

test('other directories are free, and there must be one', async () => {
  const one = await disk.lock(mkdtempSync(join(root, 'd-')));
  const two = await disk.lock(mkdtempSync(join(root, 'd-')));
  expect(one).toBeDefined();
  expect(two).toBeDefined();
  await one?.release();
  await two?.release();
  await expect(disk.lock(join(root, 'no'))).rejects.toMatchObject({
    code: 'ENOENT',
    operation: 'lock',
    applied: 'no',
  });
  writeFileSync(join(root, 'file'), '');
  await expect(disk.lock(join(root, 'file'))).rejects.toMatchObject({ code: 'ENOTDIR', applied: 'no' });
});

test('it dies with its process, and the programs that it started do not inherit it', async () => {
  const directory = mkdtempSync(join(root, 'd-'));
  const script = fileURLToPath(new URL('./fixtures/hold-lock.ts', import.meta.url));
  const holder = spawn(process.execPath, ['--import', 'tsx', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(holder.stdout, 'data')) as [Buffer];
  const { held, heirPid } = JSON.parse(said.toString()) as { held: boolean; heirPid: number };
  try {
    expect(held).toBe(true);
    expect(await disk.lock(directory)).toBeUndefined();
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(process.kill(heirPid, 0)).toBe(true);
    const lock = await disk.lock(directory);
    expect(lock).toBeDefined();
    await lock?.release();
  } finally {
    process.kill(heirPid, 'SIGKILL');
  }
});
