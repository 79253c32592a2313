/** The table of commands: every one is found by its bytes, in any case, and nothing else is. */
import { expect, test } from 'vitest';
import { keyspaceCommands, lookup } from '../../../src/commands/table.ts';
import { Argv } from '../../../src/resp/index.ts';

test('each command is found by its name in any case', () => {
  for (const [name, command] of keyspaceCommands) {
    expect(command.name).toBe(name);
    for (const word of [name, name.toUpperCase(), name[0]!.toUpperCase() + name.slice(1)]) {
      expect(lookup(Argv.of([word, 'x']))).toBe(command);
    }
  }
});

test('what only looks like a name is not one', () => {
  for (const word of ['', 'ge', 'gett', 'g\x45t\0', 'GE\x14', '\x07et', 'unknown', 'x'.repeat(10_000)]) {
    expect(lookup(Argv.of([word]))).toBeUndefined();
  }
});

test('keys lie inside the words, and nothing both reads and writes', () => {
  const wrong = [...keyspaceCommands.values()].filter(({ arity, flags, keys: [first, last, step] }) => {
    const areInside = first < Math.abs(arity) && (last < 0 || last >= first) && step > 0;
    const areNone = first === 0 && last === 0 && step === 0;
    return !(areInside || areNone) || (flags.includes('write') && flags.includes('readonly'));
  });
  expect(wrong).toEqual([]);
});
