/** Law: a log shows as one what was one, and nothing else. */
import { expect, test } from 'vitest';
import { ByteWriter, latin1Text } from '../../../../src/bytes/index.ts';
import { Unit } from '../../../../src/engine/journal/unit.ts';
import { Argv } from '../../../../src/resp/index.ts';

/** The words of what the unit writes to a log that stands at database 0. */
function sealed(unit: Unit): string {
  const log = new ByteWriter();
  unit.seal(log, 0);
  return latin1Text(log.buffer, 0, log.length)
    .split('\r\n')
    .filter((line) => !/^[*$]/.test(line))
    .join(' ')
    .trim();
}

function begun(): Unit {
  const unit = new Unit();
  unit.enter(new Argv(), 0);
  return unit;
}

test('several effects are a transaction, one is none', () => {
  const unit = begun();
  unit.command('SET', 'a', '1');
  expect(sealed(unit)).toBe('SET a 1');
  unit.command('SET', 'a', '1');
  unit.command('DEL', 'b');
  expect(sealed(unit)).toBe('MULTI SET a 1 DEL b EXEC');
});

test('effects that each stand for themselves are none, unless one stands among them that does not', () => {
  const unit = begun();
  unit.apart('DEL', 'a');
  unit.apart('DEL', 'b');
  expect(sealed(unit)).toBe('DEL a DEL b');
  unit.apart('DEL', 'a');
  unit.command('SET', 'b', '1');
  unit.apart('DEL', 'c');
  expect(sealed(unit)).toBe('MULTI DEL a SET b 1 DEL c EXEC');
  unit.apart('DEL', 'a');
  unit.discard();
  unit.command('SET', 'a', '1');
  unit.command('SET', 'b', '1');
  expect(sealed(unit)).toBe('MULTI SET a 1 SET b 1 EXEC');
});
