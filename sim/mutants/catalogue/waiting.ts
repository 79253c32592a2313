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
    id: 'stream-reader-unblocked-at-once',
    title: 'Who waited with XREAD or XREADGROUP is answered before the entry is durable',
    story:
      'redis#9678 on the path of streams: who reads changes nothing, or so it seems, and waits for nothing of its own.',
    zoo: 'B02',
    file: 'src/engine/clients/session.ts',
    find: `        this.tellsOfData = true;
        if`,
    replace: `        this.tellsOfData = !this.lastCommand.startsWith('xread');
        if (!this.tellsOfData) this.lastUnit = 0;
        if`,
    kills: ['P2', 'P4', 'P3'],
    profiles: any,
    needs: logAlways,
  },
  {
    id: 'served-by-what-fills-the-buffer',
    title:
      'A client that waited is told of an entry that has filled the buffer of the log, before that is written',
    story:
      'Ours, found when streams could be waited for: while the log takes nothing reads depend on nobody, and who is served by the very write after which it takes nothing counted as such a read.',
    zoo: 'B02',
    file: 'src/engine/clients/blocking.ts',
    find: `waiting.session.lastUnit = this.#engine.journal.appended;`,
    replace: ``,
    kills: ['P4', 'P3'],
    profiles: ['proc-kill', 'posix-strict'],
    needs: { ...log, appendfsyncs: ['everysec', 'no'] },
  },
  {
    id: 'wait-from-where-it-is-served',
    title: 'XREAD that waits behind $ is served with what comes behind the entry that serves it',
    story: 'What $ stands for is settled when the wait begins; looked up again it is the entry itself.',
    file: 'src/commands/stream-reads.ts',
    find: `    return position === 'new' ? '>' : streamIdText(position);`,
    replace: `    return position === 'new' ? '>' : argv.bytes(keyIndex + request.keys + i);`,
    kills: ['P21'],
    profiles: any,
  },
  {
    id: 'served-wait-not-logged',
    title: 'What is popped for a client that waited is not logged',
    story:
      'The kin of lazily expired keys: a change that no client sent just then is made on a path of its own, and not logged there. A replay has the element still.',
    file: 'src/engine/clients/blocking.ts',
    find: `if (!execution.unit.isEmpty) journal.append(execution.unit);`,
    replace: `execution.unit.discard();`,
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
