/** DEBUG HELP. */
import type { AdminCall } from './types.ts';

const lines = [
  'DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'CHANGE-REPL-ID',
  '    Taken, and without effect: there is no replication.',
  'CHECK',
  '    Walks every page of the keyspace and compares all counts. Not of Redis.',
  'DIGEST',
  '    A hash of everything stored, in the order of nothing.',
  'DIGEST-VALUE <key> [<key> ...]',
  '    A hash of each value.',
  'ERROR <message>',
  '    Answers with that error.',
  'JMAP',
  '    Taken, and without effect.',
  'LISTPACK <key>',
  '    Writes to the log how a small collection is kept.',
  'LOADAOF',
  '    Syncs the append-only file, forgets everything and reads it again.',
  'LOG <message>',
  '    Writes to the log.',
  'OBJECT <key>',
  '    How a value is kept, and how long it is in a file.',
  'PAUSE-CRON <0|1>',
  '    1: nothing expires, is saved or rewritten by the clock. The log is synced all the same.',
  'POPULATE <count> [<prefix>] [<size>]',
  '    Makes strings prefix:N, without logging them.',
  'PROTOCOL <type>',
  '    Answers with a sample of that type of the protocol.',
  'QUICKLIST <key> [<0|1>]',
  '    Writes to the log how a list is kept.',
  'QUICKLIST-PACKED-THRESHOLD <size>',
  '    Taken, and without effect: lists are kept in another way here.',
  'RELOAD [MERGE] [NOFLUSH] [NOSAVE]',
  '    Saves, forgets everything and reads it again. NOSAVE: reads the file that is there. NOFLUSH: reads it over what is',
  '    there; MERGE: where a key is in both, that of the file counts.',
  'SET-ACTIVE-EXPIRE <0|1>',
  '    0: what has expired stays until somebody looks at it.',
  'SET-SKIP-CHECKSUM-VALIDATION <0|1>',
  '    1: files and payloads are read whatever their checksums say.',
  'SLEEP <seconds>',
  '    Answers so much later. Others are served meanwhile.',
  'STRINGMATCH-LEN <pattern> <text>',
  '    Whether a glob-style pattern matches.',
  'HELP',
  '    Prints this help.',
];

export function debugHelp({ reply }: AdminCall): void {
  reply.array(lines.length);
  for (const line of lines) reply.simple(line);
}
