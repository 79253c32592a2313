/**
 * What the model holds of a stream: its entries, what it knows beyond them, and its groups. Never changed once made.
 *
 * An id is one number of 128 bits, milliseconds above and sequence below.
 */

export interface ModelPending {
  readonly consumer: string;
  readonly deliveredMs: number;
  readonly deliveries: number;
}

export interface ModelGroup {
  readonly lastId: bigint;
  /** -1: not known. */
  readonly entriesRead: number;
  readonly consumers: ReadonlySet<string>;
  readonly pending: ReadonlyMap<bigint, ModelPending>;
}

export interface ModelStream {
  /** Id to names and values by turns, ascending. */
  readonly entries: ReadonlyMap<bigint, readonly string[]>;
  readonly lastId: bigint;
  readonly maxDeletedId: bigint;
  readonly entriesAdded: number;
  readonly groups: ReadonlyMap<string, ModelGroup>;
}

export const emptyStream: ModelStream = {
  entries: new Map(),
  lastId: 0n,
  maxDeletedId: 0n,
  entriesAdded: 0,
  groups: new Map(),
};

export function idText(id: bigint): string {
  return `${id >> 64n}-${id & 0xffff_ffff_ffff_ffffn}`;
}

/** The id that an entry gets at that moment: of it, or where the stream is ahead of it the next one. */
export function nextIdBehind(lastId: bigint, nowMs: bigint): bigint {
  return nowMs > lastId >> 64n ? nowMs << 64n : lastId + 1n;
}

/** `ms-seq` or `ms`. */
export function idOf(text: string): bigint {
  const [ms = '0', seq = '0'] = text.split('-');
  return (BigInt(ms) << 64n) | BigInt(seq);
}

/** All that must survive, as text: equal for equal streams. When consumers were seen is not in it. */
export function streamText(stream: ModelStream): string {
  const parts = [idText(stream.lastId), idText(stream.maxDeletedId), String(stream.entriesAdded)];
  for (const [id, fields] of stream.entries) parts.push(JSON.stringify([idText(id), ...fields]));
  for (const name of [...stream.groups.keys()].toSorted()) {
    const { lastId, entriesRead, consumers, pending } = stream.groups.get(name)!;
    parts.push(JSON.stringify([name, idText(lastId), entriesRead, ...[...consumers].toSorted()]));
    for (const id of [...pending.keys()].toSorted((a, b) => (a < b ? -1 : 1))) {
      const { consumer, deliveredMs, deliveries } = pending.get(id)!;
      parts.push(JSON.stringify([idText(id), consumer, deliveredMs, deliveries]));
    }
  }
  return parts.join('\n');
}
