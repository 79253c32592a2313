/**
 * Which faults a scenario has beside its crashes, and where.
 *
 * Swarm: about half of the seeds have none, the others one to three families of them. A seed that has everything hides
 * more than it shows, since the engine then does little but refuse; and most of what a sweep does must still be about
 * crashes. Everything is drawn from streams of its own, so that the scenario beneath is the one without faults.
 */
import type { Stream } from '../draws/random.ts';
import type { AppendFsync } from '../oracle/bounds.ts';
import { logOf } from './schema.ts';
import type { DiskPlan, FaultStep, Generation, Scenario, StandingFaults, Step } from './schema.ts';

export const faultFamilies = [
  'wall',
  'stalls',
  'children',
  'memory',
  'signals',
  'second',
  'errors',
  'space',
  'slow',
] as const;
export type FaultFamily = (typeof faultFamilies)[number];

const YEAR_MS = 31_557_600_000;

/**
 * How the wall may jump. Where it may jump back, keys live for decades: an engine that has removed an expired key and one
 * that has not are both right until the wall is back before the expiry, and then they differ.
 */
export type WallManner = 'steady' | 'forward' | 'both';

export interface DrawnFaults {
  readonly families: ReadonlySet<FaultFamily>;
  readonly wall: WallManner;
}

/** `pinned`: the families that a run must have, and no others; undefined leaves it to the seed. */
export function drawFamilies(draw: Stream, pinned: readonly FaultFamily[] | undefined): DrawnFaults {
  const none = draw.chance(0.5);
  const count = draw.pick([1, 1, 2, 2, 3]);
  const order = faultFamilies.map((family) => ({ family, at: draw.float() })).toSorted((a, b) => a.at - b.at);
  const drawn = none ? [] : order.slice(0, count).map(({ family }) => family);
  const families = new Set(pinned ?? drawn);
  const both = draw.chance(0.6);
  return { families, wall: !families.has('wall') ? 'steady' : both ? 'both' : 'forward' };
}

export function drawStandingFaults(draw: Stream, { families }: DrawnFaults): StandingFaults | undefined {
  const forkErrorChance = draw.pick([0, 0.2, 0.5]);
  const [childKillChance, childFailChance, childLateChance] = draw.pick([
    [0.3, 0.3, 0.3],
    [0.6, 0, 0],
    [0, 0.6, 0],
    [0, 0, 0.8],
  ] as const);
  const memory = { bytes: draw.pick([3000, 8000, 16_000, 40_000]), overcommit: draw.chance(0.6) };
  const lateTimers = { chance: draw.pick([0.01, 0.05]), upToMs: draw.pick([2000, 10_000, 60_000]) };
  const isLate = draw.chance(0.4);
  const faults: StandingFaults = {
    ...(families.has('children')
      ? { forkErrorChance, childKillChance, childFailChance, childLateChance }
      : {}),
    ...(families.has('memory') ? { memory } : {}),
    ...(families.has('stalls') && isLate ? { lateTimers } : {}),
  };
  return Object.keys(faults).length === 0 ? undefined : faults;
}

/** How the disk errs while generation `index` starts: seldom at the first start, which has nothing to lose. */
export function drawBadStart(draw: Stream, { families }: DrawnFaults, index: number): DiskPlan | undefined {
  const [isBad, how] = [draw.chance(index === 0 ? 0.1 : 0.35), draw.weighted([6, 2, 2, 2, 2, 2])];
  const often = draw.pick([0.1, 0.3, 1]);
  if (!isBad || !families.has('errors')) return undefined;
  const plans: readonly DiskPlan[] = [
    { syncErrorChance: often },
    { dirSyncErrorChance: often },
    { renameErrorChance: often },
    { openErrorChance: often },
    { writeErrorChance: often },
    { syncErrorChance: often / 2, dirSyncErrorChance: often / 2, renameErrorChance: often / 2 },
  ];
  return plans[how]!;
}

