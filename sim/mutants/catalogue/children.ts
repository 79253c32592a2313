/** Mutants of B-V: the fork, the memory that it freezes, and what becomes of the child. */
import type { Mutant } from '../mutant.ts';
import { any, log } from './common.ts';

const snapshots = { persistences: ['rdb', 'aof', 'hybrid', 'rdb+aof', 'rdb+hybrid'] } as const;

export const childMutants: readonly Mutant[] = [
  {
    id: 'child-reads-live-pages',
    title: 'A record is changed in place although a child still reads its page',
    story:
      'keydb@fcad4dfc6, keydb@ea4941a3e, dragonfly#5336: a snapshot saw writes that came after its fork.',
    zoo: 'B70',
    planted: true,
    file: 'src/data/table.ts',
    find: `if (!this.memory.isFrozen(this.page)) return;`,
    replace: `if (this.page !== 0) return;`,
    kills: ['P10', 'P1', 'P5', 'P12'],
    profiles: any,
    needs: snapshots,
  },
  {
    id: 'record-added-to-a-frozen-page',
    title: 'A new record is appended to a page that a child still reads',
    story: 'As child-reads-live-pages, on the path of new keys only.',
    zoo: 'B70',
    file: 'src/data/table.ts',
    find: `if (words[at + 1]! <= this.memory.frozen) {
        this.#ownPage(`,
    replace: `if (words[at + 1]! < 0) {
        this.#ownPage(`,
    kills: ['P10', 'P1', 'P5', 'P12', 'P21'],
    profiles: any,
    needs: snapshots,
  },
  {
    id: 'frozen-blocks-freed',
    title: 'A block that is dropped is free at once, whoever still reads it',
    story:
      "The use after free that a copy-on-write of one's own invites: dragonfly#7452 saw containers empty for a moment.",
    zoo: 'B70',
    file: 'src/data/cow-memory.ts',
    find: `if (birthOf(this.chunks, address) <= this.frozen)`,
    replace: `if (birthOf(this.chunks, address) <= 0)`,
    kills: ['P10', 'P1', 'P5', 'P12', 'P21'],
    profiles: any,
    needs: snapshots,
  },
  {
    id: 'fork-after-the-switch',
    title: 'Commands are executed between the switch to the new increment and the fork',
    story: 'redis#12620 and its class: they stand in the base and in the increment, and are applied twice.',
    zoo: 'B72',
    file: 'src/engine/journal/rewrite.ts',
    find: `journal.switchTo(file, increment.name);`,
    replace: `journal.switchTo(file, increment.name);
    await new Promise<void>((resolve) => void host.clock.after(1, resolve));`,
    kills: ['P1', 'P10', 'P12'],
    profiles: any,
    needs: log,
  },
  {
    id: 'fork-before-the-switch',
    title: 'Commands are executed between the fork and the switch to the new increment',
    story: 'The other half of B72: they stand in the old increment only, and go with it.',
    zoo: 'B72',
    file: 'src/engine/journal/rewrite.ts',
    find: `journal.switchTo(file, increment.name);
    // Asked for behind the switch: the base names the last batch before it.
    const request = saveRequest(this.#engine, 'base');
    await this.#fork(request);`,
    replace: `const request = saveRequest(this.#engine, 'base');
    const child = this.#fork(request);
    await new Promise<void>((resolve) => void host.clock.after(1, resolve));
    journal.switchTo(file, increment.name);
    await child;`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P12'],
    profiles: any,
    needs: log,
  },
  {
    id: 'exit-code-of-the-saving-child-ignored',
    title: 'A snapshot counts as done however its child ended',
    story: 'redis#1896: a child that was killed counted as success, and an old dump was sent.',
    zoo: 'B73',
    file: 'src/engine/saving/snapshot.ts',
    find: `if (status.code === 0 && !child.wasKilled) {`,
    replace: `if (!child.wasKilled) {`,
    kills: ['P10', 'P12', 'P5'],
    profiles: any,
    needs: { persistences: ['rdb', 'rdb+aof', 'rdb+hybrid'], faults: ['children'] },
  },
  {
    id: 'exit-code-of-the-rewriting-child-ignored',
    title: 'A base counts as done however its child ended',
    story: 'redis#1896, redis#3261 for the log: half a base replaces everything.',
    zoo: 'B73',
    file: 'src/engine/journal/rewrite.ts',
    find: `if (status.code === 0 && !this.#isCancelled) return;`,
    replace: `if (!this.#isCancelled) return;`,
    kills: ['P10', 'P12', 'P1', 'P15'],
    profiles: any,
    needs: { ...log, faults: ['children'] },
  },
  {
    id: 'dirty-forgotten-at-the-end-of-a-save',
    title: 'What is written while a save runs does not count towards the next one',
    story:
      'Redis takes off what was dirty at the fork; setting the count to 0 leaves writes that no save point ever saves (redis#10691 and kin).',
    zoo: 'B74',
    file: 'src/engine/saving/snapshot.ts',
    find: `engine.dirty -= dirtyAtFork;`,
    replace: `engine.dirty = 0;`,
    kills: ['P5', 'P18'],
    profiles: any,
    needs: { persistences: ['rdb'] },
  },
  {
    id: 'half-a-score-in-the-file',
    title: 'Scores of large sorted sets are written with half of their bits',
    story: 'redis#13347, kvrocks#2547: an encoding that its own reader takes, and that means something else.',
    zoo: 'B99',
    file: 'src/data/run-cursor.ts',
    find: `this.#made.bytes(text, from, from + scoreBytes);`,
    replace: `this.#made.bytes(text, from, from + scoreBytes / 2);
      this.#made.bytes(text, from, from + scoreBytes / 2);`,
    kills: ['P10', 'P1', 'P5', 'P12'],
    profiles: any,
  },
  {
    id: 'child-renames-its-own-file',
    title: 'The child gives its snapshot the live name by itself',
    story:
      'redis#11463 (2022): the child of a server that had been killed renamed its old snapshot over the newer one of the next server.',
    zoo: 'B77',
    file: 'src/engine/saving/save-file.ts',
    find: `await saveFile(host, openImage(image), args as unknown as SaveRequest);`,
    replace: `const request = args as unknown as SaveRequest;
  await saveFile(host, openImage(image), request);
  const dump = request.path.replace(/[^/]*$/, 'dump.rdb');
  if (!request.isBase) await host.disk.rename(request.path, dump);`,
    kills: ['P5', 'P18', 'P20', 'P8', 'P16', 'P21', 'P12'],
    profiles: any,
    needs: { persistences: ['rdb'] },
  },
];
