/** What the administrator may be answered: several replies are right, since children come and go by themselves. */
import type { Expectation } from '../oracle/reply.ts';

/** What the administrator writes, to wait for it: an ordinary command. */
export const WAITED_KEY = 'waited';

/** `mayFail`: a disk that errs or a fork that fails is an excuse. */
export function administratorExpects(command: readonly string[], mayFail: boolean): Expectation {
  const excuse = mayFail ? ['ERR'] : [];
  switch (command[0]!.toUpperCase()) {
    case 'SAVE':
      return { statuses: ['OK'], errors: ['ERR Background save already in progress', ...excuse] };
    case 'BGSAVE':
      return {
        statuses: ['Background saving started', 'Background saving scheduled'],
        errors: ['ERR Background save already in progress', 'ERR Another child process is active', ...excuse],
      };
    case 'BGREWRITEAOF':
      return {
        statuses: [
          'Background append only file rewriting started',
          'Background append only file rewriting scheduled',
        ],
        errors: ['ERR Background append only file rewriting already in progress', ...excuse],
      };
    case 'CONFIG':
      if (command[1]!.toUpperCase() !== 'SET') return { anything: 'a list of settings' };
      // Refused where the log cannot be written: under `always` that would end the server.
      return command[2] === 'appendfsync' && command[3] === 'always' && mayFail
        ? { statuses: ['OK'], errors: ['ERR CONFIG SET failed'] }
        : { status: 'OK' };
    case 'BACKUP':
      return command[1]!.toUpperCase() === 'END'
        ? { anything: 'whether one was under way' }
        : backupBegun(excuse);
    case 'INFO':
      return { anything: 'text' };
    case 'LASTSAVE':
      return { anything: 'a time' };
    // Without a timeout it is not answered before it is so.
    case 'WAITAOF':
      return [1, 0];
    default:
      throw new Error(
        `the administrator knows no command '${command[0]}'; give it one in sim/scenario/administrator.ts`,
      );
  }
}

function backupBegun(excuse: readonly string[]): Expectation {
  const errors = ['ERR the append-only file is moving to a new file', ...excuse];
  return { eitherOf: [{ anything: 'what to copy' }, { statuses: [], errors }] };
}
