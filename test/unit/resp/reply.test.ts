import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/bytes/index.ts';
import { ReplyParser, ReplyWriter } from '../../../src/resp/index.ts';
import type { Reply } from '../../../src/resp/index.ts';

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

function written(protocol: 2 | 3, write: (reply: ReplyWriter) => void): string {
  const writer = new ByteWriter(0);
  write(new ReplyWriter(writer, protocol));
  return Buffer.from(writer.view()).toString('latin1');
}

describe('ReplyWriter', () => {
  test.each<[string, (reply: ReplyWriter) => void, string, string?]>([
    ['ok', (r) => r.ok(), '+OK\r\n'],
    ['queued', (r) => r.queued(), '+QUEUED\r\n'],
    ['simple', (r) => r.simple('a\r\nb'), '+a  b\r\n'],
    ['error', (r) => r.error('ERR a\nb'), '-ERR a b\r\n'],
    ['integer', (r) => r.integer(-5), ':-5\r\n'],
    ['zero and one', (r) => (r.integer(0), r.integer(1)), ':0\r\n:1\r\n'],
    ['64-bit integer', (r) => r.integer(2n ** 63n - 1n), ':9223372036854775807\r\n'],
    ['bulk range', (r) => r.bulk(latin1('xabcx'), 1, 4), '$3\r\nabc\r\n'],
    ['bulk text', (r) => r.bulkText('abcdefghijk'), '$11\r\nabcdefghijk\r\n'],
    ['bulk integer', (r) => r.bulkInteger(-42), '$3\r\n-42\r\n'],
    ['nil', (r) => r.nil(), '$-1\r\n', '_\r\n'],
    ['nil array', (r) => r.nilArray(), '*-1\r\n', '_\r\n'],
    ['array', (r) => r.array(10), '*10\r\n'],
    ['map', (r) => r.map(5), '*10\r\n', '%5\r\n'],
    ['set', (r) => r.set(2), '*2\r\n', '~2\r\n'],
    ['push', (r) => r.push(3), '*3\r\n', '>3\r\n'],
    ['double', (r) => r.double(0.5), '$3\r\n0.5\r\n', ',0.5\r\n'],
    ['boolean', (r) => (r.boolean(true), r.boolean(false)), ':1\r\n:0\r\n', '#t\r\n#f\r\n'],
    ['verbatim', (r) => r.verbatim('ab'), '$2\r\nab\r\n', '=6\r\ntxt:ab\r\n'],
    ['bulk in parts', (r) => (r.beginBulk(2), r.writer.latin1('ab'), r.endBulk()), '$2\r\nab\r\n'],
  ])('%s', (_, write, resp2, resp3 = resp2) => {
    expect(written(2, write)).toBe(resp2);
    expect(written(3, write)).toBe(resp3);
  });
});

const line = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '-', '\xff'), maxLength: 8 });
const { reply: anyReply } = fc.letrec<{ reply: Reply }>((tie) => ({
  reply: fc.oneof(
    { depthSize: 'small' },
    fc.record({ type: fc.constantFrom('simple' as const, 'error' as const), text: line }),
    fc.record({
      type: fc.constant('integer' as const),
      value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    }),
    fc.record({ type: fc.constant('bulk' as const), bytes: fc.uint8Array({ maxLength: 12 }) }),
    fc.constant({ type: 'nil' as const }),
    fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
    fc.record({ type: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
    fc.record({
      type: fc.constantFrom('array' as const, 'set' as const, 'push' as const),
      items: fc.array(tie('reply'), { maxLength: 3 }),
    }),
    fc.record({
      type: fc.constant('map' as const),
      entries: fc.array(fc.tuple(tie('reply'), tie('reply')), { maxLength: 2 }),
    }),
  ),
}));

function write(writer: ReplyWriter, reply: Reply): void {
  switch (reply.type) {
    case 'simple':
      return writer.simple(reply.text);
    case 'error':
      return writer.error(reply.text);
    case 'integer':
      return writer.integer(reply.value);
    case 'bulk':
      return writer.bulk(reply.bytes);
    case 'nil':
      return writer.nil();
    case 'boolean':
      return writer.boolean(reply.value);
    case 'double':
      return writer.double(reply.value);
    case 'map':
      writer.map(reply.entries.length);
      for (const [key, value] of reply.entries) {
        write(writer, key);
        write(writer, value);
      }
      return;
    case 'array':
    case 'set':
    case 'push':
      writer[reply.type](reply.items.length);
      for (const item of reply.items) write(writer, item);
      return;
    case 'bignumber':
    case 'verbatim':
      throw new Error('not made here');
  }
}

describe('ReplyParser', () => {
  test('reads what the writer writes, cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(anyReply, { maxLength: 3 }), fc.nat(), (replies, seed) => {
        const writer = new ByteWriter();
        const out = new ReplyWriter(writer, 3);
        for (const reply of replies) write(out, reply);
        const bytes = writer.copy();
        const cut = bytes.length === 0 ? 0 : seed % bytes.length;
        for (const pieces of [
          [bytes.subarray(0, cut), bytes.subarray(cut)],
          Array.from(bytes, (byte) => Uint8Array.of(byte)),
        ]) {
          const parser = new ReplyParser();
          const got: Reply[] = [];
          for (const piece of pieces) {
            parser.push(piece);
            got.push(...parser.all());
          }
          expect(got).toEqual(replies);
        }
      }),
    );
  });

  test('reads RESP2 nils, verbatim text, big errors, and drops attributes', () => {
    const parser = new ReplyParser();
    parser.push(latin1('$-1\r\n*-1\r\n=6\r\ntxt:ab\r\n!5\r\nERR x\r\n|1\r\n+a\r\n:1\r\n:2\r\n(12\r\n'));
    expect(parser.all()).toEqual([
      { type: 'nil' },
      { type: 'nil' },
      { type: 'verbatim', format: 'txt', bytes: latin1('ab') },
      { type: 'error', text: 'ERR x' },
      { type: 'integer', value: 2n },
      { type: 'bignumber', text: '12' },
    ]);
  });

  test.each([
    'x\r\n',
    ':1a\r\n',
    '$x\r\n',
    '$-2\r\n',
    '*-2\r\n',
    '$1\r\nab\r\n',
    '#x\r\n',
    '+a\n',
    '=2\r\nab\r\n',
  ])('refuses %j', (text) => {
    const parser = new ReplyParser();
    parser.push(latin1(text));
    expect(() => parser.all()).toThrow(/RESP reply/);
  });
});
