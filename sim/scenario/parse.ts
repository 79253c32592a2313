/** Reading a scenario from JSON: everything that a file may get wrong is refused with its place. */
import { findProfile, ProfileError } from '../disk/index.ts';
import { flag, integer, list, number, oneOf, record, refuse, shape, text, variant, whole } from './check.ts';
import type { Check } from './check.ts';
import { latencyModels } from './latencies.ts';
import { appendfsyncs, persistences, SCENARIO_VERSION } from './schema.ts';
import type { Argument, Scenario } from './schema.ts';

const kind = oneOf('kill', 'power');

const argument: Check<Argument> = (value, what) => {
  if (typeof value === 'string') return value;
  return shape({ lengthBytes: whole(0), salt: whole(0) })(value, what) as unknown as Argument;
};
const command = list(argument, 1);

const delivery = variant('how', {
  whole: shape({ how: text }),
  joined: shape({ how: text }),
  split: shape({ how: text, atPermille: whole(0), restAfterMs: number(0) }),
});

const diskPlan = shape({
  'shortWriteChance?': number(0),
  'writeErrorChance?': number(0),
  'syncErrorChance?': number(0),
  'dirSyncErrorChance?': number(0),
  'renameErrorChance?': number(0),
  'openErrorChance?': number(0),
  'writeBackErrorChance?': number(0),
  'diskFullChance?': number(0),
  'diskFullMs?': number(0),
  'slowSyncChance?': number(0),
  'slowSyncMs?': number(0),
});

const step = variant('kind', {
  command: shape({ kind: text, client: whole(0), afterMs: number(0), command, 'delivery?': delivery }),
  unit: shape({
    kind: text,
    client: whole(0),
    afterMs: number(0),
    commands: list(command, 1),
    'delivery?': delivery,
  }),
  admin: shape({ kind: text, afterMs: number(0), command: list(text, 1) }),
  idle: shape({ kind: text, ms: number(0) }),
  sync: shape({ kind: text, afterMs: number(0) }),
  wall: shape({
    kind: text,
    afterMs: number(0),
    byMs: integer,
    'overMs?': number(0),
    'atFork?': flag,
  }),
  pause: shape({ kind: text, afterMs: number(0), forMs: number(0) }),
  stop: shape({ kind: text, afterMs: number(0), who: oneOf('server', 'child'), forMs: number(0) }),
  signal: shape({ kind: text, afterMs: number(0), signal: oneOf('SIGTERM', 'SIGINT'), 'atFork?': flag }),
  second: shape({ kind: text, afterMs: number(0) }),
  disk: shape({ kind: text, afterMs: number(0), plan: diskPlan }),
  space: shape({ kind: text, afterMs: number(0), 'freeBytes?': whole(0) }),
});

const moment = variant('at', {
  end: shape({ at: text, afterMs: number(0) }),
  time: shape({ at: text, afterMs: number(0) }),
  reply: shape({ at: text, ordinal: whole(1) }),
  writing: shape({ at: text, ordinal: whole(1) }),
  write: shape({ at: text, ordinal: whole(1) }),
  sync: shape({ at: text, ordinal: whole(1), permille: whole(0) }),
  rename: shape({ at: text, ordinal: whole(1) }),
  child: shape({ at: text, operations: whole(1) }),
  switched: shape({ at: text, replies: whole(0) }),
  saved: shape({ at: text, ordinal: whole(1) }),
  served: shape({ at: text, ordinal: whole(1) }),
  event: shape({ at: text, ordinal: whole(1) }),
});

const generation = shape({
  'wallJumpMs?': integer,
  'edit?': shape({
    'persistence?': oneOf(...persistences),
    'appendfsync?': oneOf(...appendfsyncs),
    'aofChecksum?': flag,
  }),
  'badStart?': diskPlan,
  crashesInRecovery: list(
    shape({ kind: oneOf('kill', 'power', 'term'), operation: whole(1), 'event?': whole(1) }),
  ),
  steps: list(step),
  crash: shape({ kind, armedAfterSteps: whole(0), when: moment }),
});

const settings = shape({
  save: list(shape({ seconds: whole(1), changes: whole(0) })),
  autoAofRewritePercentage: whole(0),
  autoAofRewriteMinSizeBytes: whole(0),
  rdbcompression: flag,
  activeExpire: flag,
  hz: whole(1),
  databases: whole(3),
  aofChecksum: flag,
  'recover?': oneOf('accept-loss'),
});

const standingFaults = shape({
  'forkErrorChance?': number(0),
  'childKillChance?': number(0),
  'childFailChance?': number(0),
  'childLateChance?': number(0),
  'memory?': shape({ bytes: whole(0), overcommit: flag }),
  'lateTimers?': shape({ chance: number(0), upToMs: number(0) }),
});

/** A profile's name, with its knobs. */
function profile(value: unknown, what: string): string {
  const name = text(value, what);
  try {
    return findProfile(name).name;
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return refuse(what, value, error.expected);
  }
}

const scenario = shape({
  version: (value, what) =>
    value === SCENARIO_VERSION ? value : refuse(what, value, String(SCENARIO_VERSION)),
  seed: text,
  profile,
  persistence: oneOf(...persistences),
  appendfsync: oneOf(...appendfsyncs),
  settings,
  tuning: record(whole(1)),
  latency: oneOf(...latencyModels.keys()),
  witness: flag,
  clients: whole(1),
  startWallMs: whole(0),
  generations: list(generation, 1),
  crashStates: whole(0),
  'faults?': standingFaults,
  choices: record(whole(0)),
  'unrecorded?': oneOf('kindest'),
});

/** @throws FormError, with one line that says where, got and expected */
export function parseScenario(value: unknown): Scenario {
  return scenario(value, 'scenario') as unknown as Scenario;
}
