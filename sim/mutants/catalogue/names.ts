/** Mutants of B-II: files get their names, and the names become durable, in the wrong order. */
import type { Mutant } from '../mutant.ts';
import { any, dump, log, strict } from './common.ts';

export const nameMutants: readonly Mutant[] = [
  {
    id: 'temporary-rdb-not-synced',
    title: 'The temporary RDB is renamed without having been synced',
    story:
      'The oldest bug of its kind: the name is durable before the content, and the file is empty, short or full of zeros (btrfs@5a3f23d5, GLib!2425).',
    zoo: 'B21',
    planted: true,
    needsPowerLoss: true,
    file: 'src/engine/saving/save-file.ts',
    find: `await syncFile(file);`,
    replace: ``,
    kills: ['P15', 'P12', 'P5', 'P1', 'P2', 'P11'],
    profiles: strict,
    needs: { persistences: ['rdb', 'hybrid', 'aof', 'rdb+aof', 'rdb+hybrid'] },
  },
  {
    id: 'hint-for-a-sync',
    title: 'The temporary RDB is renamed after a hint to write it back, instead of a sync',
    story:
      'redis#7839 (2020): sync_file_range stood where fsync belongs. It flushes no device, writes no size and promises nothing.',
    zoo: 'B18',
    needsPowerLoss: true,
    file: 'src/engine/saving/save-file.ts',
    find: `await syncFile(file);`,
    replace: `await file.hintSync();`,
    kills: ['P15', 'P12', 'P5', 'P1', 'P2', 'P11'],
    profiles: strict,
    needs: { persistences: ['rdb', 'hybrid', 'aof', 'rdb+aof', 'rdb+hybrid'] },
  },
  {
    id: 'no-directory-sync-after-rename',
    title: 'A snapshot is reported as saved before its name is durable',
    story:
      'redis#10737 (2022), rocksdb#10573, leveldb#195: after the rename the directory was not synced, and an acknowledged SAVE was gone, the old file back.',
    zoo: 'B22',
    planted: true,
    // P18 asks the disk whether the name is durable: no power need be lost for that.
    file: 'src/engine/saving/snapshot.ts',
    find: `await syncDirectory(disk, engine.names.dir);`,
    replace: ``,
    kills: ['P5', 'P18'],
    profiles: strict,
    needs: dump,
  },
  {
    id: 'history-removed-before-the-manifest',
    title: 'A rewrite removes the old base and increments before the manifest that replaces them is durable',
    story:
      'leveldb#195 ("unlinks before rename"), rocksdb 6.21: the files that the live manifest names are gone, and nothing starts any more.',
    zoo: 'B24',
    planted: true,
    file: 'src/engine/journal/rewrite.ts',
    find: `await store.replace(after);`,
    replace: `for (const { name } of superseded) await unlinkIfThere(host.disk, names.inAppendDir(name));
      await store.replace(after);`,
    kills: ['P15', 'P12'],
    profiles: any,
    needs: log,
  },
  {
    id: 'history-removed-before-the-directory-sync',
    title: 'History is removed after the rename of the manifest and before the sync of the directory',
    story:
      'The narrower form of B24 that journalling filesystems forgive and POSIX does not: the removals can be durable and the rename not.',
    zoo: 'B24',
    needsPowerLoss: true,
    file: 'src/engine/journal/manifest-store.ts',
    find: `await syncDirectory(this.#disk, this.#names.appendDir);
    this.isSettled = true;`,
    replace: `for (const { name } of manifest.history) await unlinkIfThere(this.#disk, this.#names.inAppendDir(name));
    await syncDirectory(this.#disk, this.#names.appendDir);
    this.isSettled = true;`,
    kills: ['P15', 'P12'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'manifest-name-not-synced',
    title: 'The directory is not synced after the rename of the manifest',
    story:
      'B22 for the manifest: history is removed, and acknowledged writes go to an increment, that the manifest on the disk does not know.',
    zoo: 'B22',
    needsPowerLoss: true,
    file: 'src/engine/journal/manifest-store.ts',
    find: `await syncDirectory(this.#disk, this.#names.appendDir);
    this.isSettled = true;`,
    replace: `this.isSettled = true;`,
    kills: ['P15', 'P12', 'P2', 'P3', 'P1', 'P11'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'manifest-not-synced',
    title: 'The temporary manifest is renamed without having been synced',
    story: 'B21 for the manifest: it may be empty, or end in the middle of a line (V7).',
    zoo: 'B21',
    needsPowerLoss: true,
    file: 'src/engine/io.ts',
    find: `await writeAll(file, bytes);
    await syncFile(file);`,
    replace: `await writeAll(file, bytes);`,
    kills: ['P15', 'P12', 'P2', 'P1'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'manifest-written-in-place',
    title: 'The manifest is written in place instead of beside it',
    story:
      'How cluster configuration files were written (redis#10924, 2022): a crash inside leaves none, or a part.',
    zoo: 'B28',
    file: 'src/engine/journal/manifest-store.ts',
    find: `const temporary = this.#names.temporary('manifest');`,
    replace: `const temporary = this.#names.inAppendDir(this.#names.manifestName);
    await unlinkIfThere(this.#disk, temporary);`,
    kills: ['P15', 'P12', 'P2', 'P4', 'P1', 'P3'],
    profiles: any,
    needs: log,
  },
  {
    id: 'base-name-not-synced',
    title: 'The manifest may be durable before the name of the base that it names',
    story:
      'Redis syncs the directory once, after both renames: harmless where the journal keeps their order, illegal to rely on in POSIX (leveldb#195, leveldb#189, rocksdb 7.7.0).',
    zoo: 'B23',
    needsPowerLoss: true,
    file: 'src/engine/journal/rewrite.ts',
    find: `await host.disk.rename(request.path, basePath);
      await syncDirectory(host.disk, names.appendDir);`,
    replace: `await host.disk.rename(request.path, basePath);`,
    kills: ['P15', 'P12'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'increment-name-not-synced',
    title: 'The manifest may be durable before the name of the new increment that it names',
    story: 'As base-name-not-synced, in step b of a rewrite.',
    zoo: 'B23',
    needsPowerLoss: true,
    file: 'src/engine/journal/rewrite.ts',
    find: `await syncDirectory(host.disk, names.appendDir);
      await store.replace({`,
    replace: `await store.replace({`,
    kills: ['P15', 'P12'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'first-names-not-synced',
    title: 'At the first start the manifest may be durable before the names of base and increment',
    story: 'As base-name-not-synced, in START of A.8: the server that was to begin refuses ever after.',
    zoo: 'B23',
    needsPowerLoss: true,
    file: 'src/engine/recovery/log-start.ts',
    find: `await syncDirectory(host.disk, names.appendDir);
  const next: Manifest`,
    replace: `const next: Manifest`,
    kills: ['P15', 'P12'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'log-directory-not-synced',
    title: 'The directory of the log is made and never synced into its parent',
    story:
      'Everything inside is synced, and all of it can vanish with the one name above (R3: unreachable inodes are freed).',
    zoo: 'B22',
    needsPowerLoss: true,
    file: 'src/engine/io.ts',
    find: `  await syncDirectory(disk, parent);
`,
    replace: '',
    kills: ['P15', 'P2', 'P3', 'P11'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'snapshot-reported-before-the-rename',
    title: 'A background save counts as done when its child has ended, before it has its name',
    story:
      'redis@83e87bac7, redis#10923, redis#5606: status and LASTSAVE were set before the result was known.',
    zoo: 'B75',
    file: 'src/engine/saving/snapshot.ts',
    find: `await disk.rename(request.path, engine.names.dump);
      await syncDirectory(disk, engine.names.dir);`,
    replace: `const renamed = disk.rename(request.path, engine.names.dump);
      engine.stats.rdbSaves++;
      await renamed;
      await syncDirectory(disk, engine.names.dir);
      engine.stats.rdbSaves--;`,
    kills: ['P5', 'P18'],
    profiles: any,
    needs: dump,
  },
];
