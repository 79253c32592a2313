/**
 * Every directive, by name: what redis.conf, the command line, CONFIG GET and CONFIG SET understand.
 *
 * `Configurator` takes directives at the start, `changeConfig` is CONFIG SET: all of its values are read before the first
 * one is put in its place, so that it changes everything or nothing.
 */
import { absentDirectives, boundOptions, keptOptions, serverOptions } from './kept.ts';
import { type Change, type ConfigOption, bound, kept, keptValues, real } from './option.ts';
import { formatSavePoints, readSavePoints } from './save-points.ts';
import { type Read, fileName, int64Max, integer, memory, oneOf, text, yesNo } from './values.ts';
import type { Settings } from './settings.ts';

const save: ConfigOption = {
  name: 'save',
  aliases: [],
  changeable: 'live',
  isHidden: false,
  isForOnce: false,
  format: (settings) => formatSavePoints(settings.save),
  lines: ({ save: points }) =>
    points.length === 0 ? ['""'] : points.map((point) => formatSavePoints([point])),
  read: (words) => {
    const points = readSavePoints(words);
    if (!points.ok) return points;
    return {
      ok: true,
      value: (settings) => {
        settings.save = points.value;
      },
    };
  },
};

/** An option after whose every change `then` puts something right. */
function followed(option: ConfigOption, then: Change): ConfigOption {
  const read = (words: readonly string[]): Read<Change> => {
    const change = option.read(words);
    if (!change.ok) return change;
    return {
      ok: true,
      value: (settings) => {
        change.value(settings);
        then(settings);
      },
    };
  };
  return { ...option, read };
}

/** `local` allows it to loopback clients only; the command itself looks at where its client is. */
const enableDebugCommand: ConfigOption = {
  ...followed(kept('enable-debug-command', 'start', oneOf('no', 'yes', 'local'), 'no'), (settings) => {
    settings.enableDebugCommand = keptValues(settings).get('enable-debug-command') !== 'no';
  }),
  format: enableDebugCommandText,
  lines: (settings) => [enableDebugCommandText(settings)],
};

function enableDebugCommandText(settings: Settings): string {
  return settings.enableDebugCommand ? (keptValues(settings).get('enable-debug-command') ?? 'yes') : 'no';
}

/** Redis bends a rate that is out of range instead of refusing it. */
const hz = followed(real('hz', 'live', 'hz', integer(0)), (settings) => {
  settings.hz = Math.min(500, Math.max(1, settings.hz));
});

const realOptions: readonly ConfigOption[] = [
  real('dir', 'start', 'dir', text),
  real('dbfilename', 'protected', 'dbfilename', fileName('dbfilename', false)),
  save,
  real('rdbcompression', 'live', 'rdbcompression', yesNo),
  real('rdbchecksum', 'start', 'rdbchecksum', yesNo),
  real('stop-writes-on-bgsave-error', 'live', 'stopWritesOnBgsaveError', yesNo),
  real('appendonly', 'live', 'appendonly', yesNo),
  real('appendfilename', 'start', 'appendfilename', fileName('appendfilename', false)),
  real('appenddirname', 'start', 'appenddirname', fileName('appenddirname', false)),
  real('appendfsync', 'live', 'appendfsync', oneOf('everysec', 'always', 'no')),
  real('no-appendfsync-on-rewrite', 'live', 'noAppendfsyncOnRewrite', yesNo),
  // Not of Redis: how long a disk may keep `everysec` waiting before writes are refused.
  real('aof-max-unsynced-ms', 'live', 'aofMaxUnsyncedMs', integer(0)),
  real('latency-monitor-threshold', 'live', 'latencyMonitorThresholdMs', integer(0, int64Max)),
  real('slowlog-log-slower-than', 'live', 'slowlogLogSlowerThanMicros', integer(-1, int64Max)),
  real('slowlog-max-len', 'live', 'slowlogMaxLen', integer(0, int64Max)),
  real('auto-aof-rewrite-percentage', 'live', 'autoAofRewritePercentage', integer(0)),
  real('auto-aof-rewrite-min-size', 'live', 'autoAofRewriteMinSizeBytes', memory()),
  real('aof-load-truncated', 'live', 'aofLoadTruncated', yesNo),
  real('aof-use-rdb-preamble', 'live', 'aofUseRdbPreamble', yesNo),
  // Not of Redis: a sequence number and a hash with each batch of the log, in lines that Redis skips.
  real('aof-checksum', 'start', 'aofChecksum', yesNo),
  // Not of Redis: whether a start may leave out what is damaged or missing of data that was durable.
  real('recover', 'start', 'recover', oneOf('refuse-loss', 'accept-loss'), { isForOnce: true }),
  kept('aof-timestamp-enabled', 'live', yesNo, 'no'),
  real('databases', 'start', 'databases', integer(1)),
  hz,
  real('maxclients', 'live', 'maxclients', integer(1, 4294967295)),
  real('proto-max-bulk-len', 'live', 'protoMaxBulkLenBytes', memory(1024 * 1024)),
  real('hash-max-listpack-entries', 'live', 'hashMaxListpackEntries', integer(0, int64Max), {
    aliases: ['hash-max-ziplist-entries'],
  }),
  real('hash-max-listpack-value', 'live', 'hashMaxListpackValueBytes', memory(), {
    aliases: ['hash-max-ziplist-value'],
  }),
  real('set-max-intset-entries', 'live', 'setMaxIntsetEntries', integer(0, int64Max)),
  real('zset-max-listpack-entries', 'live', 'zsetMaxListpackEntries', integer(0, int64Max), {
    aliases: ['zset-max-ziplist-entries'],
  }),
  real('zset-max-listpack-value', 'live', 'zsetMaxListpackValueBytes', memory(), {
    aliases: ['zset-max-ziplist-value'],
  }),
  real('stream-node-max-bytes', 'live', 'streamNodeMaxBytes', memory()),
  real('stream-node-max-entries', 'live', 'streamNodeMaxEntries', integer(0, int64Max)),
  real('hll-sparse-max-bytes', 'live', 'hllSparseMaxBytes', memory()),
  enableDebugCommand,
  real('rdb-key-save-delay', 'live', 'rdbKeySaveDelayMicros', integer(-2147483648), { isHidden: true }),
  bound('key-load-delay', 'live', integer(-2147483647), '0', 'no such test aid', { isHidden: true }),
];

