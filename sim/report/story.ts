/**
 * One run told as what happened to the engine: each life with its beginning, its work, the moment the lights went out, what
 * was on the way to the disk then and what became of it, and what was found again, against what had been promised.
 */
import type { GenerationStory, RunResult } from '../scenario/result.ts';
import { editWords } from '../scenario/edit.ts';
import type { Colours } from './colours.ts';
import { clockTime, count, duration } from './words.ts';

export function tellStory(result: RunResult, colours: Colours): string {
  const lines: string[] = [];
  const at = (ms: number, text: string): void =>
    void lines.push(`  ${colours.dim(clockTime(result.startWallMs + ms))}  ${text}`);
  const more = (text: string): void => void lines.push(`                ${text}`);
  for (const life of result.story) {
    lines.push(colours.strong(`life ${life.generation}`));
    tellLife(life, colours, at, more);
  }
  return lines.join('\n');
}

function tellLife(
  life: GenerationStory,
  colours: Colours,
  at: (ms: number, text: string) => void,
  more: (text: string) => void,
): void {
  const start =
    life.generation === 1 ? 'the engine starts on an empty disk' : `the engine starts on what is left`;
  at(life.startedAtMs, `${start}${life.edit === undefined ? '' : `, with ${editWords(life.edit)}`}`);
  for (const crash of life.crashesInRecovery) {
    at(
      crash.atMs,
      `${colours.lights(crash.kind === 'power' ? 'POWER LOSS' : 'KILLED')} inside its recovery, at disk operation ${crash.operation}; it starts again`,
    );
  }
  const extras = [
    life.saves > 0 ? count(life.saves, 'snapshot') : '',
    life.rewrites > 0 ? `${count(life.rewrites, 'rewrite')} of the log` : '',
  ].filter((text) => text !== '');
  const made = `${count(life.commands, 'command')} by ${count(life.clients, 'client')}, ${count(life.units, 'change')}`;
  at(life.servedAtMs, `serves: ${[made, ...extras].join(', ')}`);
  const { crash } = life;
  if (crash === undefined) return;
  at(
    crash.atMs,
    `${colours.lights(crash.kind === 'power' ? 'POWER LOSS' : 'KILLED')} ${crash.moment}; ${pendingWords(life)}`,
  );
  if (life.recovered === undefined || life.recoveredAtMs === undefined) return;
  const all = life.base + life.units;
  const kept = life.recovered - life.base;
  const lost = all - life.recovered;
  const found =
    lost === 0
      ? `all ${count(life.units, 'change')} recovered`
      : `recovered ${kept} of ${count(life.units, 'change')}`;
  at(life.recoveredAtMs, `${found}${lossWords(life, lost, crash.atMs)}`);
  more(`promised ${promiseWords(life)}: ${colours.good('kept')}`);
  if (crash.otherStates > 0) {
    const worst = crash.worstK - life.base;
    more(
      colours.dim(
        `${count(crash.otherStates, 'other outcome')} of a power loss here tried as well (${crash.distinctStates} different); the worst kept ${worst}`,
      ),
    );
  }
  for (const remark of life.remarks) more(colours.dim(remark));
}

function pendingWords(life: GenerationStory): string {
  const { kind, pending } = life.crash!;
  if (pending.total === 0) return 'nothing was unsynced';
  const what = count(pending.total, 'unsynced write');
  if (kind === 'kill') return `${what} in the page cache, which survives`;
  const parts = [`${pending.kept} kept`, `${pending.lost} lost`];
  if (pending.torn > 0) parts.push(`${pending.torn} torn`);
  return `${what}: ${parts.join(', ')}`;
}

function lossWords(life: GenerationStory, lost: number, atMs: number): string {
  if (lost === 0 || life.lostSinceMs === undefined) return '';
  return `; the last ${duration(atMs - life.lostSinceMs)} are lost`;
}

/** What the configuration promises at this crash, in words, with the number. */
function promiseWords(life: GenerationStory): string {
  const { bounds, kind } = life.crash!;
  const least = bounds.lower - life.base;
  const { persistence, appendfsync } = life;
  if (persistence === 'none') return 'nothing (no persistence)';
  if (persistence === 'rdb')
    return least > 0
      ? `the last finished snapshot (${least})`
      : 'the last finished snapshot (none was reported in this life)';
  if (kind === 'kill' || appendfsync === 'always') return `every change that a client has seen (${least})`;
  if (appendfsync === 'no') return `what had been synced by the way (${least})`;
  return `all but about the last second (at least ${least})`;
}
