/** The sections of INFO, in Redis's order. */
import { optionText } from '../config/table.ts';
import type { Engine } from '../engine.ts';
import { persistenceLines } from './info-persistence.ts';
import { serverVersion } from './server-version.ts';

export type InfoLine = readonly [field: string, value: string | number];

export interface InfoSection {
  readonly name: string;
  readonly lines: (engine: Engine, nowMs: number) => readonly InfoLine[];
}

function serverLines(engine: Engine, nowMs: number): readonly InfoLine[] {
  const uptimeSeconds = Math.max(0, Math.floor((nowMs - engine.startedAtMs) / 1000));
  return [
    ['redis_version', serverVersion],
    ['redis_mode', 'standalone'],
    ['os', 'Linux'],
    ['arch_bits', 64],
    ['process_id', engine.host.process.pid],
    ['tcp_port', optionText(engine.settings, 'port')],
    ['server_time_usec', `${nowMs}000`],
    ['uptime_in_seconds', uptimeSeconds],
    ['uptime_in_days', Math.floor(uptimeSeconds / 86400)],
    ['hz', engine.settings.hz],
    ['configured_hz', engine.settings.hz],
    ['config_file', engine.configFile?.path ?? ''],
  ];
}

function clientLines(engine: Engine): readonly InfoLine[] {
  return [
    ['connected_clients', engine.sessions.size],
    ['cluster_connections', 0],
    ['maxclients', engine.settings.maxclients],
    ['blocked_clients', engine.blocking.count],
    ['tracking_clients', 0],
  ];
}

function memoryLines(engine: Engine): readonly InfoLine[] {
  const { usedBytes, reservedBytes, copiedBytes, images } = engine.keyspace.memory();
  return [
    ['used_memory', usedBytes],
    ['used_memory_human', human(usedBytes)],
    ['used_memory_dataset', usedBytes],
    ['allocator_allocated', usedBytes],
    ['allocator_active', reservedBytes],
    ['maxmemory', 0],
    ['maxmemory_human', '0B'],
    ['maxmemory_policy', 'noeviction'],
    ['mem_aof_buffer', engine.journal.bufferBytes],
    ['mem_images', images],
    ['mem_copied_for_images', copiedBytes],
  ];
}

/** As Redis writes a size for people: two decimals of the largest unit that it reaches. */
function human(bytes: number): string {
  const units = ['B', 'K', 'M', 'G', 'T'];
  let unit = 0;
  let value = bytes;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return unit === 0 ? `${bytes}B` : `${value.toFixed(2)}${units[unit]}`;
}

function statsLines({ stats }: Engine): readonly InfoLine[] {
  return [
    ['total_connections_received', stats.connections],
    ['total_commands_processed', stats.commands],
    ['expired_keys', stats.expiredKeys],
    ['evicted_keys', 0],
    ['total_forks', stats.forks],
    ['latest_fork_usec', stats.latestForkMicros],
  ];
}

function replicationLines(): readonly InfoLine[] {
  return [
    ['role', 'master'],
    ['connected_slaves', 0],
  ];
}

function clusterLines(): readonly InfoLine[] {
  return [['cluster_enabled', 0]];
}

/** Only databases with keys. How long keys have left on average is not measured. */
function keyspaceLines({ keyspace }: Engine): readonly InfoLine[] {
  const lines: InfoLine[] = [];
  for (let i = 0; i < keyspace.databases; i++) {
    const { size, expires } = keyspace.database(i);
    if (size > 0) lines.push([`db${i}`, `keys=${size},expires=${expires},avg_ttl=0`]);
  }
  return lines;
}

export const infoSections: readonly InfoSection[] = [
  { name: 'server', lines: serverLines },
  { name: 'clients', lines: clientLines },
  { name: 'memory', lines: memoryLines },
  { name: 'persistence', lines: persistenceLines },
  { name: 'stats', lines: statsLines },
  { name: 'replication', lines: replicationLines },
  { name: 'cluster', lines: clusterLines },
  { name: 'keyspace', lines: keyspaceLines },
];
