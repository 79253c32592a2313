/**
 * Queues: some push, others wait for what is pushed.
 *
 * Their clients do nothing else, in a database where nobody else does anything (`service.ts` sees to it): who waits holds
 * nobody up. What may time out waits for a key that nobody ever makes, so that a time-out never meets a push: which of the
 * two came first only the engine's own timer could tell.
 */
import { waitOf } from '../../oracle/model/waiting.ts';
import type { Command } from '../schema.ts';
import type { Vocabulary } from '../vocabulary.ts';

/** The database of queues: no other command selects, swaps or moves into it. */
export const QUEUES_DATABASE = 3;

/** True for a command that the clients of queues send. */
export function isOfQueues(command: Command): boolean {
  return command.some((word) => typeof word === 'string' && /^[pqw]:/.test(word));
}

/** True for one that may wait. */
export function mayWait(command: Command): boolean {
  return command.every((argument) => typeof argument === 'string') && waitOf(command) !== undefined;
}

export function drawQueue(words: Vocabulary): Command {
  const { draw } = words;
  const key = words.key('q');
  switch (draw.weighted([5, 2, 3, 3, 2, 2, 1, 1])) {
    case 0:
      return [draw.pick(['RPUSH', 'LPUSH']), key, words.value()];
    case 1:
      return ['RPUSH', key, words.word(), words.word(), words.word()];
    case 2:
      return ['ZADD', words.key('p'), words.number(-3, 12), words.member(), '0.5', words.word()];
    case 3:
      return [draw.pick(['BLPOP', 'BRPOP']), key, words.key('q'), '0'];
    case 4:
      return ['BLMOVE', key, words.key('q'), draw.pick(['LEFT', 'RIGHT']), draw.pick(['LEFT', 'RIGHT']), '0'];
    case 5:
      return [draw.pick(['BZPOPMIN', 'BZPOPMAX']), words.key('p'), words.key('p'), '0'];
    case 6:
      return ['DEL', key];
    default:
      return ['BLPOP', 'q:never', draw.pick(['0.02', '0.5', '2'])];
  }
}
