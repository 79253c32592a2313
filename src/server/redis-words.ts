/**
 * The lines that redis-server logs where a start is refused: people and tools look for them. They go before our own line,
 * which says more.
 */
import type { LightsoutError } from '../errors.ts';

const checkAof = 'make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>';

/** Lines in Redis's words for what a start is refused for; none where Redis has none. */
export function redisWords({ code, message }: Pick<LightsoutError, 'code' | 'message'>): string[] {
  if (code !== 'CORRUPT') return [];
  if (/: (Reading the manifest file, at line |Found an empty AOF manifest)/.test(message))
    return ['*** FATAL AOF MANIFEST FILE ERROR ***'];
  const bad = /^Bad file format reading the append only file (.+?): /.exec(message);
  if (bad !== null) return [`Bad file format reading the append only file ${fileName(bad[1]!)}: ${checkAof}`];
  const short = /^Unexpected end of file reading the append only file (.+?): /.exec(message);
  if (short !== null)
    return [
      `Unexpected end of file reading the append only file ${fileName(short[1]!)}. You can: 1) Make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated' configuration option to yes and restart the server.`,
    ];
  if (/: (Wrong signature trying to load DB from file|Can't handle RDB format version )/.test(message))
    return ['Fatal error loading the DB: Invalid argument. Exiting.'];
  return [];
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
