/** The tables of docs/comparison.md, and what in them must not be. */
import type { Cell, Note, Tally } from './compare.ts';
import { classes, fullDisk } from './plan.ts';

export interface About {
  readonly commit: string;
  readonly redis: string;
  readonly node: string;
  readonly seed: string;
  readonly images: number;
}

/** Where ours did not keep its word. */
export function broken(cells: readonly Cell[]): string[] {
  return cells.flatMap(({ failure, profile, life, writer, notes }) =>
    notes
      .filter(({ reader, verdict }) => {
        if (reader.name !== 'lightsout' || writer.name !== 'lightsout') return false;
        return failure.isHonest || verdict.outcome === 'wrong';
      })
      .map(
        ({ image, verdict }) =>
          `${failure.title}, ${profile}, ${life.configuration.name}, at '${image.operation}': ${verdict.outcome}: ${verdict.why}`,
      ),
  );
}

export function renderMarkdown(cells: readonly Cell[], about: About): string {
  const parts = [
    `# Real Redis and lightsout on what crashes leave

Printed by \`npm run compare -- --images ${about.images} --seed ${about.seed} --output docs/comparison.md\` at commit ${about.commit}: redis-server ${about.redis}, Node ${about.node}.

Both servers ran the same workload under strace. What each did to its directory was done again on the simulated disk, where the lights went out before, inside and after every operation; on a sample of the distinct directories that may be left, both servers were started for real: read, given one more write to acknowledge, killed, and started again.

- *complete*: everything promised is there, and nothing that never was;
- *short*: an earlier state of the history, less than was promised (*said*: the server's log tells of damage or a cut; *silent*: it does not);
- *wrong*: no state of the history, or one start later a write is gone that was acknowledged after the first;
- *refused*: the server does not start.

What is promised: under \`always\` every unit that was acknowledged; under \`everysec\` after a loss of power what was acknowledged two seconds before it, after a kill everything acknowledged; with snapshots the last SAVE that was acknowledged. A lying disk has taken back syncs that it had confirmed, so that nobody can keep a promise there: what counts is *wrong* and *silent*.

A server on the files of the other inherits what the other left out: a gap in a log of Redis cannot be seen, since nothing in it says how long it was.
`,
  ];
  for (const failure of [...classes, fullDisk]) {
    const own = cells.filter((cell) => cell.failure === failure);
    if (own.length === 0) continue;
    parts.push(
      `## ${failure.title}\n`,
      '| disk | policy | files of | images | Redis: complete | short (said / silent) | wrong | refused | lightsout: complete | short (said / silent) | wrong | refused |',
      '|---|---|---|---|---|---|---|---|---|---|---|---|',
      ...own.map(row),
      '',
      ...findings(own),
      '',
    );
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

function row({ profile, life, writer, judged, distinct, tallies }: Cell): string {
  const columns = [...tallies.values()].map(
    ({ complete, reported, silent, wrong, refused }: Tally) =>
      `${complete} | ${reported} / ${silent} | ${wrong} | ${refused}`,
  );
  return `| ${profile} | ${life.configuration.name}${life.slowSyncMs > 0 ? ', slow syncs' : ''} | ${writer.name} | ${judged} of ${distinct} | ${columns.join(' | ')} |`;
}

const EXAMPLES = 8;

/** What each server did on its own files: each kind once, with an example. */
function findings(cells: readonly Cell[]): string[] {
  const kinds = new Map<string, { count: number; note: Note; cell: Cell }>();
  for (const cell of cells) {
    for (const note of cell.notes) {
      if (note.reader.name !== cell.writer.name) continue;
      const answer = knownAnswer(cell, note);
      const key = `${note.reader.name} ${note.verdict.outcome} ${answer} ${kindOf(note.verdict.why)}`;
      const known = kinds.get(key);
      if (known === undefined) kinds.set(key, { count: 1, note, cell });
      else known.count++;
    }
  }
  if (kinds.size === 0) return ['Each server on its own files: nothing but *complete*.'];
  const rows = [...kinds.values()].toSorted((a, b) => b.count - a.count).slice(0, EXAMPLES);
  return [
    'Each server on its own files, what was not complete, by kind, with an example; [V1] to [V11] are the known answers of the fault model:\n',
    ...rows.map(({ count, note: { reader, image, verdict }, cell }) => {
      const where = `${cell.profile}, ${cell.life.configuration.name}, the lights out at \`${image.operation}\``;
      const answer = knownAnswer(cell, { reader, image, verdict });
      return `- ${reader.name}, ${count} ×, *${verdict.outcome}*${answer}: ${verdict.why} (${where})`;
    }),
  ];
}

/** Which known answer of the fault model this is, where the files tell. */
function knownAnswer({ failure, profile }: Cell, { reader, image, verdict }: Note): string {
  if (reader.name !== 'Redis') return '';
  const sizes = [...image.files].map(([name, { length }]) => ({ name, length }));
  const emptyBase = sizes.some(({ name, length }) => name.includes('.base.') && length === 0);
  const increments = sizes.filter(({ name, length }) => name.endsWith('.incr.aof') && length > 0);
  const { outcome, why } = verdict;
  if (failure === fullDisk && outcome === 'refused') return ' [V1]';
  if (why.startsWith('one start later a write is gone')) return ' [V3]';
  if (outcome === 'refused') return '';
  if (emptyBase) return ' [V4]';
  if (failure.kind === 'kill' && outcome === 'short') return ' [V11]';
  if (profile === 'rot') return ' [V9]';
  return outcome === 'wrong' && increments.length > 1 ? ' [V5]' : '';
}

/** A reason without its numbers. */
function kindOf(why: string): string {
  return why.replaceAll(/\d+/g, '#').replaceAll(/S_#(, S_#)*/g, 'S_#');
}
