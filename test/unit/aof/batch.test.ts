/** The header of a batch: what is sealed is read back, and whatever is not exactly a header is none. */
import { expect, test } from 'vitest';
import {
  batchHeaderBytes,
  isBatchBody,
  parseBatchHeader,
  reserveBatchHeader,
  sealBatch,
} from '../../../src/aof/batch.ts';
import { ByteWriter, latin1Bytes } from '../../../src/bytes/index.ts';

const sample = '#lightsout s=0000000042 n=0000000177 h=5c3e10f2 d=000000004096\r\n';

test('a sealed header is read back', () => {
  for (const [sequence, durableBytes] of [
    [1, 0],
    [42, 4096],
    [9_999_999_999, 999_999_999_999],
  ] as const) {
    const writer = new ByteWriter(16);
    reserveBatchHeader(writer);
    writer.bytes(latin1Bytes('*1\r\n$4\r\nPING\r\n'));
    sealBatch(writer, { key: 7, offset: 64 }, sequence, durableBytes);
    const header = parseBatchHeader(writer.buffer, 0)!;
    expect(header).toMatchObject({ sequence, durableBytes, lengthBytes: 14 });
    expect(isBatchBody(header, { key: 7, offset: 64 }, writer.buffer, batchHeaderBytes)).toBe(true);
  }
});

test('the numbers stand where the format says', () => {
  const bytes = latin1Bytes(`xyz${sample}`);
  expect(parseBatchHeader(bytes, 3)).toEqual({
    sequence: 42,
    lengthBytes: 177,
    hash: 0x5c3e10f2,
    durableBytes: 4096,
  });
  expect(parseBatchHeader(bytes.subarray(0, -1), 3)).toBeUndefined();
});

test('any byte may be changed to what the regular expression of the format takes, and to nothing else', () => {
  const form = /^#lightsout s=\d{10} n=\d{10} h=[0-9a-f]{8} d=\d{12}\r\n$/;
  const bytes = latin1Bytes(sample);
  const wrong: string[] = [];
  for (let at = 0; at < batchHeaderBytes; at++) {
    for (let byte = 0; byte < 256; byte++) {
      const other = bytes.slice();
      other[at] = byte;
      const isHeader = form.test(String.fromCharCode(...other));
      if ((parseBatchHeader(other, 0) !== undefined) !== isHeader) wrong.push(`byte ${byte} at ${at}`);
    }
  }
  expect(wrong).toEqual([]);
});
