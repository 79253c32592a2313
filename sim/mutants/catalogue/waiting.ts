/** Mutants of clients that wait for keys: what serves them is a write that nobody sent just then. */
import type { Mutant } from '../mutant.ts';
import { any, log, logAlways } from './common.ts';

export const waitingMutants: readonly Mutant[] = [
  {
    id: 'unblocked-client-answered-at-once',
    title: 'A client that waited for a key is answered before what served it is durable',
    story:
      'redis#9678 (2022) and redis#9416: replies to clients that were unblocked in the turn missed the barrier which all others pass.',
    zoo: 'B02',
    file: 'src/engine/clients/session.ts',
    find: `        this.tellsOfData = true;
        if`,
    replace: `        this.tellsOfData = false;
        this.lastUnit = 0;
        if`,
    kills: ['P2', 'P4', 'P3'],
    profiles: any,
    needs: logAlways,
  },
  {
    id: 'served-wait-not-logged',
    title: 'What is popped for a client that waited is not logged',
    story:
      'The kin of lazily expired keys: a change that no client sent just then is made on a path of its own, and not logged there. A replay has the element still.',
    file: 'src/engine/clients/blocking.ts',
    find: `      journal.append(execution.unit);
      session`,
    replace: `      execution.unit.discard();
      session`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P8', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'blocking-pop-served-from-its-first-key',
    title: 'A client that waited is served, and the log says that the first key it named was popped',
    story:
      'What a blocking pop does is known only when it is served; a log that says it by the words of the command pops another key, or none.',
    file: 'src/commands/blocking-lists.ts',
    find: `context.effects.command(end === 'LEFT' ? 'LPOP' : 'RPOP', argv.bytes(i));`,
    replace: `context.effects.command(end === 'LEFT' ? 'LPOP' : 'RPOP', argv.bytes(1));`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P8', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'wait-that-never-ends',
    title: 'A client that waits for a key is never told that its time is over',
    story: 'Liveness by omission: nobody else ever notices, and the client sits there for good.',
    file: 'src/engine/clients/blocking.ts',
    find: `waiting.timer = this.#engine.host.clock.after(wait.timeoutMs, () => this.#timeOut(waiting));`,
    replace: ``,
    kills: ['P21'],
    profiles: any,
  },
];
