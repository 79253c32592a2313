/** P15: all manifests that a crash could leave are judged, not one of them that a draw has picked. */
import { expect, test } from 'vitest';
import { SimDisk, syncEverything } from '../../../../sim/disk/index.ts';
import { ManifestJudge } from '../../../../sim/oracle/manifest-resolves.ts';

const folder = '/data/log';
const line = (name: string, type: 'b' | 'i'): string => `file ${name} seq 1 type ${type}\n`;

/** A disk with a base, an increment and their manifest, all durable. */
class Log {
  readonly disk = new SimDisk();
  readonly judge: ManifestJudge;

  constructor(losesPower = true) {
    this.judge = new ManifestJudge({ directory: '/data', logDirectory: 'log', manifest: 'm' }, losesPower);
    this.judge.hasStarted = true;
    this.disk.mkdir('/data');
    this.disk.mkdir(folder);
    this.write('base', 'all');
    this.write('incr.1', 'some');
    this.write('m', line('base', 'b') + line('incr.1', 'i'));
    syncEverything(this.disk);
  }

  write(name: string, text: string): void {
    const file = this.disk.open(`${folder}/${name}`, { create: true, write: true, append: true });
    this.disk.write(file, Buffer.from(text));
  }

  sync(name: string): void {
    const inode = this.disk.find(`${folder}/${name}`);
    if (inode?.kind === 'file') inode.raiseFloor(this.disk.seq);
  }

  syncNames(): void {
    const inode = this.disk.find(folder);
    if (inode?.kind === 'directory') inode.raiseFloor(this.disk.seq);
  }

  /** A new manifest in the place of the old, its name not synced. */
  replace(text: string): void {
    this.write('m.new', text);
    this.sync('m.new');
    this.disk.rename(`${folder}/m.new`, `${folder}/m`);
  }

  get wrong(): string | undefined {
    return this.judge.judge(this.disk);
  }
}

const two = line('base', 'b') + line('incr.1', 'i') + line('incr.2', 'i');

test('what is durable resolves, and the end of the log may be torn', () => {
  const log = new Log();
  expect(log.wrong).toBeUndefined();
  log.write('incr.1', 'more');
  expect(log.wrong).toBeUndefined();
  expect(log.judge.judged).toBe(2);
});

test('a name is durable before a manifest with it can be', () => {
  const early = new Log();
  early.write('incr.2', '');
  early.replace(two);
  expect(early.wrong).toMatch(/names incr\.2, which may be gone/);
  const right = new Log();
  right.write('incr.2', '');
  right.syncNames();
  right.replace(two);
  expect(right.wrong).toBeUndefined();
});

test('what the old manifest names stays until its successor is durable', () => {
  const log = new Log();
  log.write('incr.2', '');
  log.syncNames();
  log.replace(line('base', 'b') + line('incr.2', 'i'));
  log.disk.unlink(`${folder}/incr.1`);
  expect(log.wrong).toMatch(/names incr\.1, which may be gone/);
  const kind = new Log(false);
  kind.write('incr.2', '');
  kind.replace(line('base', 'b') + line('incr.2', 'i'));
  kind.disk.unlink(`${folder}/incr.1`);
  expect(kind.wrong, 'where no power fails').toBeUndefined();
});

test('an increment is synced before the next one holds something', () => {
  const log = new Log();
  log.write('incr.1', 'unsynced');
  log.write('incr.2', '');
  log.syncNames();
  log.replace(two);
  expect(log.wrong, 'the next is empty').toBeUndefined();
  log.write('incr.2', 'unit');
  expect(log.wrong).toMatch(/incr\.1, which is not its last increment and may be torn/);
});

test('a base, and a manifest, are durable before their names', () => {
  const base = new Log();
  base.write('base.2', 'half');
  base.syncNames();
  base.replace(line('base.2', 'b') + line('incr.1', 'i'));
  expect(base.wrong).toMatch(/base\.2, which is its base and may be torn/);
  const manifest = new Log();
  manifest.write('m.new', line('base', 'b'));
  manifest.disk.rename(`${folder}/m.new`, `${folder}/m`);
  expect(manifest.wrong).toBe('the manifest may be torn after a crash');
});

test('there is a manifest once a start has succeeded', () => {
  const log = new Log();
  log.disk.unlink(`${folder}/m`);
  expect(log.wrong).toBe('there may be no manifest after a crash');
  const fresh = new Log();
  fresh.judge.hasStarted = false;
  fresh.disk.unlink(`${folder}/m`);
  expect(fresh.wrong).toBeUndefined();
});
