/** Counters for INFO. They decide nothing. */

export interface Stats {
  commands: number;
  connections: number;
  expiredKeys: number;
  forks: number;
  latestForkMicros: number;
  rdbSaves: number;
  aofRewrites: number;
  /** Keys that recovery loaded, and dropped because they had expired. */
  loadedKeys: number;
  loadedExpiredKeys: number;
}

export function newStats(): Stats {
  return {
    commands: 0,
    connections: 0,
    expiredKeys: 0,
    forks: 0,
    latestForkMicros: 0,
    rdbSaves: 0,
    aofRewrites: 0,
    loadedKeys: 0,
    loadedExpiredKeys: 0,
  };
}
