/** Random traces for the search: a few names, everything that a persistence engine does to them. */
import { Stream } from '../../../sim/draws/index.ts';

const SIZES = [3, 100, 4096, 5000, 9000];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** A trace of a seed, with a cut after every step from the third on. */
export function traceOf(seed: number): string {
  const draws = new Stream(seed, 'power cuts');
  const content = (): string => `${LETTERS[draws.int(26)]!}*${draws.pick(SIZES)}`;
  const names = new Set(['b', 'l']);
  const steps: string[] = [`given b=${content()} l=${content()}`];
  const some = (): string => [...names][draws.int(names.size)]!;
  const count = 3 + draws.int(5);
  for (let i = 0; i < count; i++) {
    const u = draws.float();
    const name = some();
    const fresh = 'tuvw'[draws.int(4)]!;
    if (u < 0.24) {
      steps.push(`append ${name} ${content()}`);
    } else if (u < 0.34) {
      steps.push(`create ${fresh}`, `append ${fresh} ${content()}`);
      names.add(fresh);
    } else if (u < 0.42) {
      steps.push(`write ${name} ${draws.pick([0, 1, 4096, 12_288])} ${content()}`);
    } else if (u < 0.5) {
      steps.push(`truncate ${name} ${draws.pick([0, 2, 4096, 4100, 20_000])}`);
    } else if (u < 0.62) {
      const to = draws.chance(0.5) ? some() : fresh;
      if (to === name) continue;
      steps.push(`rename ${name} ${to}`);
      names.delete(name);
      names.add(to);
    } else if (u < 0.66 && names.size > 1) {
      steps.push(`unlink ${name}`);
      names.delete(name);
    } else if (u < 0.7 && !names.has(fresh)) {
      steps.push(`link ${name} ${fresh}`);
      names.add(fresh);
    } else if (u < 0.8) {
      steps.push(`${draws.pick(['sync', 'sync', 'datasync'])} ${name}`);
    } else if (u < 0.84) {
      steps.push('syncdir .');
    } else if (u < 0.88) {
      steps.push(`close ${name}`);
    } else {
      steps.push(`writeback ${name}`);
    }
    if (i >= 1) steps.push('cut');
  }
  if (steps.at(-1) !== 'cut') steps.push('cut');
  return steps.join('; ');
}
