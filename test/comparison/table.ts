/** The tables of docs/comparison.md, and what in them must not be. */
import type { Cell, Note, Tally } from './compare.ts';
import { knownAnswer } from './known-answers.ts';
import { aimed, classes, fullDisk } from './plan.ts';

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

A server on the files of the other inherits what the other left out. What ours refuses of Redis's files, or has less of, looked at image by image:

- *Noise at the end of the log* (ext4-writeback, posix-strict): refused. Nothing in the file says how much of it was durable, and noise may as well be damage to what was. \`--recover accept-loss\` cuts it, with a copy.
- *Zeros between whole units* (a full disk, V1): refused, with the reason. Nothing is missing there, and to cut would lose it; but a lost page between two units of its length looks the same, so the zeros are not passed over either.
- *The end of an increment behind which another holds data* (V5): refused where the end is torn. Where it was lost between two units nobody can see it: Redis does not sync the old increment before it writes to the new one.
- *Values of noise or zeros whose lengths are right* (V9), as found under posix-strict, lying and rot: served by both as the data that they may be.
- *What Redis acknowledged and never wrote* (V11): nothing of it is on the disk.
- *A manifest of before beside an increment that it does not name* (V7), *an empty base* (V4): refused; *no manifest at all*: what is there is put aside, and said. On a disk that forgot everything there is nothing to be said about.

Holes of zeros in the unsynced end (xfs, torn sectors), which Redis refuses, are cut and kept aside.
`,
  ];
  for (const failure of [...classes, fullDisk, aimed]) {
    const own = cells.filter((cell) => cell.failure === failure);
    if (own.length === 0) continue;
    parts.push(
      `## ${failure.title}\n`,
      ...(failure === aimed ? [aboutTraps] : []),
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

const aboutTraps = `Images of Redis's files are picked here in which a known answer waits: a base of no bytes (V4), a gap between two increments (V5), an increment that the manifest does not name, or none (V7), values that changed where the syntax holds (V9). Their shares in the tables above are what an unaimed sample meets.
`;

function row({ profile, life, trap, writer, judged, distinct, tallies }: Cell): string {
  const columns = [...tallies.values()].map(
    ({ complete, reported, silent, wrong, refused }: Tally) =>
      `${complete} | ${reported} / ${silent} | ${wrong} | ${refused}`,
  );
  return `| ${profile} | ${life.configuration.name}${life.slowSyncMs > 0 ? ', slow syncs' : ''}${trap === undefined ? '' : `, ${trap}`} | ${writer.name} | ${judged} of ${distinct} | ${columns.join(' | ')} |`;
}

const EXAMPLES = 8;

/** What each server did on its own files: each kind once, with an example. */
function findings(cells: readonly Cell[]): string[] {
  const kinds = new Map<string, { count: number; note: Note; cell: Cell }>();
  for (const cell of cells) {
    for (const note of cell.notes) {
      if (note.reader.name !== cell.writer.name) continue;
      const answer = answerTo(note);
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
    ...rows.map(({ count, note, cell }) => {
      const { reader, image, verdict } = note;
      const where = `${cell.profile}, ${cell.life.configuration.name}, the lights out at \`${image.operation}\``;
      return `- ${reader.name}, ${count} ×, *${verdict.outcome}*${answerTo(note)}: ${verdict.why} (${where})`;
    }),
  ];
}

/** In brackets: Redis's known answer, where it is one. */
function answerTo({ reader, image, verdict }: Note): string {
  const answer = reader.name === 'Redis' ? knownAnswer(image, verdict) : undefined;
  return answer === undefined ? '' : ` [${answer}]`;
}

/** A reason without its numbers. */
function kindOf(why: string): string {
  return why.replaceAll(/\d+/g, '#').replaceAll(/S_#(, S_#)*/g, 'S_#');
}