/** A generation with its faults among the steps. */
export function scatterFaults(
  draw: Stream,
  { families, wall }: DrawnFaults,
  { persistence, appendfsync }: Pick<Scenario, 'persistence' | 'appendfsync'>,
  generation: Generation,
  writeBacks: Stream,
  aims: Stream,
  policies: Stream,
): Generation {
  const found: { readonly at: number; readonly step: Step }[] = [];
  const { steps } = generation;
  const somewhere = (): number => draw.int(steps.length + 1);
  const afterMs = (): number => draw.pick([0, 0, 0.1, 1, 10]);
  const add = (step: FaultStep): void => void found.push({ at: somewhere(), step });
  /** From one place to another, and now and then to the end. */
  const during = (on: FaultStep, off: FaultStep): void => {
    const [from, to] = [somewhere(), somewhere()].toSorted((a, b) => a - b) as [number, number];
    found.push({ at: from, step: on });
    if (draw.chance(0.8)) found.push({ at: to, step: off });
  };
  if (families.has('wall'))
    for (let left = draw.range(1, 4); left > 0; left--) add(drawWall(draw, wall, afterMs()));
  if (families.has('stalls'))
    for (let left = draw.range(1, 3); left > 0; left--) add(drawStall(draw, afterMs()));
  if (families.has('signals') && draw.chance(0.6)) {
    const signal = draw.pick(['SIGTERM', 'SIGTERM', 'SIGINT'] as const);
    const atFork = draw.chance(0.4);
    add({ kind: 'signal', afterMs: afterMs(), signal, ...(atFork ? { atFork } : {}) });
    if (draw.chance(0.3))
      add({ kind: 'signal', afterMs: afterMs(), signal: draw.pick(['SIGTERM', 'SIGINT']) });
  }
  if (families.has('second'))
    for (let left = draw.range(1, 2); left > 0; left--) add({ kind: 'second', afterMs: afterMs() });
  if (families.has('errors') && draw.chance(0.7)) {
    const keepsLog = logOf(persistence).appendonly;
    const plan = withWriteBack(writeBacks, drawErrors(draw, keepsLog && appendfsync === 'always'));
    during({ kind: 'disk', afterMs: afterMs(), plan }, { kind: 'disk', afterMs: afterMs(), plan: {} });
  } else if (families.has('slow') && draw.chance(0.7)) {
    const plan = {
      slowSyncChance: draw.pick([0.1, 0.5, 1]),
      slowSyncMs: draw.pick([1500, 5000, 12_000, 30_000]),
    };
    during({ kind: 'disk', afterMs: afterMs(), plan }, { kind: 'disk', afterMs: afterMs(), plan: {} });
  }
  if (families.has('errors')) found.push(...aimAtManifests(aims, steps));
  if (families.has('space') && draw.chance(0.7)) {
    const freeBytes = draw.pick([0, 1, 100, 500, 2000, 10_000]);
    during({ kind: 'space', afterMs: afterMs(), freeBytes }, { kind: 'space', afterMs: afterMs() });
  }
  if (logOf(persistence).appendonly && appendfsync !== 'always')
    found.push(...askForMore(policies, found, appendfsync));
  const jumps = families.has('wall') && draw.chance(0.4);
  const wallJumpMs = wallJump(draw, wall);
  return {
    ...generation,
    ...(jumps ? { wallJumpMs } : {}),
    crashesInRecovery: families.has('signals') ? withSignals(draw, generation) : generation.crashesInRecovery,
    steps: insert(steps, found),
    crash: {
      ...generation.crash,
      armedAfterSteps: generation.crash.armedAfterSteps + countBefore(found, generation),
    },
  };
}

/** Recoveries that somebody ends with SIGTERM. */
function withSignals(draw: Stream, { crashesInRecovery }: Generation): Generation['crashesInRecovery'] {
  if (!draw.chance(0.3)) return crashesInRecovery;
  return [...crashesInRecovery, { kind: 'term', operation: draw.range(1, 30) }];
}

function drawWall(draw: Stream, manner: WallManner, afterMs: number): FaultStep {
  const byMs = wallJump(draw, manner);
  const how = draw.weighted([5, 2, 3]);
  const overMs = draw.pick([500, 5000]);
  if (how === 1)
    return { kind: 'wall', afterMs, byMs: Math.sign(byMs) * Math.min(200, Math.abs(byMs)), overMs };
  return how === 2 ? { kind: 'wall', afterMs, byMs, atFork: true } : { kind: 'wall', afterMs, byMs };
}

/** From a millisecond to ten years, by orders of magnitude. */
function wallJump(draw: Stream, manner: WallManner): number {
  const size = draw.pick([1, 900, 2000, 60_000, 3_600_000, 86_400_000, 10 * YEAR_MS]);
  const back = draw.chance(0.5);
  return manner === 'both' && back ? -size : size;
}

function drawStall(draw: Stream, afterMs: number): FaultStep {
  const forMs = draw.pick([5, 100, 1100, 3000, 10_000]);
  const what = draw.weighted([4, 4, 3]);
  if (what === 0) return { kind: 'pause', afterMs, forMs };
  return { kind: 'stop', afterMs, who: what === 1 ? 'server' : 'child', forMs };
}

