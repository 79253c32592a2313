/** Mutants that only what befalls processes, clocks and disks brings to light. */
import type { Mutant } from '../mutant.ts';
import { any, log, logAlways, logEverysec, strict } from './common.ts';

const snapshots = { persistences: ['rdb', 'rdb+aof', 'rdb+hybrid'] } as const;

export const mishapMutants: readonly Mutant[] = [
  {
    id: 'sync-error-of-the-log-ignored',
    title: 'A sync of the log that failed counts as done',
    story: 'redis#8111, redis#8347, rocksdb#2495: nobody looked at what fsync returned.',
    zoo: 'B05',
    file: 'src/engine/journal/log-file.ts',
    find: `this.syncError = error;`,
    replace: `this.synced = covered;`,
    kills: ['P14', 'P18', 'P1', 'P2', 'P3'],
    profiles: strict,
    needs: { ...log, faults: ['errors'] },
  },
  {
    id: 'later-sync-clears-the-error',
    title: 'A later sync that succeeds makes a failed one good',
    story: 'fsyncgate: redis bio.c, PostgreSQL 2018. The pages were dropped and marked clean.',
    zoo: 'B06',
    file: 'src/engine/journal/log-file.ts',
    find: `if (this.#syncing || this.#forsaken || this.syncError !== undefined) return;`,
    replace: `if (this.#syncing || this.#forsaken) return;
    this.syncError = undefined;`,
    kills: ['P14', 'P18', 'P1', 'P3', 'P12'],
    profiles: strict,
    needs: { ...logEverysec, faults: ['errors'] },
  },
  {
    id: 'everysec-by-the-wall',
    title: 'The cadence of everysec goes by the wall',
    story: 'V6: after the wall has jumped back nothing is synced until it is where it was.',
    zoo: 'B14',
    file: 'src/engine/journal/journal.ts',
    find: `const now = this.#clock.monoMs();
    if (now - file.syncStartedMs < everysecMs) return;`,
    replace: `const now = this.#clock.wallMs();
    if (now - file.syncStartedMs < everysecMs) return;`,
    kills: ['P3', 'P21'],
    profiles: strict,
    needs: { ...logEverysec, faults: ['wall'] },
  },
  {
    id: 'log-error-under-always-is-not-fatal',
    title: 'Under always the server goes on when its log has failed',
    story: 'redis@fe8352540: the effect is in memory, and the client has been promised that it lasts.',
    zoo: 'B44',
    file: 'src/engine/engine.ts',
    find: `if (this.settings.appendfsync !== 'always') return;`,
    replace: `if (this.settings.appendfsync !== undefined) return;`,
    kills: ['P14', 'P18', 'P2'],
    profiles: strict,
    needs: { ...logAlways, faults: ['errors'] },
  },
  {
    id: 'write-error-never-clears',
    title: 'A write of the log that failed once is remembered for ever',
    story: 'redis#8030: MISCONF until somebody restarted the server.',
    zoo: 'B45',
    file: 'src/engine/journal/log-file.ts',
    find: `        this.writeError = undefined;
`,
    replace: ``,
    kills: ['P21'],
    profiles: any,
    needs: { ...logEverysec, faults: ['space'] },
  },
  {
    id: 'directory-without-a-lock',
    title: 'Nobody asks whether another server has the directory',
    story: 'V8: two servers append to one log, and one of them loses.',
    file: 'src/engine/engine.ts',
    find: `if (lock === undefined) {`,
    replace: `if (lock === null) {`,
    kills: ['P20', 'P21', 'P1'],
    profiles: any,
    needs: { ...log, faults: ['second'] },
  },
  {
    id: 'redis-hole-after-a-short-write',
    title:
      'The increment of a rewrite has no O_APPEND: what a full disk cut short is truncated, and the next write leaves a hole',
    story:
      'V1, redis-server 7.0.15: aof.c opens it without O_APPEND, ftruncate leaves the position where the short write had moved it, and once there is room the log has zeros in its middle: "Bad file format", at the next start.',
    zoo: 'V1',
    file: 'src/engine/journal/rewrite.ts',
    find: `    return host.disk.open(names.inAppendDir(increment.name), {
      write: true,
      create: true,
      exclusive: true,
      append: true,
    });`,
    replace: `    const path = names.inAppendDir(increment.name);
    const opened = host.disk.open(path, { write: true, create: true, exclusive: true });
    return opened.then((file) => {
      const write = file.write.bind(file);
      let sizeBytes = 0;
      file.write = (bytes, done) =>
        write(bytes, (error, count) => {
          if (error === undefined && count === bytes.length) sizeBytes += count;
          if (count === 0 || count === bytes.length) return done(error, count);
          const full = { code: 'ENOSPC', applied: 'partial', operation: 'write', path } as const;
          const short = error ?? Object.assign(new Error('short write'), full);
          file.truncate(sizeBytes).then(
            () => done(short, 0),
            () => done(short, count),
          );
        });
      return file;
    });`,
    kills: ['P12', 'P4', 'P3', 'P1', 'P21'],
    profiles: any,
    needs: { ...logEverysec, faults: ['space'] },
  },
  {
    id: 'redis-live-base-deleted',
    title:
      'A manifest whose rename was done and not synced counts as not written: the base that it names is deleted',
    story:
      'V2, redis-server 7.0.15: fsync of the directory fails after the rename of the manifest, writeAofManifestFile returns C_ERR, and backgroundRewriteDoneHandler unlinks the new base: no start is possible after that.',
    zoo: 'V2',
    file: 'src/engine/journal/rewrite.ts',
    find: `if (store.current === before) await unlinkIfThere(host.disk, basePath);`,
    replace: `await unlinkIfThere(host.disk, basePath);
      store.current = before;
      store.isSettled = true;`,
    kills: ['P12', 'P1', 'P15'],
    profiles: any,
    needs: { ...log, faults: ['errors'] },
  },
  {
    id: 'status-of-a-child-that-was-killed-is-ok',
    title: 'A snapshot whose child was killed counts as done',
    story: 'redis#1896, with a child that really is killed.',
    zoo: 'B73',
    file: 'src/engine/saving/snapshot.ts',
    find: `if (status.code === 0 && !child.wasKilled) {`,
    replace: `if (status.code !== 1 && !child.wasKilled) {`,
    kills: ['P10', 'P5', 'P12', 'P18', 'P21'],
    profiles: any,
    needs: { ...snapshots, faults: ['children'] },
  },
  {
    id: 'failed-save-told-to-nobody',
    title: 'A save whose child failed leaves the status as it was, and writes go on',
    story:
      'stop-writes-on-bgsave-error is there so that somebody notices: redis#1604 and its kin, where dumps failed for months and the status said ok.',
    zoo: 'B75',
    file: 'src/engine/saving/snapshot.ts',
    find: `if (!child.wasKilled) this.lastStatusOk = false;`,
    replace: `if (child.wasKilled) this.lastStatusOk = true;`,
    kills: ['P18', 'P5'],
    profiles: any,
    needs: { ...snapshots, faults: ['children'] },
  },
  {
    id: 'save-given-up-counts-as-failed',
    title: 'A save that FLUSHALL ends counts as one that failed, and writes are refused until the next',
    story:
      'redis@83e87bac7 (2013): a child that the server itself ends with SIGUSR1 made MISCONF of every write that followed.',
    zoo: 'B75',
    file: 'src/engine/saving/snapshot.ts',
    find: `if (!child.wasKilled) this.lastStatusOk = false;`,
    replace: `this.lastStatusOk = false;`,
    kills: ['P18'],
    profiles: any,
    needs: snapshots,
  },
  {
    id: 'snapshot-counted-before-its-rename',
    title: 'A save is counted before its file has its name durably',
    story: 'LASTSAVE told of a dump that a loss of power took back.',
    zoo: 'B23',
    file: 'src/engine/saving/snapshot.ts',
    find: `await disk.rename(request.path, engine.names.dump);`,
    replace: `engine.stats.rdbSaves++;
      await disk.rename(request.path, engine.names.dump);`,
    kills: ['P18', 'P5'],
    profiles: any,
    needs: snapshots,
  },
  {
    id: 'shutdown-without-the-last-save',
    title: 'SIGTERM ends the server without the snapshot that save points ask for',
    story: 'What SHUTDOWN promises with save points: nothing executed before it is lost.',
    file: 'src/engine/shutdown.ts',
    find: `await engine.snapshots.save();`,
    replace: `engine.snapshots.isScheduled = true;`,
    kills: ['P5'],
    profiles: any,
    needs: { persistences: ['rdb'], faults: ['signals'] },
  },
  {
    id: 'shutdown-without-a-sync',
    title: 'SIGTERM ends the server before the log is synced',
    story: 'What SHUTDOWN promises with a log, under any policy.',
    file: 'src/engine/shutdown.ts',
    find: `() => engine.journal.drain()`,
    replace: `() => Promise.resolve()`,
    kills: ['P3', 'P4', 'P1', 'P2'],
    profiles: strict,
    needs: { ...log, appendfsyncs: ['everysec', 'no'], faults: ['signals'] },
  },
  {
    id: 'full-disk-silences-the-server',
    title: 'While the log takes nothing every reply waits behind it, that of PING and of a refusal too',
    story:
      'Ours, until the simulator drew full disks: replies queued behind writes that no disk took, and a server that could still read said nothing at all.',
    file: 'src/engine/engine.ts',
    find: `session.tellsOfData && !this.#logIsStuck ? this.journal.appended : session.lastUnit`,
    replace: `this.journal.appended`,
    kills: ['P21'],
    profiles: any,
    needs: { ...log, appendfsyncs: ['everysec', 'no'], faults: ['space'] },
  },
  {
    id: 'new-base-removed-when-its-manifest-may-be-live',
    title: 'Any error of the manifest removes the new base, also one that came after the rename',
    story:
      'V2, rocksdb 9.5.0 and 6.21.0: the sync of the directory failed, the rename had happened, and the live manifest named a file that was unlinked.',
    zoo: 'B25',
    file: 'src/engine/journal/rewrite.ts',
    find: `if (store.current === before) await unlinkIfThere(host.disk, basePath);
      throw error;`,
    replace: `await unlinkIfThere(host.disk, basePath);
      throw error;`,
    kills: ['P15', 'P12'],
    profiles: any,
    needs: { ...log, faults: ['errors'] },
  },
  {
    id: 'save-ignores-write-errors',
    title: 'A snapshot whose writes fail goes on to its rename',
    story:
      'redis#1604 (2.8.8, "data loss"): a full disk at SHUTDOWN replaced a good dump with a truncated one; the error was in a buffer that nobody looked at.',
    zoo: 'B43',
    file: 'src/engine/io.ts',
    find: `if (error !== undefined) reject(error);
        else if (start`,
    replace: `if (error !== undefined) resolve();
        else if (start`,
    kills: ['P10', 'P15', 'P12', 'P5'],
    profiles: any,
    needs: { ...snapshots, faults: ['space'] },
  },
  {
    id: 'window-of-everysec-not-bounded',
    title: 'Under everysec writes are taken however long the oldest one has waited for its sync',
    story:
      'redis#641, redis#990 ("Asynchronous AOF fsync is taking too long"): with a disk that hangs, the window had no end.',
    zoo: 'B13',
    file: 'src/engine/journal/journal.ts',
    find: `aofMaxUnsyncedMs > 0 && this.unsyncedMs > aofMaxUnsyncedMs;`,
    replace: `aofMaxUnsyncedMs > 0 && this.unsyncedMs < 0;`,
    kills: ['P3'],
    profiles: strict,
    needs: { ...logEverysec, faults: ['slow'] },
  },
  {
    id: 'policy-of-the-start-kept',
    title: 'CONFIG SET appendfsync is answered, and the log goes on with the policy of its start',
    story:
      'A copy of the settings where the settings were meant: CONFIG GET tells of the new value, and replies leave by the old one.',
    file: 'src/engine/journal/journal.ts',
    find: `this.#settings = settings;`,
    replace: `this.#settings = { ...settings };`,
    kills: ['P3', 'P22'],
    profiles: any,
    needs: { ...log, appendfsyncs: ['everysec', 'no'] },
  },
  {
    id: 'short-write-is-the-last',
    title: 'A write that was accepted in part is not gone on with until something else is written',
    story: 'redis#4066, redis#4281: beyond 2 GB every write is short, and the buffer never drained.',
    zoo: 'B40b',
    file: 'src/engine/journal/log-file.ts',
    find: `this.#writeSlice(batch);
        return;`,
    replace: `this.#writing = false;
        return;`,
    kills: ['P21', 'P3', 'P4', 'P12'],
    profiles: any,
    needs: log,
  },
  {
    id: 'always-accepted-while-the-log-is-stuck',
    title: 'CONFIG SET appendfsync always is taken while the log cannot be written',
    story:
      'Ours, found by the simulator: the error had been told when the policy was another, so that it ended nothing, and every reply waited for a sync that could not come. Redis ends with the next write that fails (aof.c, flushAppendOnlyFile).',
    file: 'src/engine/admin/config.ts',
    find: `if (tightens(before, after) && stuck !== undefined)`,
    replace: `if (tightens(before, after) && stuck === null)`,
    kills: ['P21'],
    profiles: any,
    needs: { ...log, appendfsyncs: ['everysec', 'no'], faults: ['space'] },
  },
  {
    id: 'old-increment-given-up-at-the-switch',
    title:
      'A rewrite switches while the old increment has bytes that the disk did not take, and gives them up',
    story:
      'redis#14372, valkey#2627 (2025): half a command in one increment, the rest in the next, or both in base and increment. Here the new base would have them, and it is not there yet.',
    zoo: 'B41',
    file: 'src/engine/journal/journal.ts',
    find: `    this.#lineUp();
    this.open(file, name, 0);`,
    replace: `    this.#current?.forsake();
    this.open(file, name, 0);`,
    kills: ['P15', 'P1', 'P2', 'P3', 'P12'],
    profiles: any,
    needs: log,
  },
];
