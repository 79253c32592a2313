/**
 * Where two runs that should have been one part. Every event of a trace is told by a *mark*, 32 bits of the hash of all
 * events up to it: two runs are the same for as long as their marks are.
 */

/** One event of a recorded trace. */
export interface TraceEvent {
  /** Virtual time in milliseconds since the beginning. */
  readonly atMs: number;
  /** The event with its arguments, bytes in excerpts: two that read alike may differ. */
  readonly what: string;
  /** Of all events up to this one. */
  readonly mark: number;
}

/** Marks of every so many events: the first is that of event `every - 1`, counted from 0. */
export interface Milestones {
  /** A power of two. */
  readonly every: number;
  readonly marks: readonly number[];
}

/** The first event that is another. */
export interface Divergence {
  /** From 0. */
  readonly index: number;
  /** The last that both have; undefined where the first differs. */
  readonly before: TraceEvent | undefined;
  /** Undefined where that run was over. */
  readonly first: TraceEvent | undefined;
  readonly second: TraceEvent | undefined;
}

/** The first event in which two recorded runs differ; undefined where they are the same. */
export function findDivergence(
  first: readonly TraceEvent[],
  second: readonly TraceEvent[],
): Divergence | undefined {
  const most = Math.max(first.length, second.length);
  for (let index = 0; index < most; index++)
    if (first[index]?.mark !== second[index]?.mark)
      return { index, before: first[index - 1], first: first[index], second: second[index] };
  return undefined;
}

/** Events from `from` up to, not including, `to`: one of them is the first that is another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where a recorded run left the milestones of another one: after the last that it has met. */
export function leftMilestones(events: readonly TraceEvent[], { every, marks }: Milestones): Stretch {
  const met = marks.findIndex((mark, index) => events[(index + 1) * every - 1]?.mark !== mark);
  const from = (met === -1 ? marks.length : met) * every;
  return { from, to: Math.min(from + every, Math.max(from, events.length)) };
}
