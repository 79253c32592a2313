/** A stream's value as type 19 has it, from the view of it: for DUMP. A file is written from the pages themselves. */
import type { ByteWriter } from '../bytes/index.ts';
import type { StreamView } from '../data/index.ts';
import { writeLength, writeString } from './string.ts';

const half = (1n << 64n) - 1n;

export function writeStream(into: ByteWriter, stream: StreamView, compress: boolean): void {
  const nodes: { readonly id: bigint; readonly listpack: Uint8Array }[] = [];
  stream.forEachNode((id, bytes, start, end) => void nodes.push({ id, listpack: bytes.slice(start, end) }));
  writeLength(into, nodes.length);
  for (const { id, listpack } of nodes) {
    into.byte(16);
    writeRawId(into, id);
    writeString(into, listpack, 0, listpack.length, compress);
  }
  writeLength(into, stream.length);
  writeCountedId(into, stream.lastId);
  writeCountedId(into, stream.firstId);
  writeCountedId(into, stream.maxDeletedId);
  writeLong(into, stream.entriesAdded);
  writeLength(into, stream.groups);
  stream.forEachGroup((group) => {
    writeString(into, group.name, 0, group.name.length, compress);
    writeCountedId(into, group.lastId);
    writeLong(into, group.entriesRead ?? half);
    writeLength(into, group.pending);
    group.forEachPending(0n, (pending) => {
      writeRawId(into, pending.id);
      into.int64LE(pending.deliveredMs);
      writeLength(into, pending.deliveries);
    });
    writeLength(into, group.consumers);
    group.forEachConsumer((consumer) => {
      writeString(into, consumer.name, 0, consumer.name.length, compress);
      into.int64LE(consumer.seenMs);
      writeLength(into, consumer.pending);
      consumer.forEachPending(0n, (pending) => writeRawId(into, pending.id));
    });
  });
}

/** A length of up to 64 bits. */
export function writeLong(into: ByteWriter, value: bigint): void {
  if (value <= 0xffffffffn) return writeLength(into, Number(value));
  into.byte(0x81);
  into.uint32BE(Number(value >> 32n));
  into.uint32BE(Number(value & 0xffffffffn));
  return undefined;
}

/** An id as two lengths. */
export function writeCountedId(into: ByteWriter, id: bigint): void {
  writeLong(into, id >> 64n);
  writeLong(into, id & half);
}

/** An id as 16 bytes. */
export function writeRawId(into: ByteWriter, id: bigint): void {
  for (let shift = 96n; shift >= 0n; shift -= 32n) into.uint32BE(Number((id >> shift) & 0xffffffffn));
}
