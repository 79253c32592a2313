/** Mutants of scripts: what one of them writes is one unit of the log, to its end, whatever that is. */
import type { Mutant } from '../mutant.ts';
import { any, kills, log, plainLog } from './common.ts';

export const scriptMutants: readonly Mutant[] = [
  {
    id: 'script-effects-not-atomic',
    title: 'Each command of a script is logged as a unit of its own',
    story:
      'redis@37a10cef0 (2019) and redis#9890 for scripts: without MULTI and EXEC around its effects a cut between them leaves half a script.',
    zoo: 'B90',
    file: 'src/engine/scripts/script-call.ts',
    find: `this.#hasWritten ||= !execution.unit.isEmpty;`,
    replace: `this.#hasWritten ||= !execution.unit.isEmpty;
      if (!execution.unit.isEmpty) this.#engine.journal.append(execution.unit);`,
    kills: ['P1', 'P21', 'P11'],
    profiles: kills,
    needs: plainLog,
  },
  {
    id: 'failed-script-not-logged',
    title: 'What a script wrote before it failed is not logged',
    story:
      'A script is no transaction that is undone: what it did before its error stays in memory, so it must stay in the log.',
    zoo: 'B93',
    file: 'src/engine/scripts/scripts.ts',
    find: `reply.writer.bytes(machine.run(frameWords(request)));`,
    replace: `const answer = machine.run(frameWords(request));
    reply.writer.bytes(answer);
    if (answer[0] === 0x2d) this.#engine.execution.unit.discard();`,
    kills: ['P1', 'P2', 'P3', 'P4', 'P8', 'P11'],
    profiles: any,
    needs: log,
  },
  {
    id: 'script-leaves-its-database-selected',
    title: 'The database that a script selects stays selected for its client',
    story:
      'redis 2.8.12 made the SELECT of a script its own; what its client writes next goes elsewhere else.',
    file: 'src/engine/scripts/scripts.ts',
    find: `    session.dbIndex = dbIndex;
`,
    replace: ``,
    kills: ['P21', 'P1'],
    profiles: any,
  },
  {
    id: 'databases-of-a-script-not-told-apart',
    title: 'The effects of a script in another database are logged for the one it began in',
    story: 'As select-lost-at-the-file-boundary, inside of a unit: its effects may be of several databases.',
    zoo: 'B95',
    file: 'src/engine/journal/unit.ts',
    find: `else if (this.#lastDb !== this.#dbIndex) encodeCommand(this.#body, ['SELECT', this.#dbIndex]);`,
    replace: ``,
    kills: ['P1', 'P2', 'P3', 'P4', 'P8', 'P11'],
    profiles: any,
    needs: log,
  },
];
