/**
 * The protocols of A.8 (fault-model.md), each as the shortest workload that goes through all of it: start, append, save,
 * rewrite, recover. So few operations are pending at any instant of them that all crash states can be tried.
 */
import type { AppendFsync, Persistence } from '../oracle/bounds.ts';
import { NOON_MS } from '../scenario/configuration.ts';
import { SCENARIO_VERSION } from '../scenario/schema.ts';
import type { Generation, Scenario, Step } from '../scenario/schema.ts';

export interface Protocol {
  readonly name: string;
  /** One sentence: what happens. */
  readonly about: string;
  readonly scenario: Scenario;
}

/** Far enough apart for all that one step sets off. */
const APART_MS = 250;

function command(...words: string[]): Step {
  return { kind: 'command', client: 0, afterMs: APART_MS, command: words };
}

function admin(...words: string[]): Step {
  return { kind: 'admin', afterMs: APART_MS, command: words };
}

/** A life that ends after its steps: nothing of it is left to happen by then. */
function life(steps: readonly Step[], kind: 'kill' | 'power' = 'kill'): Generation {
  return {
    crashesInRecovery: [],
    steps,
    crash: { kind, armedAfterSteps: steps.length, when: { at: 'end', afterMs: APART_MS } },
  };
}

function protocol(
  name: string,
  about: string,
  persistence: Persistence,
  appendfsync: AppendFsync,
  ...generations: readonly Generation[]
): Protocol {
  const scenario: Scenario = {
    version: SCENARIO_VERSION,
    seed: `protocol ${name}`,
    profile: 'posix-strict',
    persistence,
    appendfsync,
    settings: {
      save: [],
      autoAofRewritePercentage: 0,
      autoAofRewriteMinSizeBytes: 1024,
      rdbcompression: true,
      activeExpire: false,
      hz: 10,
      databases: 3,
      aofChecksum: true,
    },
    tuning: {},
    latency: 'explored',
    witness: false,
    clients: 1,
    startWallMs: NOON_MS,
    generations,
    crashStates: 0,
    choices: {},
  };
  return { name, about, scenario };
}

/** Something of the log and two bases to be lost: RPUSH tells what was replayed twice. */
const twoUnits = [command('RPUSH', 'l', 'a'), command('RPUSH', 'l', 'b')];

export const protocols: readonly Protocol[] = [
  protocol('start', 'the first start on an empty directory', 'hybrid', 'always', life([])),
  protocol('append', 'three units, one of them a MULTI', 'hybrid', 'always', {
    ...life([
      ...twoUnits,
      {
        kind: 'unit',
        client: 0,
        afterMs: APART_MS,
        commands: [
          ['RPUSH', 'l', 'c'],
          ['SET', 'k', 'd'],
        ],
      },
    ]),
  }),
  protocol(
    'append-everysec',
    'three units and the sync of their second',
    'hybrid',
    'everysec',
    life([...twoUnits, { kind: 'idle', ms: 1500 }, command('RPUSH', 'l', 'c')]),
  ),
  protocol(
    'save-fresh',
    'SAVE where there is no dump.rdb',
    'rdb',
    'no',
    life([command('SET', 'k', 'a'), admin('SAVE')]),
  ),
  protocol(
    'save-over',
    'SAVE over a dump.rdb that is durable',
    'rdb',
    'no',
    life([command('SET', 'k', 'a'), admin('SAVE'), { kind: 'sync', afterMs: APART_MS }]),
    life([command('SET', 'k', 'b'), admin('SAVE')]),
  ),
  protocol(
    'bgsave',
    'BGSAVE, with a unit while its child works',
    'rdb',
    'no',
    life([
      command('SET', 'k', 'a'),
      admin('BGSAVE'),
      { kind: 'command', client: 0, afterMs: 0.3, command: ['SET', 'k', 'b'] },
      admin('INFO', 'persistence'),
    ]),
  ),
  protocol(
    'rewrite',
    'BGREWRITEAOF under always, with a unit while its child works',
    'hybrid',
    'always',
    life([
      command('RPUSH', 'l', 'a'),
      admin('BGREWRITEAOF'),
      { kind: 'command', client: 0, afterMs: 1, command: ['RPUSH', 'l', 'b'] },
      command('RPUSH', 'l', 'c'),
    ]),
  ),
  protocol(
    'rewrite-everysec',
    'BGREWRITEAOF with a unit of the old increment that is not synced yet',
    'hybrid',
    'everysec',
    life([
      command('RPUSH', 'l', 'a'),
      admin('BGREWRITEAOF'),
      { kind: 'command', client: 0, afterMs: 1, command: ['RPUSH', 'l', 'b'] },
      command('RPUSH', 'l', 'c'),
      { kind: 'idle', ms: 1500 },
    ]),
  ),
  protocol(
    'rewrite-busy',
    'BGREWRITEAOF under always, with units in close order: one of them is being synced at the switch',
    'hybrid',
    'always',
    life([
      command('RPUSH', 'l', 'a'),
      admin('BGREWRITEAOF'),
      ...Array.from({ length: 10 }, (_, i): Step => ({
        kind: 'command',
        client: 0,
        afterMs: 0.4,
        command: ['RPUSH', 'l', String(i)],
      })),
    ]),
  ),
  protocol(
    'recover',
    'a start on a log that a kill has left unsynced',
    'hybrid',
    'everysec',
    life(twoUnits),
    life([command('RPUSH', 'l', 'c')], 'power'),
  ),
];
