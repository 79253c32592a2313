/**
 * Bugs that the simulator found: each scenario failed once, and must keep meeting the situation that it failed in. Where a
 * mutant of the catalogue is that bug, it must fail there still; so it is for the known answers of the fault model, which
 * are bugs of Redis (all but V4, V7 and V9, which take a damaged directory: `known-answers.test.ts`).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadEngine } from '../../sim/mutants/bundle.ts';
import { mutants } from '../../sim/mutants/catalogue/index.ts';
import { parseScenario } from '../../sim/scenario/parse.ts';
import { runScenario } from '../../sim/scenario/run.ts';
import type { Scenario } from '../../sim/scenario/schema.ts';
import type { Situation } from '../../sim/scenario/situations.ts';

const directory = join(import.meta.dirname, '../regressions');

interface Regression {
  /** What must come about in it, or it no longer tests anything. */
  readonly situations: readonly Situation[];
  /** The bug, where the catalogue has it. */
  readonly mutant?: string;
}

const regressions: Readonly<Record<string, Regression>> = {
  // A rewrite finished while the last write of the old increment waited for a sync of three seconds, and closed the file
  // under it: EBADF, and under `always` the end of the server.
  'forsaken-increment-in-flight.json': { situations: ['rewrite-done', 'crash-with-pending-data'] },
  // A shutdown waited for a slow sync of a rewrite, and the cadence of everysec stood still meanwhile.
  'everysec-while-shutting-down.json': { situations: ['signalled', 'power-loss'] },
  // A judge's error: a key expired while the recovery that nothing disturbed was slow, and the other one looked different.
  'expiry-while-a-recovery-is-slow.json': { situations: ['crash-inside-recovery'] },
  // Another: the model wrote the fewest digits that tell a score from its neighbours, where C writes seventeen.
  'scores-of-seventeen-digits.json': { situations: ['kill'] },
  // Another: a base became durable while a sync of the increment before it hung, and the judge still waited for that.
  'base-overtakes-a-slow-sync.json': { situations: ['rewrite-done', 'base-compared'] },
  // Four more in which the judge or the disk was wrong. A command removed a key that had expired and was
  // gone from the log; the judge waited for a sync of it.
  'expired-key-removed-again.json': { situations: ['crash-with-pending-data'] },
  // A unit was written, its sync began, and only then did its reply leave: the sync counts for it.
  'reply-just-after-the-sync-of-its-unit-began.json': { situations: ['write-taken-in-a-wide-window'] },
  // MULTI is answered without a look at the disk, and yet not before what was sent ahead of it.
  'multi-behind-a-slow-sync.json': { situations: ['crash-right-after-reply', 'everysec-sync-done'] },
  // A write-back failed after its page and before its size: the simulated kill took bytes out of the page cache.
  'failed-sync-with-pages-but-no-size.json': {
    situations: ['restart-after-a-failed-sync', 'recovered-again'],
  },
  // While nobody knew what SPOP had taken the administrator's orders waited, and then went all at once, behind WAITAOF.
  'orders-behind-a-draw.json': { situations: ['decided-by-chance', 'waited-for-the-disk'] },
  // A SELECT behind an APPEND of its own client waited for the sync of a stranger's write that came between the two.
  'reply-behind-a-stranger.json': { situations: ['rewrite-done'] },
  // BGREWRITEAOF wrote what its own turn had logged, and the sync came back before the turn's end: the window never learnt
  // of it, grew beyond aof-max-unsynced-ms, and every write was refused from then on.
  'sync-quicker-than-the-turn.json': { situations: ['rewrite-done', 'kill'] },
  // A judge's error again: a read on a full disk promises nothing, and so it is when a shutdown was asked for, which fails.
  'read-before-a-shutdown-on-a-full-disk.json': {
    situations: ['read-while-the-log-is-stuck', 'signalled', 'kill'],
  },
  // And another: a sync of thirty seconds outlived its process, so that the next one refused writes until it had ended.
  'slow-sync-outlives-its-process.json': { situations: ['kill', 'wall-jump'] },
  // And one more: a stopped server that goes on may answer a wait that is over before the judge's own timer has fired.
  'time-out-in-a-stopped-server.json': { situations: ['server-stopped', 'kill'] },
  // One more: an engine may save by itself while its recovered state is still being read, here behind a slow sync.
  'saves-while-its-recovery-is-read.json': { situations: ['snapshot-compared', 'kill', 'tail-cut'] },
  // Rot in one line of the manifest took the key of the batches, in another the seal: the log looked like one of Redis, and
  // what rotted next was served.
  'rot-takes-the-seal-and-the-key.json': {
    situations: ['medium-damaged', 'refused-damaged-disk'],
    mutant: 'damaged-note-passed-over',
  },
  // Rot made of the increment's line a second one of the base, and of another line what broke the seal; whoever accepted the
  // loss was served every list twice.
  'rot-names-the-base-twice.json': {
    situations: ['medium-damaged', 'rewrite-done'],
  },
  // Damage gave the base the name of its increment, and the increment's own line was then the second of that file: whoever
  // accepted the loss was served the increment without what it belongs to.
  'base-called-an-increment.json': { situations: ['medium-damaged', 'kill'] },
  // V1: what a full disk cut short is truncated, the position is not, and the next write leaves a hole.
  'v1-hole-after-a-full-disk.json': {
    situations: ['log-write-failed', 'rewrite-done', 'kill'],
    mutant: 'redis-hole-after-a-short-write',
  },
  // V2: the directory of a renamed manifest cannot be synced, and the base that the manifest names is deleted.
  'v2-live-base-deleted.json': {
    situations: ['crash-while-rewriting', 'several-increments-at-crash'],
    mutant: 'redis-live-base-deleted',
  },
  // One bit took the key of the batches out of the manifest; a torn tail was then judged by its syntax, and served.
  'manifest-that-lost-the-key.json': {
    situations: ['medium-damaged', 'torn-page', 'tail-cut'],
    mutant: 'lost-key-passed-over',
  },
  // The same, and a second bit in a command's name: a start that accepts loss ended with an unknown command.
  'commands-damaged-beside-a-lost-key.json': {
    situations: ['medium-damaged', 'kill'],
    mutant: 'lost-key-passed-over',
  },
  // What was to be put aside could not be read, which a start that accepts loss learnt after it had changed the directory.
  'unreadable-behind-a-cut.json': {
    situations: ['medium-damaged', 'refused-damaged-disk'],
    mutant: 'cut-before-it-can-be-read',
  },
  // V3: a tail torn inside MULTI is cut inside it, and what is acknowledged after that goes with it at the next start.
  'v3-torn-inside-multi.json': {
    situations: ['in-flight-partial', 'recovered-again'],
    mutant: 'valid-up-to-inside-multi',
  },
  // V5: the new increment is written before the old one is synced, and outlives its tail.
  'v5-gap-at-the-switch.json': {
    situations: ['power-loss', 'several-increments-at-crash'],
    mutant: 'new-increment-before-the-old-is-synced',
  },
  // V6: the wall steps back, and nothing is synced until it is where it was.
  'v6-wall-clock-steps-back.json': {
    situations: ['wall-jump-while-unsynced', 'power-loss'],
    mutant: 'everysec-by-the-wall',
  },
  // V8: nobody keeps a second server off the directory of one that lives.
  'v8-two-servers-on-one-directory.json': {
    situations: ['second-server-refused'],
    mutant: 'directory-without-a-lock',
  },
  // V10: temporaries of processes that died are never removed.
  'v10-temporaries-of-the-dead.json': {
    situations: ['files-accounted-for', 'crash-inside-recovery'],
    mutant: 'temporaries-never-collected',
  },
  // V11: while a sync is in flight replies leave before their writes, and a kill takes what was acknowledged.
  'v11-reply-before-write-beside-a-sync.json': {
    situations: ['kill'],
    mutant: 'reply-before-write-beside-a-sync',
  },
  // Two sectors of the log were exchanged, and the second began at a command: half a MULTI was served.
  'sectors-of-a-log-exchanged.json': {
    situations: ['medium-damaged', 'everysec-sync-done'],
    mutant: 'stray-unit-believed',
  },
  // The same at the start of a log.
  'sectors-of-a-log-exchanged-at-its-start.json': {
    situations: ['medium-damaged', 'several-increments-at-crash'],
    mutant: 'stray-unit-believed',
  },
  // The same where no batch is whole behind them.
  'sectors-exchanged-and-no-batch-whole.json': {
    situations: ['medium-damaged', 'loss-reported'],
    mutant: 'stray-unit-believed',
  },
  // The disk's error: two write-backs failed, the second with nothing to write, and the size that the first had left behind
  // counted as there, so that a start could write everything again and yet lose it.
  'size-left-behind-by-two-failures.json': {
    situations: ['log-sync-failed', 'server-stopped-itself', 'restart-after-a-failed-sync'],
  },
  // Rot in the line of the increment, so that the base was the last file of the log, and in the base itself, which was cut
  // as if that were a torn end. Half a base is no state that ever was.
  'base-cut-as-if-torn.json': { situations: ['medium-damaged', 'rewrite-done'] },
  // A log without annotations, whose last unit began two bytes before the end of a sector that was not written: so few zeros
  // were taken for data, and the start was refused.
  'hole-of-two-zeros.json': { situations: ['crash-with-pending-data', 'kill'] },
  // Annotations were turned off and on again, or another server appended in between: the reader of batches had begun its
  // next command in the same words that the reader of units without annotation filled, and the log was refused.
  'batches-behind-units-without-annotation.json': { situations: ['configuration-edited', 'kill'] },
  // Rot exchanged the lines of two increments. Behind the second nothing more was read, so that nobody knew with which batch
  // the log goes on behind its base, and where loss is accepted the later increment was served without the earlier one.
  'increments-in-the-wrong-order.json': { situations: ['medium-damaged', 'two-crashes-inside-recovery'] },
  // A judge's error: the log was turned on, the child that writes its first base came late, and what was given to the log
  // meanwhile filled its small buffer, so that writes were refused.
  'refused-while-the-log-is-turned-on.json': { situations: ['log-turned-on', 'refused-for-a-full-buffer'] },
  // A manifest lost its key and two sectors of the log were exchanged: where loss was accepted the units at the beginning of
  // the wrong one were served, as if another server had written them.
  'stray-unit-where-the-key-is-lost.json': { situations: ['medium-damaged', 'rewrite-done'] },
  // Three rewrites failed, and the automatic ones were to wait a minute; one that was asked for went well, and they waited on.
  'automatic-rewrites-wait-after-a-good-one.json': {
    situations: ['rewrite-done', 'fork-failed'],
    mutant: 'waiting-outlives-a-good-rewrite',
  },
  // The log could not be written, writes were refused, and somebody asked for `always`: nobody was answered any more, and the
  // error, which had been told, ended nothing.
  'always-asked-for-on-a-full-disk.json': {
    situations: ['policy-not-tightened', 'log-write-failed'],
    mutant: 'always-accepted-while-the-log-is-stuck',
  },
  // The exchange once more, in what the last start had noted of the file, where units of another server may stand: the first
  // of them was served although what came next was damaged.
  'sectors-exchanged-in-what-was-noted.json': {
    situations: ['medium-damaged', 'kill'],
    mutant: 'stray-unit-believed',
  },
  // A rewrite as commands lost what was pending of entries that had been deleted: XPENDING and XAUTOCLAIM told otherwise.
  'pending-of-deleted-entries-rewritten.json': {
    situations: ['base-compared', 'kill'],
    mutant: 'pending-of-deleted-entries-lost-in-a-rewrite',
  },
  // XSETID may set a stream back behind what was deleted; the rewritten log said so in a way that no load takes.
  'stream-set-back-behind-the-deleted.json': {
    situations: ['base-compared', 'kill'],
    mutant: 'stream-set-back-rewritten-as-it-is',
  },
  // A client that waited for a stream was told of the entry that had just filled the buffer of the log, and a kill took it.
  'served-by-what-fills-the-buffer.json': {
    situations: ['served-after-a-wait', 'crash-right-after-reply', 'kill'],
    mutant: 'served-by-what-fills-the-buffer',
  },
  // XREADGROUP that names a stream twice gave it twice, the second time without entries.
  'stream-named-twice.json': { situations: ['reply-compared', 'kill'] },
  // An EXEC that was refused, since the server was shutting down, waited for a sync of thirty seconds.
  'refused-exec-behind-a-slow-sync.json': { situations: ['signalled', 'kill'] },
  // The rename of a manifest failed, and a backup ended before that was settled: what the older manifest names was removed,
  // as the history of the newer.
  'swept-while-two-manifests-may-be-live.json': {
    situations: ['rewrite-done', 'no-space-for-a-name', 'kill'],
    mutant: 'swept-while-two-manifests-may-be-live',
  },
};

test('every regression names its situation, and every name has its file', () => {
  expect(
    readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .toSorted(),
  ).toEqual(Object.keys(regressions).toSorted());
});

const read = (name: string): Scenario =>
  parseScenario(JSON.parse(readFileSync(join(directory, name), 'utf8')));

test.each(Object.entries(regressions))('%s does not come back', async (name, { situations }) => {
  const result = await runScenario(read(name));
  expect(result.fault).toBeUndefined();
  expect(result.violations).toEqual([]);
  expect(situations.filter((situation) => (result.situations[situation] ?? 0) === 0)).toEqual([]);
});

const planted = Object.entries(regressions).flatMap(([name, { mutant }]) =>
  mutant === undefined ? [] : [[name, mutant] as const],
);

test.each(planted)('%s fails where the bug is planted: %s', async (name, id) => {
  const mutant = mutants.find((candidate) => candidate.id === id)!;
  const result = await runScenario(read(name), { engineModule: await loadEngine(mutant) });
  expect(result.fault).toBeUndefined();
  expect(mutant.kills).toContain(result.violations[0]?.property);
});
