/** A listpack read on its own terms: nothing of src is used. */
import assert from 'node:assert/strict';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export function readListpack(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  assert.equal(view.getUint32(0, true), bytes.length);
  assert.equal(bytes.at(-1), 0xff);
  const elements: string[] = [];
  let at = 6;
  while (bytes[at] !== 0xff) {
    const start = at;
    const first = bytes[at]!;
    if (first < 0x80) {
      elements.push(String(first));
      at += 1;
    } else if (first < 0xc0) {
      at += 1 + (first & 63);
      elements.push(text(bytes.slice(start + 1, at)));
    } else if (first < 0xe0) {
      const value = ((first & 31) << 8) | bytes[at + 1]!;
      elements.push(String(value >= 4096 ? value - 8192 : value));
      at += 2;
    } else if (first < 0xf0) {
      at += 2 + (((first & 15) << 8) | bytes[at + 1]!);
      elements.push(text(bytes.slice(start + 2, at)));
    } else if (first === 0xf0) {
      at += 5 + view.getUint32(at + 1, true);
      elements.push(text(bytes.slice(start + 5, at)));
    } else {
      const width = { 0xf1: 2, 0xf2: 3, 0xf3: 4, 0xf4: 8 }[first]!;
      let value = 0n;
      for (let i = width; i > 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
      elements.push(String(BigInt.asIntN(width * 8, value)));
      at += 1 + width;
    }
    const body = at - start;
    const groups = body <= 127 ? 1 : body < 16_383 ? 2 : body < 2_097_151 ? 3 : body < 268_435_455 ? 4 : 5;
    let back = 0;
    for (let i = 0; i < groups; i++) {
      assert.equal(bytes[at]! >= 0x80, i > 0, 'all groups of a backlen but the first are marked');
      back = back * 128 + (bytes[at++]! & 0x7f);
    }
    assert.equal(back, body);
  }
  assert.equal(at, bytes.length - 1);
  assert.equal(view.getUint16(4, true), Math.min(elements.length, 65_535));
  return elements;
}
