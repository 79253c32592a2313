/** The progress line on a terminal: rewritten in place, gone at the end. */
import { count, duration, thousands } from './words.ts';
import type { Plan, Reporter, Write } from './reporter.ts';

const EVERY_MS = 100;

export function progressReporter(write: Write, nowMs: () => number): Reporter {
  const startedAtMs = nowMs();
  let total: number | undefined;
  let seeds = 0;
  let failed = 0;
  let shownAtMs = 0;
  const clear = (): void => write('\r\x1b[2K');
  return {
    begin: (plan: Plan) => {
      total = plan.seeds;
    },
    seed: ({ result }) => {
      seeds++;
      if (result.verdict === 'fail') {
        failed++;
        clear();
      }
      const now = nowMs();
      if (now - shownAtMs < EVERY_MS) return;
      shownAtMs = now;
      const perSecond = Math.round((seeds * 1000) / Math.max(1, now - startedAtMs));
      const of = total === undefined ? '' : ` of ${thousands(total)}`;
      write(
        `\r\x1b[2K${thousands(seeds)}${of} seeds, ${failed === 0 ? 'none failed' : count(failed, 'failure')}, ${perSecond} a second, ${duration(now - startedAtMs)}`,
      );
    },
    end: clear,
  };
}
