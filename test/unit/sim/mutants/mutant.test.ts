import { describe, expect, test } from 'vitest';
import { BadMutantError, parseMutants } from '../../../../sim/mutants/mutant.ts';

const good = {
  id: 'reply-before-fsync',
  title: 'A reply leaves before its fsync',
  story: 'redis@75987431f',
  file: 'src/engine/journal/journal.ts',
  find: 'file.synced',
  replace: 'file.written',
  kills: ['P2'],
  profiles: ['posix-strict'],
};

describe('mutants from a file', () => {
  test('are read', () => {
    expect(parseMutants([good])).toEqual([{ ...good, needsPowerLoss: false, planted: false }]);
    expect(
      parseMutants([
        { ...good, zoo: 'B01', needs: { appendfsyncs: ['always'], aofChecksum: false }, replace: '' },
      ]),
    ).toMatchObject([{ zoo: 'B01', needs: { appendfsyncs: ['always'], aofChecksum: false }, replace: '' }]);
  });

  test.each([
    ['no array', good, 'expected an array'],
    ['no object', [7], 'mutant 1: expected an object'],
    ['the same id twice', [good, good], "mutant 2: the id 'reply-before-fsync' is taken already"],
    ['an unknown member', [{ ...good, fidn: 'x' }], "mutant 1: no member is called 'fidn'"],
    ['an empty find', [{ ...good, find: '' }], 'find must be a non-empty string'],
    ['find and replace alike', [{ ...good, replace: good.find }], 'find and replace are the same'],
    ['a file outside of src', [{ ...good, file: '../etc/passwd' }], "file is '../etc/passwd'"],
    ['an id with spaces', [{ ...good, id: 'reply before' }], "the id 'reply before'"],
    ['nothing that kills', [{ ...good, kills: [] }], 'kills is empty'],
    ['an unknown need', [{ ...good, needs: { persistence: ['aof'] } }], "no member is called 'persistence'"],
    ['a flag that is none', [{ ...good, planted: 'yes' }], 'planted must be true or false'],
  ])('with %s are refused', (_, json, message) => {
    expect(() => parseMutants(json)).toThrow(BadMutantError);
    expect(() => parseMutants(json)).toThrow(message);
  });
});
