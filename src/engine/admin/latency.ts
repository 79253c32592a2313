/** LATENCY: what took long, and (not of Redis) LATENCY DURABILITY: what a loss of power would take now. */
import { admin, container } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

/** LATENCY LATEST: event, second of its newest sample, that sample, the longest ever. */
function latest({ engine, reply }: AdminCall): void {
  const { events } = engine.latency;
  reply.array(events.length);
  for (const [event, { samples, longestMs }] of events) {
    const newest = samples.at(-1)!;
    reply.array(4);
    reply.bulkText(event);
    reply.integer(newest.atSeconds);
    reply.integer(newest.durationMs);
    reply.integer(longestMs);
  }
}

/** LATENCY HISTORY event: second and milliseconds of each sample, oldest first. */
function history({ engine, argv, reply }: AdminCall): void {
  const samples = engine.latency.series(argv.lowerText(2))?.samples ?? [];
  reply.array(samples.length);
  for (const { atSeconds, durationMs } of samples) {
    reply.array(2);
    reply.integer(atSeconds);
    reply.integer(durationMs);
  }
}

/** LATENCY RESET [event ...]: how many were forgotten. */
function reset({ engine, argv, reply }: AdminCall): void {
  if (argv.count === 2) return reply.integer(engine.latency.reset());
  let count = 0;
  for (let i = 2; i < argv.count; i++) count += engine.latency.reset(argv.lowerText(i));
  reply.integer(count);
}

/** The window of the append-only file, as INFO persistence has it, in one reply. */
function durability({ engine, reply }: AdminCall): void {
  const { journal, settings } = engine;
  const { window } = journal;
  const fields: readonly (readonly [string, number])[] = [
    ['unsynced-bytes', journal.unsyncedBytes],
    ['unsynced-bytes-peak', window.mostBytes],
    ['unsynced-ms', Math.floor(journal.unsyncedMs)],
    ['unsynced-ms-peak', Math.floor(Math.max(window.longestMs, journal.unsyncedMs))],
    ['unsynced-ms-limit', settings.appendfsync === 'everysec' ? settings.aofMaxUnsyncedMs : 0],
    ['changes-since-last-save', engine.dirty],
  ];
  reply.map(fields.length);
  for (const [name, value] of fields) {
    reply.bulkText(name);
    reply.integer(value);
  }
}

const flags = 'admin noscript loading stale';

export const latencyCommands: readonly AdminCommand[] = [
  container('latency', '', [
    admin('latency|latest', 2, flags, latest),
    admin('latency|history', 3, flags, history),
    admin('latency|reset', -2, flags, reset),
    admin('latency|durability', 2, flags, durability),
  ]),
];
