import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AofItem, readAof, writeAof } from '../../../src/codecs/aof.ts';
import { writeRdb } from '../../../src/codecs/rdb.ts';
import { gather } from '../../support/gather.ts';
import { latin1 } from '../rdb/contents.ts';

const bytesOf = async (source: AsyncIterable<Uint8Array>) =>
  Uint8Array.from(Buffer.concat(await gather(source)));

function cut(bytes: Uint8Array, pieceBytes: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.slice(at, at + pieceBytes));
  return pieces;
}

const anyItem: fc.Arbitrary<AofItem> = fc.oneof(
  fc.record({
    kind: fc.constant('command' as const),
    words: fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('annotation' as const),
    text: fc.constantFrom('#', '#TS:1790000000', '#lightsout x'),
  }),
);

test('what was written is read again, at the places where it stands, however the file is cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyItem, { maxLength: 20 }),
      fc.integer({ min: 1, max: 300 }),
      async (items, pieceBytes) => {
        const file = await bytesOf(writeAof(items));
        const read = await gather(readAof(cut(file, pieceBytes)));
        expect(read.map(({ offset: _, endOffset: __, ...item }: Record<string, unknown>) => item)).toEqual(
          items,
        );
        let end = 0;
        for (const entry of read) {
          if (!('endOffset' in entry)) throw new Error(`an entry '${entry.kind}'`);
          expect(entry.offset).toBe(end);
          end = entry.endOffset;
        }
        expect(end).toBe(file.length);
      },
    ),
    { numRuns: 100 },
  );
});

test('an RDB at the beginning comes as its entries, and the commands behind it with offsets in the file', async () => {
  const rdb = await bytesOf(writeRdb([{ kind: 'string', key: latin1('k'), value: latin1('v') }]));
  const command = await bytesOf(writeAof([{ kind: 'command', words: ['DEL', 'k'] }]));
  const file = Uint8Array.from([...rdb, ...command]);
  for (const pieceBytes of [1, 3, 7, file.length]) {
    const read = await gather(readAof(cut(file, pieceBytes)));
    expect(read.flatMap((entry) => (entry.kind === 'rdb' ? [entry.entry.kind] : []))).toEqual([
      'header',
      'string',
      'eof',
    ]);
    expect(read.at(-1)).toMatchObject({ kind: 'command', offset: rdb.length, endOffset: file.length });
  }
});

test('a file cut anywhere is torn where its last item begins, or ends between two', async () => {
  const items: AofItem[] = [
    { kind: 'command', words: ['SET', 'k', 'v'] },
    { kind: 'annotation', text: '#TS:1790000000' },
    { kind: 'command', words: ['DEL', 'k'] },
  ];
  const file = await bytesOf(writeAof(items));
  const ends = [
    0,
    ...(await gather(readAof([file]))).map((entry) => ('endOffset' in entry ? entry.endOffset : -1)),
  ];
  for (let length = 0; length < file.length; length++) {
    const offset = ends.filter((end) => end <= length).at(-1)!;
    const pieces = [file.slice(0, length)];
    const last = (await gather(readAof(pieces, { allowTorn: true }))).at(-1);
    if (offset === length) {
      expect(last?.kind).not.toBe('torn');
    } else {
      expect(last).toEqual({ kind: 'torn', offset, bytes: length - offset });
      await expect(gather(readAof(pieces))).rejects.toThrow(new RegExp(`begins at offset ${offset}$`));
    }
  }
});

test('what Redis would not read back is not written', async () => {
  for (const text of ['no mark', '#two\r\nlines', `#${'x'.repeat(1022)}`, '#\u0416'])
    await expect(gather(writeAof([{ kind: 'annotation', text }]))).rejects.toMatchObject({
      code: 'CONFIG',
    });
  await expect(gather(writeAof([{ kind: 'command', words: [] }]))).rejects.toThrow(/without words/);
  expect(
    await gather(readAof(writeAof([{ kind: 'annotation', text: `#${'x'.repeat(1021)}` }]))),
  ).toHaveLength(1);
});
