/**
 * MEMORY: what the keyspace takes. What the rest of the process takes, and what the system gives it for it, the engine does
 * not know, and no figure is made up; so STATS has fewer lines than Redis's, and some of its own.
 */
import { parseInteger } from '../../bytes/index.ts';
import { errors } from '../../commands/index.ts';
import type { Engine } from '../engine.ts';
import { admin, container } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

/** How many members of a large collection USAGE looks at, unless told. */
const defaultSamples = 5;

/** USAGE key [SAMPLES count]: bytes of a key and its value; a sum of blocks, not an estimate of what they might take. */
function usage({ engine, session, argv, reply }: AdminCall): void {
  let samples = defaultSamples;
  for (let i = 3; i < argv.count; i += 2) {
    if (!argv.is(i, 'SAMPLES') || i + 1 === argv.count) return reply.error(errors.syntax);
    const count = parseInteger(argv.bytes(i + 1));
    if (count === undefined) return reply.error(errors.notInteger);
    if (count < 0) return reply.error(errors.syntax);
    samples = count;
  }
  const bytes = engine.keyspace.database(session.dbIndex).footprint(argv.bytes(2), samples);
  if (bytes === undefined) reply.nil();
  else reply.integer(bytes);
}

type Figure = readonly [name: string, value: number | bigint];

function figures({ keyspace, journal }: Engine): readonly Figure[] {
  const { usedBytes, reservedBytes, copiedBytes, images } = keyspace.memory();
  let keys = 0;
  for (let i = 0; i < keyspace.databases; i++) keys += keyspace.database(i).size;
  return [
    ['total.allocated', usedBytes + journal.bufferBytes],
    ['aof.buffer', journal.bufferBytes],
    ['keys.count', keys],
    ['keys.bytes-per-key', keys === 0 ? 0 : Math.floor(usedBytes / keys)],
    ['dataset.bytes', usedBytes],
    ['allocator.allocated', usedBytes],
    ['allocator.active', reservedBytes],
    ['allocator-fragmentation.bytes', reservedBytes - usedBytes],
    ['images.count', images],
    ['images.copied', copiedBytes],
  ];
}

function stats({ engine, reply }: AdminCall): void {
  const all = figures(engine);
  const { usedBytes, reservedBytes } = engine.keyspace.memory();
  reply.map(all.length + 1);
  for (const [name, value] of all) {
    reply.bulkText(name);
    reply.integer(value);
  }
  reply.bulkText('allocator-fragmentation.ratio');
  reply.double(usedBytes === 0 ? 1 : reservedBytes / usedBytes);
}

/** Below this nothing is worth a word. */
const smallBytes = 5 * 1024 * 1024;

function doctor({ engine, reply }: AdminCall): void {
  const { usedBytes, reservedBytes, copiedBytes, images } = engine.keyspace.memory();
  const complaints: string[] = [];
  if (reservedBytes > smallBytes && reservedBytes > 1.5 * usedBytes)
    complaints.push(
      `Of ${reservedBytes} bytes taken for the keyspace ${reservedBytes - usedBytes} are free: much was removed, and what is left holds the chunks that it is spread over.`,
    );
  if (copiedBytes > smallBytes)
    complaints.push(
      `${copiedBytes} bytes are copies, since ${images} saves or rewrites under way see what has changed meanwhile: they go with them.`,
    );
  if (engine.journal.bufferBytes > smallBytes)
    complaints.push(
      `${engine.journal.bufferBytes} bytes of the append-only file wait for the disk (LATENCY DURABILITY).`,
    );
  reply.verbatim(complaints.length === 0 ? 'Nothing to complain about.' : complaints.join('\n'));
}

/** Gives back what waits to be given back; the rest is in use, or part of a chunk that is. */
function purge({ engine, reply }: AdminCall): void {
  engine.keyspace.purge();
  reply.ok();
}

const help = [
  'MEMORY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'DOCTOR',
  '    What is wrong with the use of memory.',
  'MALLOC-STATS',
  '    The slab that the keyspace is kept in.',
  'PURGE',
  '    Gives back what only a save saw that has ended.',
  'STATS',
  '    What the keyspace takes, in bytes.',
  'USAGE <key> [SAMPLES <count>]',
  '    Bytes of a key and its value. Of a large collection <count> members are looked at for what they keep apart',
  '    (default: 5, 0: all).',
  'HELP',
  '    Prints this help.',
];

function mallocStats({ engine, reply }: AdminCall): void {
  const { usedBytes, reservedBytes } = engine.keyspace.memory();
  reply.verbatim(`slab: ${reservedBytes} bytes in chunks, ${reservedBytes - usedBytes} of them free`);
}

export const memoryCommands: readonly AdminCommand[] = [
  container('memory', '', [
    { ...admin('memory|usage', -3, 'readonly', usage), keys: [2, 2, 1] },
    admin('memory|stats', 2, '', stats),
    admin('memory|doctor', 2, '', doctor),
    admin('memory|purge', 2, '', purge),
    admin('memory|malloc-stats', 2, '', mallocStats),
    admin('memory|help', 2, 'loading stale', ({ reply }) => {
      reply.array(help.length);
      for (const line of help) reply.simple(line);
    }),
  ]),
];
