/**
 * The directives of redis.conf 7.0 that mean nothing here, and those that may only mean nothing.
 *
 * Defaults are those of redis-server 7.0.15, save for `bind`: loopback unless told otherwise.
 */
import { bufferLimits } from './buffer-limits.ts';
import { type ConfigOption, bound, kept } from './option.ts';
import { int32Max, int64Max, integer, memory, octal, oneOf, text, words, yesNo } from './values.ts';

const natural = integer(0);
const long = integer(0, int64Max);
const anyInteger = integer(-int32Max - 1);
const evictionPolicies = oneOf(
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'noeviction',
);

/** Directives of the server around the engine, which reads them at its start. */
export const serverOptions: readonly ConfigOption[] = [
  kept('port', 'start', integer(0, 65535), '6379'),
  kept('bind', 'start', words, '127.0.0.1 -::1'),
  kept('unixsocket', 'start', text, ''),
  kept('unixsocketperm', 'start', octal, '0'),
  kept('protected-mode', 'live', yesNo, 'yes'),
  kept('tcp-backlog', 'start', natural, '511'),
  kept('tcp-keepalive', 'live', natural, '300'),
  kept('timeout', 'live', natural, '0'),
  kept('loglevel', 'live', oneOf('debug', 'verbose', 'notice', 'warning'), 'notice'),
  kept('logfile', 'start', text, ''),
  kept('pidfile', 'start', text, ''),
  kept('always-show-logo', 'start', yesNo, 'no'),
  kept('set-proc-title', 'start', yesNo, 'yes'),
  kept('proc-title-template', 'live', text, '{title} {listen-addr} {server-mode}'),
  kept('enable-protected-configs', 'start', oneOf('no', 'yes', 'local'), 'no'),
  kept('client-query-buffer-limit', 'live', memory(1024 * 1024), '1073741824'),
  bufferLimits,
];

/** How Redis keeps values in memory, frees them, talks to replicas and to a debugger: nothing of that exists here. */
export const keptOptions: readonly ConfigOption[] = [
  kept('list-max-listpack-size', 'live', anyInteger, '-2', { aliases: ['list-max-ziplist-size'] }),
  kept('list-compress-depth', 'live', natural, '0'),
  kept('activerehashing', 'live', yesNo, 'yes'),
  kept('dynamic-hz', 'live', yesNo, 'yes'),
  kept('active-expire-effort', 'live', integer(1, 10), '1'),
  kept('jemalloc-bg-thread', 'live', yesNo, 'yes'),
  kept('lazyfree-lazy-eviction', 'live', yesNo, 'no'),
  kept('lazyfree-lazy-expire', 'live', yesNo, 'no'),
  kept('lazyfree-lazy-server-del', 'live', yesNo, 'no'),
  kept('lazyfree-lazy-user-del', 'live', yesNo, 'no'),
  kept('lazyfree-lazy-user-flush', 'live', yesNo, 'no'),
  kept('maxmemory-policy', 'live', evictionPolicies, 'noeviction'),
  kept('maxmemory-samples', 'live', integer(1), '5'),
  kept('maxmemory-eviction-tenacity', 'live', integer(0, 100), '10'),
  kept('lfu-log-factor', 'live', natural, '10'),
  kept('lfu-decay-time', 'live', natural, '1'),
  kept('rdb-save-incremental-fsync', 'live', yesNo, 'yes'),
  kept('aof-rewrite-incremental-fsync', 'live', yesNo, 'yes'),
  kept('rdb-del-sync-files', 'live', yesNo, 'no'),
  kept('sanitize-dump-payload', 'live', oneOf('no', 'yes', 'clients'), 'no'),
  kept('loading-process-events-interval-bytes', 'live', memory(1024), '2097152', { isHidden: true }),
  kept('shutdown-timeout', 'live', natural, '10'),
  kept('io-threads', 'start', integer(1, 128), '1'),
  kept('io-threads-do-reads', 'start', yesNo, 'no'),
  kept('disable-thp', 'start', yesNo, 'yes'),
  kept('oom-score-adj', 'live', oneOf('no', 'yes', 'relative', 'absolute'), 'no'),
  kept('oom-score-adj-values', 'live', words, '0 200 800'),
  kept('crash-log-enabled', 'live', yesNo, 'yes'),
  kept('crash-memcheck-enabled', 'live', yesNo, 'yes'),
  kept('ignore-warnings', 'live', text, ''),
  kept('latency-tracking', 'live', yesNo, 'yes'),
  kept('latency-tracking-info-percentiles', 'live', words, '50 99 99.9'),
  kept('tracking-table-max-keys', 'live', long, '1000000'),
  kept('acllog-max-len', 'live', long, '128'),
  kept('acl-pubsub-default', 'live', oneOf('resetchannels', 'allchannels'), 'resetchannels'),
  kept('lua-time-limit', 'live', long, '5000', { aliases: ['busy-reply-threshold'] }),
  kept('enable-module-command', 'start', oneOf('no', 'yes', 'local'), 'no'),
  kept('propagation-error-behavior', 'live', oneOf('ignore', 'panic', 'panic-on-replicas'), 'ignore'),
  kept('server_cpulist', 'start', text, ''),
  kept('bio_cpulist', 'start', text, ''),
  kept('aof_rewrite_cpulist', 'start', text, ''),
  kept('bgsave_cpulist', 'start', text, ''),
  kept('syslog-ident', 'start', text, 'redis'),
  kept('syslog-facility', 'start', text, 'local0'),
  kept('supervised', 'start', oneOf('upstart', 'systemd', 'auto', 'no'), 'no'),
  kept('replica-serve-stale-data', 'live', yesNo, 'yes', { aliases: ['slave-serve-stale-data'] }),
  kept('replica-read-only', 'live', yesNo, 'yes', { aliases: ['slave-read-only'] }),
  kept('replica-priority', 'live', natural, '100', { aliases: ['slave-priority'] }),
  kept('replica-lazy-flush', 'live', yesNo, 'no', { aliases: ['slave-lazy-flush'] }),
  kept('replica-ignore-maxmemory', 'live', yesNo, 'yes', { aliases: ['slave-ignore-maxmemory'] }),
  kept('replica-ignore-disk-write-errors', 'live', yesNo, 'no'),
  kept('replica-announced', 'live', yesNo, 'yes'),
  kept('repl-ping-replica-period', 'live', integer(1), '10', { aliases: ['repl-ping-slave-period'] }),
  kept('repl-timeout', 'live', integer(1), '60'),
  kept('repl-backlog-size', 'live', memory(1), '1048576'),
  kept('repl-backlog-ttl', 'live', long, '3600'),
  kept('repl-diskless-sync', 'live', yesNo, 'yes'),
  kept('repl-diskless-sync-delay', 'live', natural, '5'),
  kept('repl-diskless-sync-max-replicas', 'live', natural, '0'),
  kept('repl-diskless-load', 'live', oneOf('disabled', 'on-empty-db', 'swapdb'), 'disabled'),
  kept('repl-disable-tcp-nodelay', 'live', yesNo, 'no'),
  kept('min-replicas-max-lag', 'live', natural, '10', { aliases: ['min-slaves-max-lag'] }),
];

