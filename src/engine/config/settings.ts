/** What the engine is told to do: the values behind redis.conf's directives of the same names. */

export type AppendFsync = 'always' | 'everysec' | 'no';

/** What a start does about damage to data that was durable: refuses, or goes on with what is before it. */
export type Recover = 'refuse-loss' | 'accept-loss';

export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

/** Live settings: CONFIG SET changes them in place, and whoever uses one reads it at the time of use. */
export interface Settings {
  /** The directory of all persistence files; exists. */
  dir: string;
  dbfilename: string;
  save: readonly SavePoint[];
  rdbcompression: boolean;
  rdbchecksum: boolean;
  stopWritesOnBgsaveError: boolean;
  appendonly: boolean;
  appendfilename: string;
  appenddirname: string;
  appendfsync: AppendFsync;
  noAppendfsyncOnRewrite: boolean;
  /** Under `everysec`, writes are refused while the oldest unsynced effect is older than this; 0: never. */
  aofMaxUnsyncedMs: number;
  autoAofRewritePercentage: number;
  autoAofRewriteMinSizeBytes: number;
  aofLoadTruncated: boolean;
  /** Writes each batch of the log with a number, a length, a hash and what was durable then, in a line that Redis skips. */
  aofChecksum: boolean;
  aofUseRdbPreamble: boolean;
  recover: Recover;
  /** Fixed at the start. */
  databases: number;
  /** Cron runs a second. */
  hz: number;
  activeExpire: boolean;
  maxclients: number;
  protoMaxBulkLenBytes: number;
  hashMaxListpackEntries: number;
  hashMaxListpackValueBytes: number;
  setMaxIntsetEntries: number;
  zsetMaxListpackEntries: number;
  zsetMaxListpackValueBytes: number;
  /** LATENCY keeps what took this long or longer; 0: nothing. */
  latencyMonitorThresholdMs: number;
  /** SLOWLOG keeps what took this long or longer; negative: nothing. */
  slowlogLogSlowerThanMicros: number;
  slowlogMaxLen: number;
  /** When a run of a stream's entries is full; 0 for no limit. */
  streamNodeMaxBytes: number;
  streamNodeMaxEntries: number;
  /** A sparse HyperLogLog that would grow beyond it becomes dense. */
  hllSparseMaxBytes: number;
  /** DEBUG SET-SKIP-CHECKSUM-VALIDATION: files and payloads are read whatever their checksums say. */
  skipsChecksums: boolean;
  /** Microseconds that a save takes at the least for each key, negative for each so many: for tests. */
  rdbKeySaveDelayMicros: number;
  /** Allows DEBUG. */
  enableDebugCommand: boolean;
}

/** redis-server's defaults. */
export function defaultSettings(): Settings {
  return {
    dir: '.',
    dbfilename: 'dump.rdb',
    save: [
      { seconds: 3600, changes: 1 },
      { seconds: 300, changes: 100 },
      { seconds: 60, changes: 10000 },
    ],
    rdbcompression: true,
    rdbchecksum: true,
    stopWritesOnBgsaveError: true,
    appendonly: false,
    appendfilename: 'appendonly.aof',
    appenddirname: 'appendonlydir',
    appendfsync: 'everysec',
    noAppendfsyncOnRewrite: false,
    aofMaxUnsyncedMs: 10_000,
    autoAofRewritePercentage: 100,
    autoAofRewriteMinSizeBytes: 64 * 1024 * 1024,
    aofLoadTruncated: true,
    aofChecksum: true,
    aofUseRdbPreamble: true,
    recover: 'refuse-loss',
    databases: 16,
    hz: 10,
    activeExpire: true,
    maxclients: 10000,
    protoMaxBulkLenBytes: 512 * 1024 * 1024,
    hashMaxListpackEntries: 512,
    hashMaxListpackValueBytes: 64,
    setMaxIntsetEntries: 512,
    zsetMaxListpackEntries: 128,
    zsetMaxListpackValueBytes: 64,
    latencyMonitorThresholdMs: 0,
    slowlogLogSlowerThanMicros: 10_000,
    slowlogMaxLen: 128,
    streamNodeMaxBytes: 4096,
    streamNodeMaxEntries: 100,
    hllSparseMaxBytes: 3000,
    skipsChecksums: false,
    rdbKeySaveDelayMicros: 0,
    enableDebugCommand: false,
  };
}
