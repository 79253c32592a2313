/**
 * The part of a scenario that says what the engine is told and what world it lives in.
 *
 * Each seed chooses its own; filters of the command line pin what they name. What a filter pins does not shift what the
 * other draws give.
 */
import type { AppendFsync, Persistence } from '../oracle/bounds.ts';
import type { FaultFamily } from './draw-faults.ts';
import type { Stream } from '../draws/random.ts';
import { findProfile } from '../disk/index.ts';
import { appendfsyncs, logOf, persistences } from './schema.ts';
import type { Scenario, ScenarioSettings, ScenarioTuning } from './schema.ts';

/** What is pinned; an empty or missing list leaves the choice to the seed. */
export interface Filters {
  readonly profiles?: readonly string[];
  readonly persistences?: readonly Persistence[];
  readonly appendfsyncs?: readonly AppendFsync[];
  /** The families of faults that every run has. Default: each seed draws its own. */
  readonly faults?: readonly FaultFamily[];
  readonly generations?: number;
  /** Commands of clients in a whole scenario. Default 200. */
  readonly commands?: number;
}

export type Configuration = Pick<
  Scenario,
  | 'profile'
  | 'persistence'
  | 'appendfsync'
  | 'settings'
  | 'tuning'
  | 'latency'
  | 'witness'
  | 'clients'
  | 'startWallMs'
>;

/** How often each persistence is drawn. */
const persistenceWeights: Readonly<Record<Persistence, number>> = {
  none: 2,
  rdb: 18,
  aof: 26,
  hybrid: 34,
  'rdb+aof': 10,
  'rdb+hybrid': 10,
};
const appendfsyncWeights: Readonly<Record<AppendFsync, number>> = { always: 45, everysec: 40, no: 15 };
/** The honest profiles. Those that lie or rot are for who asks for them. */
const profileWeights: readonly (readonly [string, number])[] = [
  ['proc-kill', 10],
  ['ext4-ordered', 15],
  ['ext4-writeback', 10],
  ['xfs', 10],
  ['btrfs', 10],
  ['lazyfs', 5],
  ['posix-strict', 40],
];

/**
 * Slices of a save and of a load, and how often each is drawn. The smallest are seldom: such a run takes two or three times
 * as long as another, and what it shows, a seam at every byte, small slices show nearly as well.
 */
const saveSlices: readonly (readonly [number, number])[] = [
  [1, 1],
  [100, 9],
  [1000, 14],
  [8192, 8],
];
const loadSlices: readonly (readonly [number, number])[] = [
  [16, 1],
  [100, 4],
  [1000, 9],
  [4096, 9],
  [8192, 9],
];

/** 1 January 2026, 12:00:00 UTC: where every run begins, so that a report's times read easily. */
export const NOON_MS = 1_767_268_800_000;

/** Of the logs that could go without annotations. */
const SHARE_OF_ANNOTATED = 0.6;

/** A run at this rate takes minutes of virtual time: at any other, so many ticks would cost more than they show. */
export const UNHURRIED_HZ = 1;

/** `annotations` decides about them alone: what the profile has to say in it shifts nothing else. */
export function drawConfiguration(draw: Stream, annotations: Stream, filters: Filters): Configuration {
  const profile = profileWeights[draw.weighted(profileWeights.map(([, weight]) => weight))]![0];
  const persistence = persistences[draw.weighted(persistences.map((name) => persistenceWeights[name]))]!;
  const appendfsync = appendfsyncs[draw.weighted(appendfsyncs.map((name) => appendfsyncWeights[name]))]!;
  const among = draw.float();
  const pinnedPersistence = pin(filters.persistences, among) ?? persistence;
  const pinnedProfile = pin(filters.profiles, among) ?? profile;
  return {
    profile: pinnedProfile,
    persistence: pinnedPersistence,
    appendfsync: pin(filters.appendfsyncs, among) ?? appendfsync,
    settings: {
      ...drawSettings(draw, pinnedPersistence, findProfile(pinnedProfile).honest),
      // Without hashes a page lost from the middle of an unsynced tail cannot be told from data.
      aofChecksum: annotations.chance(SHARE_OF_ANNOTATED) || !findProfile(pinnedProfile).losesEndsOnly,
    },
    tuning: drawTuning(draw),
    latency: draw.pick(['usual', 'passing', 'passing', 'fast', 'slow', 'stuttering']),
    witness: draw.chance(0.25),
    clients: draw.pick([1, 2, 3, 3, 4]),
    startWallMs: NOON_MS,
  };
}

function pin<T>(choices: readonly T[] | undefined, among: number): T | undefined {
  return choices === undefined || choices.length === 0
    ? undefined
    : choices[Math.floor(among * choices.length)];
}

function drawSettings(
  draw: Stream,
  persistence: Persistence,
  honest: boolean,
): Omit<ScenarioSettings, 'aofChecksum'> {
  const savePoints = draw.pick([
    [{ seconds: 1, changes: 1 }],
    [{ seconds: 2, changes: 10 }],
    [
      { seconds: 5, changes: 1 },
      { seconds: 1, changes: 20 },
    ],
    [],
  ]);
  const hz = draw.pick([10, 10, 10, 10, 10, 10, 10, 2, 50, UNHURRIED_HZ]);
  const stretch = hz === UNHURRIED_HZ ? 30 : 1;
  const save = savePoints.map(({ seconds, changes }) => ({ seconds: seconds * stretch, changes }));
  return {
    save: logOf(persistence).rdb ? save : [],
    autoAofRewritePercentage: draw.pick([0, 0, 20, 100]),
    autoAofRewriteMinSizeBytes: draw.pick([256, 1024, 4096]),
    rdbcompression: draw.chance(0.7),
    activeExpire: draw.chance(0.7),
    hz,
    databases: 4,
    ...(!honest && draw.chance(0.4) ? { recover: 'accept-loss' } : {}),
  };
}

/**
 * Half of the runs use ordinary sizes, the others small ones: bugs live at the seams. The ordinary slices are smaller than
 * production's, which are of a megabyte and would cost more to allocate than a whole scenario takes.
 */
function drawTuning(draw: Stream): ScenarioTuning {
  const extreme = draw.chance(0.5);
  const tuning = {
    pageBytes: draw.pick([64, 128, 256, 1024, 4096]),
    firstChunkBytes: draw.pick([1024, 4096, 16_384]),
    segmentEntries: draw.pick([1, 4, 64, 1024]),
    saveSliceBytes: saveSlices[draw.weighted(saveSlices.map(([, weight]) => weight))]![0],
    loadSliceBytes: loadSlices[draw.weighted(loadSlices.map(([, weight]) => weight))]![0],
    writeBytes: draw.pick([64, 512, 512, 4096, 4096, 1_000_000]),
    bufferBytes: draw.pick([300, 2000, 100_000]),
    expirePages: draw.pick([1, 10, 200]),
  };
  return extreme ? tuning : { saveSliceBytes: 16_384, loadSliceBytes: 16_384 };
}