/** What would change the server's behaviour, and does not: accepted only as it is by default. */
export const boundOptions: readonly ConfigOption[] = [
  bound('daemonize', 'start', yesNo, 'no', 'no background mode of its own'),
  bound('syslog-enabled', 'start', yesNo, 'no', 'no way to syslog'),
  bound('requirepass', 'live', text, '', 'no passwords'),
  bound('masterauth', 'live', text, '', 'no replication'),
  bound('masteruser', 'live', text, '', 'no replication'),
  bound('aclfile', 'start', text, '', 'no access control lists'),
  bound('maxmemory', 'live', memory(), '0', 'no eviction'),
  bound('maxmemory-clients', 'live', text, '0', 'no eviction of clients'),
  bound('activedefrag', 'live', yesNo, 'no', 'no defragmentation'),
  bound('min-replicas-to-write', 'live', integer(0), '0', 'no replication', {
    aliases: ['min-slaves-to-write'],
  }),
  bound('cluster-enabled', 'start', yesNo, 'no', 'no cluster'),
  bound('tls-port', 'live', integer(0, 65535), '0', 'no TLS'),
  bound('notify-keyspace-events', 'live', text, '', 'no keyspace notifications'),
  bound('aof-disable-auto-gc', 'live', yesNo, 'no', 'no logs that are kept after a rewrite'),
  bound('shutdown-on-sigint', 'live', text, 'default', 'one way to end on a signal'),
  bound('shutdown-on-sigterm', 'live', text, 'default', 'one way to end on a signal'),
];

/** Directives that ask for something that is not there, whatever their value. */
export const absentDirectives: ReadonlyMap<string, string> = new Map([
  ['replicaof', 'no replication'],
  ['slaveof', 'no replication'],
  ['user', 'no access control lists'],
  ['rename-command', 'fixed names of commands'],
  ['loadmodule', 'no modules'],
]);
