import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/bytes/index.ts';
import {
  Argv,
  clientLimits,
  encodeCommand,
  logLimits,
  ProtocolError,
  RequestParser,
} from '../../../src/resp/index.ts';
import type { RequestLimits } from '../../../src/resp/index.ts';

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const words = (argv: Argv) =>
  Array.from({ length: argv.count }, (_, i) => Buffer.from(argv.bytes(i)).toString('latin1'));

/** Feeds the pieces as a session does and gives what came of them. */
function parse(
  pieces: readonly Uint8Array[],
  { dialect = 'client', limits = {} }: { dialect?: 'client' | 'log'; limits?: Partial<RequestLimits> } = {},
): { commands: string[][]; raws: (string | undefined)[]; error?: string; offset: number; pending: number } {
  const parser = new RequestParser(dialect, { ...(dialect === 'log' ? logLimits : clientLimits), ...limits });
  const argv = new Argv();
  const commands: string[][] = [];
  const raws: (string | undefined)[] = [];
  try {
    for (const piece of pieces) {
      const own = piece.slice();
      parser.push(own);
      while (parser.next(argv) === 'command') {
        commands.push(words(argv));
        raws.push(
          argv.rawStart < 0
            ? undefined
            : Buffer.from(argv.buffer.subarray(argv.rawStart, argv.rawEnd)).toString('latin1'),
        );
        const clone = argv.clone();
        expect(words(clone)).toEqual(words(argv));
      }
      // The caller may use his piece again.
      own.fill(0xee);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { commands, raws, error: error.message, offset: error.offset, pending: 0 };
  }
  return { commands, raws, offset: parser.offset, pending: parser.pendingBytes };
}

/** Every way to cut in two, and all single bytes. */
function cuts(bytes: Uint8Array): Uint8Array[][] {
  const ways = [[bytes], Array.from(bytes, (byte) => Uint8Array.of(byte))];
  for (let i = 1; i < bytes.length; i++) ways.push([bytes.subarray(0, i), bytes.subarray(i)]);
  return ways;
}

const word = fc.uint8Array({ maxLength: 12 });
const command = fc.array(word, { minLength: 1, maxLength: 5 });

describe('RequestParser', () => {
  test('commands survive any cut, and are logged as they came', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 4 }),
        fc.constantFrom('client', 'log'),
        (commands, dialect) => {
          const writer = new ByteWriter();
          const raws = commands.map((parts) => {
            const from = writer.length;
            encodeCommand(writer, parts);
            return Buffer.from(writer.buffer.slice(from, writer.length)).toString('latin1');
          });
          const expected = commands.map((parts) => parts.map((part) => Buffer.from(part).toString('latin1')));
          for (const pieces of cuts(writer.copy())) {
            const got = parse(pieces, { dialect });
            expect(got).toEqual({ commands: expected, raws, offset: writer.length, pending: 0 });
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('any bytes give the same commands and the same error however they are cut', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .array(
          fc.constantFrom(
            '*',
            '$',
            '\r\n',
            '\n',
            '\r',
            '1',
            '2',
            '0',
            '-1',
            '3',
            'abc',
            '"',
            "'",
            ' ',
            '\\',
            'x',
          ),
          { maxLength: 20 },
        )
        .map((parts) => latin1(parts.join(''))),
    );
    fc.assert(
      fc.property(bytes, fc.constantFrom('client', 'log'), (input, dialect) => {
        const whole = parse([input], { dialect });
        for (const pieces of cuts(input)) expect(parse(pieces, { dialect })).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test('any byte of a command changed gives an error or commands, never a hang', () => {
    const writer = new ByteWriter();
    encodeCommand(writer, ['SET', 'key', 'value']);
    encodeCommand(writer, ['GET', 'key']);
    const good = writer.copy();
    for (let i = 0; i < good.length; i++) {
      for (let value = i % 5; value < 256; value += 5) {
        const bad = good.slice();
        bad[i] = value;
        for (const dialect of ['client', 'log'] as const) {
          const got = parse([bad], { dialect });
          expect(got.offset).toBeLessThanOrEqual(bad.length);
        }
      }
    }
  });

  test('an Argv that replaces another half-way gets the whole command', () => {
    const parser = new RequestParser();
    const bytes = latin1('*2\r\n$3\r\nGET\r\n$1\r\nk\r\n');
    parser.push(bytes.subarray(0, 15));
    expect(parser.next(new Argv())).toBe('need-more');
    parser.push(bytes.subarray(15));
    const argv = new Argv();
    expect(parser.next(argv)).toBe('command');
    expect(words(argv)).toEqual(['GET', 'k']);
  });

  test('inline commands', () => {
    const got = parse([latin1('PING\r\n\r\n\n  set "a b" \'c\' ""\nGET *1\r\n*1\r\n$4\r\nPING\r\nQUIT')]);
    expect(got.commands).toEqual([['PING'], ['set', 'a b', 'c', ''], ['GET', '*1'], ['PING']]);
    expect(got.raws).toEqual([undefined, undefined, undefined, '*1\r\n$4\r\nPING\r\n']);
    expect(got.pending).toBe(4);
  });

  test('empty and negative arrays are skipped by clients, and errors in a log', () => {
    const input = latin1('*0\r\n*-1\r\n*-10\r\n*1\r\n$4\r\nPING\r\n');
    expect(parse([input]).commands).toEqual([['PING']]);
    expect(parse([input], { dialect: 'log' }).error).toBe('Protocol error: invalid multibulk length');
  });

  test('line ends that Redis does not look at: read from clients, but not as canonical; errors in a log', () => {
    const input = latin1('*1\r\n$4\r\nPINGxx*1\rx$4\r\nPING\r\n');
    expect(parse([input])).toMatchObject({ commands: [['PING'], ['PING']], raws: [undefined, undefined] });
    expect(parse([input], { dialect: 'log' }).error).toMatch(/CRLF/);
  });

  const long = 'A'.repeat(65 * 1024);
  test.each([
    ['*x\r\n', 'invalid multibulk length'],
    ['*1048577\r\n', 'invalid multibulk length'],
    ['*3000000000\r\n', 'invalid multibulk length'],
    ['*01\r\n', 'invalid multibulk length'],
    ['*\r\n', 'invalid multibulk length'],
    ['*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n', "expected '$', got 'f'"],
    ['*1\r\n\x00', "expected '$', got '\\x00'"],
    ['*1\r\n$-10\r\n', 'invalid bulk length'],
    ['*1\r\n$blabla\r\n', 'invalid bulk length'],
    ['*1\r\n$536870913\r\n', 'invalid bulk length'],
    ['*1\r\n$9999999999999999999999\r\n', 'invalid bulk length'],
    ['set """test-key""" v\r\n', 'unbalanced quotes in request'],
    [long, 'too big inline request'],
    [`*${long}`, 'too big mbulk count string'],
    [`*1\r\n$${long}`, 'too big bulk count string'],
  ])('refuses %.20j: %s', (text, message) => {
    const input = latin1(text);
    expect(parse([input]).error).toBe(`Protocol error: ${message}`);
    expect(parse([input.subarray(0, 3), input.subarray(3)]).error).toBe(`Protocol error: ${message}`);
  });

  test('the error of a later command names where that begins', () => {
    expect(parse([latin1('*1\r\n$4\r\nPING\r\n*1\r\n?')])).toMatchObject({
      commands: [['PING']],
      offset: 14,
    });
  });

  test('announced lengths allocate nothing', () => {
    const parser = new RequestParser();
    const argv = new Argv();
    const before = process.memoryUsage().arrayBuffers;
    parser.push(latin1('*1000000\r\n$500000000\r\nabc'));
    expect(parser.next(argv)).toBe('need-more');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  test('a long word in many pieces', () => {
    const value = new Uint8Array(3_000_000).map((_, i) => i * 7);
    const writer = new ByteWriter();
    encodeCommand(writer, ['SET', 'k', value]);
    encodeCommand(writer, ['PING']);
    const parser = new RequestParser();
    const argv = new Argv();
    const seen: number[] = [];
    for (let i = 0; i < writer.length; i += 10_007) {
      parser.push(writer.buffer, i, Math.min(i + 10_007, writer.length));
      while (parser.next(argv) === 'command') {
        seen.push(argv.count);
        if (argv.count === 3) expect(Buffer.compare(argv.bytes(2), value)).toBe(0);
      }
    }
    expect(seen).toEqual([3, 1]);
  });

  test('lines of a log', () => {
    const parser = new RequestParser('log');
    const argv = new Argv();
    parser.push(latin1('#TS:1\r\n*1\r\n$4\r\nPING\r\n#x'));
    expect(parser.peek()).toBe(0x23);
    expect(parser.takeLine(1024)).toBe('#TS:1');
    expect(parser.next(argv)).toBe('command');
    expect(parser.takeLine(1024)).toBeUndefined();
    parser.push(latin1('y\n'));
    expect(parser.takeLine(1024)).toBe('#xy');
    expect(parser.peek()).toBe(-1);
    parser.push(latin1('#123456'));
    expect(() => parser.takeLine(5)).toThrow(ProtocolError);
  });
});

describe('Argv', () => {
  test('of words, compared and shown', () => {
    const argv = Argv.of(['Set', latin1('k\xff'), '']);
    expect(argv.count).toBe(3);
    expect(argv.is(0, 'SET')).toBe(true);
    expect(argv.is(0, 'sEt')).toBe(true);
    expect(argv.is(0, 'GET')).toBe(false);
    expect(argv.is(0, 'SETX')).toBe(false);
    expect(argv.text(0)).toBe('Set');
    expect(argv.lowerText(0)).toBe('set');
    expect(argv.text(1)).toBe('k\xff');
    expect(argv.length(2)).toBe(0);
    expect(argv.rawStart).toBe(-1);
  });

  test('comparison without case knows letters from signs', () => {
    expect(Argv.of(['@']).is(0, '`')).toBe(false);
    expect(Argv.of(['[']).is(0, '{')).toBe(false);
  });
});