/** All directives. */
export const configOptions: readonly ConfigOption[] = [
  ...realOptions,
  ...serverOptions,
  ...keptOptions,
  ...boundOptions,
];

const byName: ReadonlyMap<string, ConfigOption> = new Map(
  configOptions.flatMap((option) => [option.name, ...option.aliases].map((name) => [name, option])),
);

/** A directive by one of its names, in any case. */
export function findOption(name: string): ConfigOption | undefined {
  return byName.get(name.toLowerCase());
}

/** CONFIG GET: name and value of what matches; a name without a pattern comes back as it was asked, and a hidden one only so. */
export function matchingOptions(
  settings: Settings,
  patterns: readonly { readonly text: string; matches(name: string): boolean }[],
): [name: string, value: string][] {
  const found = new Map<string, string>();
  for (const pattern of patterns) {
    const exact = findOption(pattern.text);
    if (exact !== undefined) found.set(pattern.text, exact.format(settings));
    else
      for (const [name, option] of byName)
        if (!option.isHidden && pattern.matches(name)) found.set(name, option.format(settings));
  }
  return [...found];
}

/** The value of a directive that no field of Settings stands for, as text. @throws Error where there is none of that name */
export function optionText(settings: Settings, name: string): string {
  const option = byName.get(name);
  if (option === undefined) throw new Error(`no directive '${name}'`);
  return option.format(settings);
}

/** Why a configuration is refused: what is wrong, what stands there, what would be right. */
export interface ConfigFault {
  readonly what: string;
  readonly got: string;
  readonly expected: string;
}

/** Takes directives in the order in which they take effect. */
export class Configurator {
  readonly #settings: Settings;
  #hasSavePoints = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Gives what is wrong with it, if anything is; then nothing was changed. */
  apply(directive: string, words: readonly string[]): ConfigFault | undefined {
    const settings = this.#settings;
    const got = [directive, ...words.map((word) => (word === '' ? '""' : word))].join(' ');
    const lacking = absentDirectives.get(directive);
    if (lacking !== undefined)
      return {
        what: `'${directive}' is not supported`,
        got,
        expected: `no such directive, since lightsout has ${lacking}`,
      };
    const option = findOption(directive);
    if (option === undefined)
      return {
        what: `unknown directive '${directive}'`,
        got,
        expected: 'one of the directives of redis.conf',
      };
    const read = option.read(words);
    if (!read.ok)
      return {
        what: `'${directive}' cannot be that`,
        got,
        expected: read.why.replace(/^argument(\(s\))? must be/, 'a value that is'),
      };
    // The first `save` replaces the defaults, each later one adds to those before it, and an empty one takes all away.
    const earlier = option === save && this.#hasSavePoints ? settings.save : [];
    read.value(settings);
    if (option === save) {
      if (settings.save.length > 0) settings.save = [...earlier, ...settings.save];
      this.#hasSavePoints = true;
    }
    return undefined;
  }
}

/** The error reply of a CONFIG SET that fails, or what it changes. */
export type ConfigChange =
  | { readonly ok: true; readonly commit: Change }
  | { readonly ok: false; readonly error: string };

/** Reads the pairs of CONFIG SET. Changes nothing before `commit`. */
export function changeConfig(
  settings: Settings,
  pairs: readonly (readonly [name: string, value: string])[],
  isLocal: boolean,
): ConfigChange {
  const changes: Change[] = [];
  const seen = new Set<ConfigOption>();
  const options = pairs.map(([name]) => findOption(name));
  const unknown = options.indexOf(undefined);
  if (unknown >= 0)
    return {
      ok: false,
      error: `ERR Unknown option or number of arguments for CONFIG SET - '${pairs[unknown]![0]}'`,
    };
  for (const [i, [name, value]] of pairs.entries()) {
    const option = options[i]!;
    const refusal =
      immutability(settings, option, isLocal) ?? (seen.has(option) ? 'duplicate parameter' : undefined);
    if (refusal !== undefined) return failed(name, refusal);
    seen.add(option);
    const read = option.read([value]);
    if (!read.ok) return failed(name, read.why);
    changes.push(read.value);
  }
  return { ok: true, commit: (target) => changes.forEach((change) => change(target)) };
}

/** The reply where `name` cannot be changed. */
function configSetError(name: string, why: string): string {
  return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${why}`;
}

function failed(name: string, why: string): ConfigChange {
  return { ok: false, error: configSetError(name, why) };
}

function immutability(settings: Settings, option: ConfigOption, isLocal: boolean): string | undefined {
  if (option.changeable === 'start') return "can't set immutable config";
  if (option.changeable === 'live') return undefined;
  const allowed = optionText(settings, 'enable-protected-configs');
  return allowed === 'yes' || (allowed === 'local' && isLocal) ? undefined : "can't set protected config";
}
