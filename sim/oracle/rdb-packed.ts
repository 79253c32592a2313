/** The packed small collections of an RDB file, intset and listpack, from the string that holds one to its elements. */
import type { RdbCursor } from './rdb-cursor.ts';
import { putText, textOf } from './text.ts';

/** @throws RdbDecodeError */
export function readIntset(rdb: RdbCursor): string[] {
  const blob = bytesOf(rdb.string());
  const view = new DataView(blob.buffer);
  if (blob.length < 8) rdb.fail('intset without a header');
  const width = view.getUint32(0, true);
  const count = view.getUint32(4, true);
  if (![2, 4, 8].includes(width) || blob.length !== 8 + width * count) rdb.fail('intset of a wrong size');
  const items: string[] = [];
  for (let at = 8; at < blob.length; at += width) {
    if (width === 2) items.push(String(view.getInt16(at, true)));
    else if (width === 4) items.push(String(view.getInt32(at, true)));
    else items.push(String(view.getBigInt64(at, true)));
  }
  return items;
}

/** Its elements, integers as their decimal text. @throws RdbDecodeError */
export function readListpack(rdb: RdbCursor): string[] {
  const blob = bytesOf(rdb.string());
  const view = new DataView(blob.buffer);
  if (blob.length < 7 || view.getUint32(0, true) !== blob.length) rdb.fail('listpack of a wrong size');
  const items: string[] = [];
  let at = 6;
  while (blob[at] !== 0xff) {
    if (at >= blob.length - 1) rdb.fail('listpack without an end');
    const start = at;
    const head = blob[at]!;
    let text = 0;
    if (at + headBytes(head) >= blob.length) rdb.fail('listpack entry beyond its end');
    if (head < 0x80) {
      items.push(String(head));
      at += 1;
    } else if (head < 0xc0) {
      text = head & 0x3f;
      at += 1;
    } else if (head < 0xe0) {
      const raw = ((head & 0x1f) << 8) | blob[at + 1]!;
      items.push(String(raw >= 0x1000 ? raw - 0x2000 : raw));
      at += 2;
    } else if (head < 0xf0) {
      text = ((head & 0x0f) << 8) | blob[at + 1]!;
      at += 2;
    } else if (head === 0xf0) {
      text = view.getUint32(at + 1, true);
      at += 5;
    } else if (head === 0xf1) {
      items.push(String(view.getInt16(at + 1, true)));
      at += 3;
    } else if (head === 0xf2) {
      items.push(String((view.getInt8(at + 3) << 16) | view.getUint16(at + 1, true)));
      at += 4;
    } else if (head === 0xf3) {
      items.push(String(view.getInt32(at + 1, true)));
      at += 5;
    } else if (head === 0xf4) {
      items.push(String(view.getBigInt64(at + 1, true)));
      at += 9;
    } else {
      rdb.fail(`listpack entry ${head}`);
    }
    if ((head >= 0x80 && head < 0xc0) || (head >= 0xe0 && head <= 0xf0)) {
      if (at + text > blob.length) rdb.fail('listpack string beyond its end');
      items.push(textOf(blob, at, at + text));
      at += text;
    }
    at += backLengthBytes(at - start);
  }
  if (at !== blob.length - 1) rdb.fail('bytes after the end of a listpack');
  const count = view.getUint16(4, true);
  if (count !== 0xffff && count !== items.length)
    rdb.fail(`listpack of ${items.length} entries that claims ${count}`);
  return items;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  putText(text, bytes, 0);
  return bytes;
}

/** How many bytes of an entry stand before its text; an integer is all head. */
function headBytes(head: number): number {
  if (head < 0xc0) return 1;
  if (head < 0xf0) return 2;
  return [5, 3, 4, 5, 9][head - 0xf0] ?? 1;
}

/** How many bytes the length of an entry of that size takes behind it. */
function backLengthBytes(size: number): number {
  if (size <= 127) return 1;
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  return size < 268435455 ? 4 : 5;
}
