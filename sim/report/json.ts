/** One JSON object a line: for each seed in order, then a summary. The shape is a contract (design.md, the command line). */
import { isDiverged } from './reporter.ts';
import type { Provenance, Reporter, Write } from './reporter.ts';

export function jsonReporter(write: Write, provenance: Provenance): Reporter {
  const line = (value: unknown): void => write(`${JSON.stringify(value)}\n`);
  return {
    begin: () => {},
    seed: (report) => {
      const { result, wallMs, file, second } = report;
      const {
        seed,
        verdict,
        trace,
        profile,
        persistence,
        appendfsync,
        commands,
        crashes,
        crashStates,
        distinctCrashStates,
        events,
        simMs,
      } = result;
      line({
        type: 'seed',
        seed,
        verdict,
        trace,
        profile,
        persistence,
        appendfsync,
        commands,
        crashes,
        crashStates,
        distinctCrashStates,
        events,
        simMs,
        wallMs: Math.round(wallMs * 10) / 10,
        violations: result.violations,
        ...(verdict === 'pass' && !isDiverged(report) ? {} : { startWallMs: result.startWallMs }),
        ...(result.fault === undefined ? {} : { fault: result.fault }),
        ...(isDiverged(report) ? { secondTrace: second!.trace, divergence: second!.divergence } : {}),
        ...(file === undefined ? {} : { file }),
      });
    },
    end: (summary) => {
      const {
        seeds,
        failed,
        crashes,
        crashesWithUnsyncedData,
        crashStates,
        distinctCrashStates,
        commands,
        events,
        simMs,
        wallMs,
      } = summary;
      line({
        type: 'summary',
        seeds,
        failed,
        crashes,
        crashesWithUnsyncedData,
        crashStates,
        distinctCrashStates,
        commands,
        events,
        simMs,
        wallMs: Math.round(wallMs),
        situations: summary.situations,
        missed: summary.missed,
        histograms: summary.histograms,
        slack: summary.slack,
        faults: summary.faults,
        diverged: summary.diverged,
        interrupted: summary.interrupted,
        provenance,
      });
    },
  };
}