function drawErrors(draw: Stream, failsStop: boolean): DiskPlan {
  const often = draw.pick([0.02, 0.1, 0.3]);
  const plans: readonly DiskPlan[] = [
    { writeErrorChance: often },
    { syncErrorChance: often },
    { dirSyncErrorChance: often },
    { renameErrorChance: often },
    { openErrorChance: often },
    { shortWriteChance: 0.5 },
    { syncErrorChance: often, shortWriteChance: 0.3 },
    { writeErrorChance: often, openErrorChance: often, dirSyncErrorChance: often, renameErrorChance: often },
    { diskFullChance: often, diskFullMs: draw.pick([100, 2000, 20_000]) },
  ];
  // Under `always` the first error of the log ends the server: errors of everything else get their turn more often.
  return plans[draw.weighted(failsStop ? [2, 3, 3, 3, 3, 2, 1, 2, 2] : [3, 4, 2, 2, 2, 2, 2, 2, 3])]!;
}

/** Now and then the rewrite that comes closest before the end of a backup meets errors of names: two manifests may live then. */
function aimAtManifests(draw: Stream, steps: readonly Step[]): Found {
  const isAimed = draw.chance(0.7);
  const often = draw.pick([0.2, 0.4]);
  const plan = draw.pick<DiskPlan>([{ dirSyncErrorChance: often }, { renameErrorChance: often }]);
  const begun = steps.findIndex((step) => isOrder(step, 'BACKUP', 'BEGIN'));
  if (!isAimed || begun < 0) return [];
  let rewritten = -1;
  let closest: readonly [from: number, to: number] | undefined;
  for (let at = begun + 1; at < steps.length; at++) {
    if (isOrder(steps[at]!, 'BGREWRITEAOF')) rewritten = at;
    const isCloser = closest === undefined || at - rewritten < closest[1] - closest[0];
    if (rewritten > 0 && isCloser && isOrder(steps[at]!, 'BACKUP')) closest = [rewritten, at];
  }
  if (closest === undefined) return [];
  return [
    { at: closest[0], step: { kind: 'disk', afterMs: 0, plan } },
    { at: closest[1] + 1, step: { kind: 'disk', afterMs: 0, plan: {} } },
  ];
}

/**
 * Now and then somebody who sees the disk err asks for a stricter policy of the log, in the midst of it or when it is over,
 * waits for an answer, and later takes that back.
 */
function askForMore(draw: Stream, found: Found, appendfsync: AppendFsync): Found {
  const isAsked = draw.chance(0.4);
  const [after, andBack] = [draw.range(1, 8), draw.range(1, 40)];
  const ms = draw.pick([50, 2500, 30_000]);
  const bad = found.find(({ step }) => step.kind === 'space' || step.kind === 'disk');
  if (!isAsked || bad === undefined) return [];
  const order = (policy: AppendFsync): Step => ({
    kind: 'admin',
    afterMs: 0,
    command: ['CONFIG', 'SET', 'appendfsync', policy],
  });
  const at = bad.at + after;
  return [
    { at, step: order('always') },
    { at, step: { kind: 'idle', ms } },
    { at: at + andBack, step: order(appendfsync) },
  ];
}

function isOrder(step: Step, ...words: readonly string[]): boolean {
  return step.kind === 'admin' && words.every((word, i) => step.command[i] === word);
}

/** Now and then what fails is the writing back behind everybody's back, alone or beside the rest. */
function withWriteBack(draw: Stream, plan: DiskPlan): DiskPlan {
  const writeBackErrorChance = draw.pick([0.02, 0.1, 0.3]);
  const how = draw.weighted([6, 3, 2]);
  if (how === 0) return plan;
  return how === 1 ? { writeBackErrorChance } : { ...plan, writeBackErrorChance };
}

type Found = readonly { readonly at: number; readonly step: Step }[];

function insert(steps: readonly Step[], found: Found): Step[] {
  const out: Step[] = [];
  for (let index = 0; index <= steps.length; index++) {
    for (const fault of found) if (fault.at === index) out.push(fault.step);
    if (index < steps.length) out.push(steps[index]!);
  }
  return out;
}

/** How many steps came before the one behind which the crash is looked for. */
function countBefore(found: Found, { crash }: Generation): number {
  return found.filter(({ at }) => at < crash.armedAfterSteps).length;
}
