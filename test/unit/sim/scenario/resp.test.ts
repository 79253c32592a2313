/** RESP2 as the judge speaks it: what is encoded is what the protocol says, and replies do not depend on where they are cut. */
import { expect, test } from 'vitest';
import type { Reply } from '../../../../sim/oracle/reply.ts';
import { encodeCommand, encodeCommands, ReplyError, ReplyParser } from '../../../../sim/scenario/resp.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function parse(pieces: readonly Uint8Array[]): Reply[] {
  const parser = new ReplyParser();
  const replies: Reply[] = [];
  for (const piece of pieces) parser.feed(piece, (reply) => replies.push(reply));
  expect(parser.idle).toBe(true);
  return replies;
}

test('commands are arrays of bulk strings, back to back', () => {
  const commands = [['PING'], ['SET', 'k\xff', 'x'.repeat(100)], ['GET', '']];
  const expected = commands
    .map((words) => `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`)
    .join('');
  expect(textOf(encodeCommands(commands))).toBe(expected);
  expect(textOf(encodeCommand(Array.from({ length: 10 }, () => 'a'.repeat(10))))).toBe(
    `*10\r\n${'$10\r\naaaaaaaaaa\r\n'.repeat(10)}`,
  );
  expect(encodeCommands([]).length).toBe(0);
});

test('replies are the same wherever their bytes are cut', () => {
  const long = 'y'.repeat(1234);
  const bytes = bytesOf(
    `+OK\r\n-ERR no\r\n:-12\r\n:1700000000000\r\n$-1\r\n$0\r\n\r\n$2\r\n\r\n\r\n$1234\r\n${long}\r\n*-1\r\n*0\r\n*2\r\n$1\r\na\r\n*1\r\n:7\r\n$0000001\r\nz\r\n`,
  );
  const expected = [
    { status: 'OK' },
    { error: 'ERR no' },
    -12,
    1_700_000_000_000,
    null,
    '',
    '\r\n',
    long,
    null,
    [],
    ['a', [7]],
    'z',
  ];
  expect(parse([bytes])).toEqual(expected);
  for (let cut = 0; cut <= bytes.length; cut++)
    expect(parse([bytes.slice(0, cut), bytes.slice(cut)])).toEqual(expected);
  expect(parse(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test.each(['$x\r\na\r\n', '$\r\n\r\n', '$1a\r\na\r\n', '$1\n\na\r\n', '*1.5\r\n', '$1\r\nab\r\n', '?\r\n'])(
  'what is no reply is refused: %j',
  (text) => {
    expect(() => new ReplyParser().feed(bytesOf(text), () => {})).toThrow(ReplyError);
  },
);
