/** Mutants of B-IV: what a start believes, cuts and makes durable. */
import type { Mutant } from '../mutant.ts';
import { any, dump, kills, log, plainLog, strict } from './common.ts';

export const recoveryMutants: readonly Mutant[] = [
  {
    id: 'torn-multi-replayed-by-half',
    title: 'A MULTI that the file ends in is replayed as far as it goes',
    story:
      'redis#5201, 5.0-rc6 (2018), "as old as AOF itself": a cut behind a queued command applied half a transaction.',
    zoo: 'B51',
    planted: true,
    file: 'src/engine/recovery/replay.ts',
    find: `#end(damage: Damage | undefined): ReplayResult {`,
    replace: `#end(damage: Damage | undefined): ReplayResult {
    for (const queued of this.#queue ?? []) this.#applier.apply(queued.argv, queued.offset);`,
    kills: ['P1', 'P11'],
    profiles: kills,
    needs: plainLog,
  },
  {
    id: 'half-batch-believed',
    title: 'The hash of a batch is not looked at',
    story:
      'V9: an AOF has no integrity of its own. A page of an unsynced tail can be missing inside a value, where no syntax tells.',
    zoo: 'V9',
    needsPowerLoss: true,
    file: 'src/engine/recovery/replay.ts',
    find: `if (!isBatchBody(header, { key, offset: window.offset }, window.bytes, start))`,
    replace: `if (!isBatchBody(header, { key, offset: window.offset }, window.bytes, start) && lengthBytes < 0)`,
    kills: ['P1', 'P12', 'P11'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'torn-tail-kept',
    title: 'A torn tail is passed over and not cut: what is appended behind it cannot be read',
    story:
      'redis 2.8.15, fixed in 2.8.16 (2014): the truncated command was skipped at load, the file went on behind it, and the start after the next was refused.',
    zoo: 'B50',
    file: 'src/engine/recovery/repair.ts',
    find: `await open.truncate(validBytes);`,
    replace: ``,
    kills: ['P12', 'P11', 'P2', 'P3', 'P4', 'P1'],
    profiles: any,
    needs: log,
  },
  {
    id: 'repair-not-synced',
    title: 'A file whose torn tail was cut is not synced',
    story:
      'rocksdb 6.8.0: "cannot open after two consecutive crashes: first recovers from corrupted WAL, second cannot".',
    zoo: 'B53',
    needsPowerLoss: true,
    file: 'src/engine/recovery/repair.ts',
    find: `try {
        await syncFile(open);`,
    replace: `try {
        if (validBytes === fileBytes) await syncFile(open);`,
    kills: ['P11', 'P12', 'P2', 'P3', 'P1', 'P15'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'recovery-does-not-sync-what-it-accepted',
    title: 'What a start found in the log is served and not synced',
    story:
      'After a kill the page cache may hold bytes that the disk lacks; the first reply of the next life depends on them (A.8, RECOVER). A kill, a recovery, then a loss of power.',
    needsPowerLoss: true,
    file: 'src/engine/recovery/repair.ts',
    find: `try {
        await syncFile(open);`,
    replace: `try {
        if (validBytes < fileBytes) await syncFile(open);`,
    kills: ['P11', 'P12', 'P2', 'P3', 'P1', 'P15'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'recovery-does-not-sync-names',
    title: 'The names that a start found in the directory of the log are served and not synced',
    story:
      'As above for names: a kill between the rename of a manifest and the sync of its directory, a recovery that collects the history, then a loss of power.',
    needsPowerLoss: true,
    file: 'src/engine/recovery/repair.ts',
    find: `await syncPath(host.disk, names.inAppendDir(names.manifestName));
  await syncDirectory(host.disk, names.appendDir);
  await syncDirectory(host.disk, names.dir);`,
    replace: `await syncPath(host.disk, names.inAppendDir(names.manifestName));`,
    kills: ['P12', 'P11', 'P2', 'P3', 'P1', 'P15'],
    profiles: strict,
    needs: log,
  },
  {
    id: 'recovered-dump-name-not-synced',
    title: 'The dump.rdb that a start found is served and its name not synced',
    story:
      'A kill between the rename of a dump and the sync of the directory, a recovery that shows the new data, then a loss of power that brings the old back.',
    needsPowerLoss: true,
    file: 'src/engine/recovery/recovery.ts',
    find: `await syncPath(host.disk, names.dump);
  await syncDirectory(host.disk, names.dir);`,
    replace: `await syncPath(host.disk, names.dump);`,
    kills: ['P5', 'P11'],
    profiles: strict,
    needs: dump,
  },
  {
    id: 'valid-up-to-inside-multi',
    title: 'The point to cut at moves on with every command that is queued in a MULTI',
    story:
      'V3, valkey#4342 (2026): the file is cut inside a MULTI, acknowledged writes follow it there, and the load after that undoes all of them.',
    zoo: 'B52',
    file: 'src/engine/recovery/replay.ts',
    find: `window.take(parser.offset - taken);
        if (this.#queue === undefined) this.#validBytes = this.#unitBytes = window.offset;`,
    replace: `window.take(parser.offset - taken);
        this.#validBytes = this.#unitBytes = window.offset;`,
    kills: ['P12', 'P11', 'P1', 'P2', 'P4', 'P3'],
    profiles: kills,
    needs: plainLog,
  },
  {
    id: 'torn-before-an-empty-increment-refused',
    title: 'A torn increment before an empty one refuses the start',
    story:
      'redis#11484: a crash right after the switch leaves the old increment torn and the new one empty, legally; "truncated but not last" was fatal.',
    zoo: 'B55',
    file: 'src/engine/recovery/recover-log.ts',
    find: `const isLast = laterBytes === 0 && !(isBase && manifest.increments.length > 0);`,
    replace: `const isLast = i + 1 === sizes.length;`,
    kills: ['P12'],
    profiles: any,
    needs: log,
  },
  {
    id: 'torn-batch-refused',
    title: 'Only an end of file counts as torn: missing pages and zeros in the tail refuse the start',
    story:
      'redis#5177 (2018), valkey#1148, redis#14058 (2025): a tail of zeros, an honest crash state of several filesystems, was a bad format.',
    zoo: 'B56',
    file: 'src/engine/recovery/replay.ts',
    find: `if (this.#annotations?.isActive === true && !this.#isAmongPlain && !(await this.#isUnitAt(offset)))`,
    replace: `if (this.#fileBytes < 0)`,
    kills: ['P12', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'cut-not-reported',
    title: 'A tail is cut and nobody is told',
    story:
      'B57, redis#14349: damage that is taken for a torn tail drops acknowledged data. Where that cannot be told apart, at least it must be said.',
    zoo: 'B57',
    file: 'src/engine/recovery/recover-log.ts',
    find: `recovery.cutBytes += fileBytes - validBytes;`,
    replace: ``,
    kills: ['P13'],
    profiles: ['rot'],
    needs: log,
  },
  {
    id: 'file-named-twice-read-twice',
    title: 'A manifest may name a file twice',
    story:
      'Redis takes such a manifest. Rot makes one of the two lines of a base and its increment; where the loss is accepted the base is then replayed behind itself.',
    file: 'src/aof/manifest.ts',
    find: `if (names.has(file.name)) throw fail('Found a file that another line names already');`,
    replace: ``,
    kills: ['P13', 'P12', 'P25'],
    profiles: ['rot'],
    survives:
      'takes one digit in a manifest of two increments, the number in the name of one, and a start that accepts loss: one seed of rot in more than 1,500 (a base or an increment that is called the other is refused for that alone). test/unit/aof/manifest.test.ts kills it.',
  },
  {
    id: 'damaged-note-passed-over',
    title: 'A manifest that nothing seals is one of Redis, whatever notes of ours are left in it',
    story:
      'Ours, found by the simulator: one bit made one line of the promise of a seal and of the key behind it, a second took the seal. What was left looked like a manifest of Redis, nothing was checked any more, and a value that changed later was served.',
    zoo: 'V7',
    file: 'src/aof/manifest-notes.ts',
    find: `if (!this.isSealed) {`,
    replace: `if (!this.isSealed) return undefined;
    if (this.#endsAt < -1) {`,
    kills: ['P13'],
    profiles: ['rot'],
    needs: log,
    survives:
      'takes the promise of a seal and the seal, or the seal and every note of the files, the key beside it, and a change of the log at a later loss of power: several chosen damages of two crashes, where rot does two at each. A regression and test/unit/aof/manifest.test.ts kill it.',
  },
  {
    id: 'lost-key-passed-over',
    title:
      'Where loss is accepted and the manifest has lost the key of the batches, they are judged by their syntax',
    story:
      'Ours, found by the hunt of other mutants: one bit made the line with the key a comment, and what a second one or a torn page had done to the log was served, since nobody could check it any more.',
    zoo: 'V7',
    file: 'src/engine/recovery/recover-log.ts',
    find: `return damage === undefined ? undefined : 'lost';`,
    replace: `return undefined;`,
    kills: ['P13', 'P12'],
    profiles: ['rot'],
    needs: log,
  },
  {
    id: 'stray-unit-believed',
    title: 'A unit without annotation is believed, whatever stands behind it',
    story:
      'Ours, found by three seeds of rot: two sectors of the log were exchanged, the second began at a command, and where the loss was accepted half a MULTI was served.',
    zoo: 'V9',
    file: 'src/engine/recovery/replay.ts',
    find: `if (stray !== undefined) return this.#end(stray);`,
    replace: ``,
    kills: ['P13'],
    profiles: ['rot'],
    needs: log,
  },
  {
    id: 'cut-before-it-can-be-read',
    title: 'A start puts things aside, and finds that what is to be cut cannot be read',
    story:
      'Ours, found by the simulator: a start that refused had changed the directory. What is behind the place where a log ends is not read to judge it.',
    file: 'src/engine/recovery/repair.ts',
    find: `  for (const file of cut) await readTail(engine, tailOf(engine, file));`,
    replace: ``,
    kills: ['P13'],
    profiles: ['rot'],
    needs: log,
    survives:
      'takes the line with the key of a manifest, and an unreadable sector of the log beside it: one seed of rot in some 1,000, so that not every chase meets it. A regression kills it.',
  },
  {
    id: 'refusal-without-a-place',
    title: 'A start refuses and does not say which file is damaged',
    story:
      'Ours: a refusal is worth something to whoever has a copy, if it says what to take from it. Redis names the file of an AOF, and of an RDB only an offset.',
    file: 'src/engine/recovery/read-manifest.ts',
    find: `throw new LightsoutError(error.code, \`\${path}: \${error.message}\`, { cause: error });`,
    replace: `throw error;`,
    kills: ['P13'],
    profiles: ['rot'],
    needs: log,
  },
  {
    id: 'collected-before-judged',
    title: 'History is removed before the rest of the log is found whole',
    story:
      'As rocksdb 9.5.0 and V2: what could have mended a damaged log is deleted by the start that then refuses.',
    file: 'src/engine/recovery/recovery.ts',
    find: `const loaded = await loadLog(engine, manifest);`,
    replace: `await rewriter.store.dropHistory(() => false);
  const loaded = await loadLog(engine, manifest);`,
    kills: ['P13', 'P12', 'P11', 'P15'],
    profiles: ['rot'],
    needs: log,
  },
  {
    id: 'increments-without-their-base',
    title:
      'Where loss is accepted and the line of the base is gone, the increments are replayed onto nothing',
    story:
      'Ours, found by reading: a manifest that had lost the line of its base was taken for one without a base.',
    zoo: 'B59',
    file: 'src/aof/manifest.ts',
    find: `if (base === undefined) increments.length`,
    replace: `if (damage === '') increments.length`,
    kills: ['P13'],
    profiles: ['rot'],
    needs: { persistences: ['hybrid', 'rdb+hybrid'] },
  },
  {
    id: 'unreadable-line-passed-over',
    title:
      'Where loss is accepted, a line of the manifest that cannot be read is passed over, and the next one counts',
    story:
      'V7: the increment whose line is gone is dropped, and what follows it is replayed onto a state that it does not belong to.',
    zoo: 'V7',
    file: 'src/aof/manifest.ts',
    find: `isOver ||= base !== undefined;`,
    replace: ``,
    kills: ['P13'],
    profiles: ['rot'],
    needs: log,
    survives:
      'rot is drawn for annotated logs alone, where the numbers of the batches tell the gap. test/unit/engine/damage.test.ts kills it.',
  },
  {
    id: 'unreadable-manifest-refused',
    title: 'A manifest with a line that cannot be read refuses, whatever loss is accepted',
    story: 'Ours until today: --recover accept-loss helped against damage everywhere but in the manifest.',
    file: 'src/engine/recovery/find-log.ts',
    find: `settings.recover === 'accept-loss' ? { accept: 'damage' } : {}`,
    replace: `settings.recover === 'accept-loss' ? { accept: 'broken-seal' } : {}`,
    kills: ['P12'],
    profiles: ['rot'],
    needs: log,
  },
  {
    id: 'temporaries-never-collected',
    title: 'Temporary files of runs that have died stay for ever',
    story:
      'V10, redis#3065, redis#639: temp-<pid>.rdb and temp-rewriteaof-<pid>.aof survive a crash and fill the disk.',
    zoo: 'B47',
    file: 'src/engine/recovery/collect-garbage.ts',
    find: `for (const name of temporaries.sort()) await unlinkIfThere(host.disk, \`\${directory}/\${name}\`);`,
    replace: `temporaries.length = 0;`,
    kills: ['P16'],
    profiles: any,
  },
  {
    id: 'unnamed-files-never-collected',
    title: 'A base or an increment that a rewrite left between two of its steps stays for ever',
    story: 'redis#10649 (2022): what no manifest names is never looked at again.',
    zoo: 'B27',
    file: 'src/engine/recovery/collect-garbage.ts',
    find: `await collectUnnamed(engine);`,
    replace: ``,
    kills: ['P16'],
    profiles: any,
    needs: log,
  },
  {
    id: 'expired-keys-dropped-from-the-base',
    title: 'Keys that have expired are dropped while the base of the log is loaded',
    story:
      'redis#4950 (2018): the increments after the base speak of keys that the load had dropped; INCR made them again, from 1 and without an expiry.',
    zoo: 'B61',
    file: 'src/engine/recovery/recover-log.ts',
    find: `const facts = await loadRdb(engine, path, { dropExpired: false });`,
    replace: `const facts = await loadRdb(engine, path, { dropExpired: true });`,
    kills: ['P1', 'P11', 'P9'],
    profiles: any,
    needs: { persistences: ['hybrid', 'rdb+hybrid'] },
  },
  {
    id: 'expiry-during-replay',
    title: 'Keys expire by the clock while the log is replayed',
    story:
      'redis@040b0ade7 (2011), redis#5686 (2018), redis@812ecc8b1: a command of the log found its key gone that was there when it was executed.',
    zoo: 'B62',
    file: 'src/engine/recovery/log-applier.ts',
    find: `execution.replaying = true;
    execution.nowMs = 0;`,
    replace: `execution.nowMs = this.#engine.host.clock.wallMs();`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P11', 'P9'],
    profiles: any,
    needs: log,
  },
  {
    id: 'last-increment-opened-at-its-start',
    title: 'The last increment is opened without O_APPEND, and nobody moves to its end',
    story: 'redis@878c089ec (2014), and V1: what is written next stands over what is there.',
    zoo: 'B39',
    file: 'src/engine/recovery/log-start.ts',
    find: `{ write: true, append: true }`,
    replace: `{ write: true }`,
    kills: ['P1', 'P12', 'P13', 'P2', 'P3', 'P4', 'P8', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'damaged-dump-starts-empty',
    title: 'A dump that cannot be read is none',
    story: 'redis#103 (2011, "critical"): a wrong magic was logged, and the server began with nothing.',
    zoo: 'B36',
    file: 'src/engine/recovery/load-dump.ts',
    find: `if (settings.recover !== 'accept-loss') throw error;`,
    replace: `if (settings.recover !== 'accept-loss') {
      engine.forgetEverything();
      return false;
    }`,
    kills: ['P13'],
    profiles: ['rot'],
    needs: dump,
  },
  {
    id: 'damaged-base-counts-as-empty',
    title: 'Where the base cannot be read, the increments behind it are replayed onto nothing',
    story: 'garnet#2150 (2026): a checkpoint that failed to load left the tail of the log alone.',
    zoo: 'B59',
    file: 'src/engine/recovery/recover-log.ts',
    find: `    accept(engine, error);
    engine.forgetEverything();
    return undefined;`,
    replace: `    engine.forgetEverything();
    return { lastBatch: file.lastBatch };`,
    kills: ['P13'],
    profiles: ['rot'],
    needs: { persistences: ['hybrid', 'rdb+hybrid'] },
  },
  {
    id: 'dump-forgotten-by-the-first-log',
    title: 'A log that is turned on by a restart begins empty, whatever dump.rdb holds',
    story:
      'redis#837 (2012), redis#1826, redis#12484 (2023): an empty AOF was preferred to the dump, and the next save replaced that with nothing.',
    zoo: 'B64',
    file: 'src/engine/recovery/log-start.ts',
    find: `if (await loadDump(engine)) {`,
    replace: `if (settings.dir === '' && (await loadDump(engine))) {`,
    kills: ['P22'],
    profiles: any,
    needs: { persistences: ['rdb', 'rdb+aof', 'rdb+hybrid'] },
  },
  {
    id: 'failed-sync-believed-by-the-next-process',
    title:
      'A start syncs what it finds and believes it, although an earlier process was told that a sync had failed',
    story:
      'fsyncgate (2018), PostgreSQL: Linux marks pages that it could not write as clean, so a later sync has nothing to do and succeeds, in a new process too. Ours as well, until the simulator restarted a server whose sync had failed without taking the power.',
    zoo: 'B06',
    file: 'src/engine/recovery/repair.ts',
    find: `index >= lastWritten ? Math`,
    replace: `index > files.length ? Math`,
    kills: ['P11', 'P1', 'P2', 'P12'],
    profiles: strict,
    needs: { ...log, faults: ['errors'] },
  },
];
