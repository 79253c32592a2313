/** Collections that an RDB file holds as one nested blob, handed to a sink element by element. */
import { latin1Text, parseDouble, parseInteger } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';
import { rdbType } from './format.ts';
import { walkIntset, walkListpack, walkZiplist, walkZipmap } from './packed.ts';
import type { Span } from './reader.ts';
import type { RdbSink } from './sink.ts';

export class BlobWalker {
  readonly #sink: RdbSink;
  /** The field or member that waits for its value or score. */
  #field: Uint8Array | undefined;
  #fieldStart = 0;
  #fieldEnd = 0;
  /** The value that waits for its field's expiry. */
  #value: Uint8Array | undefined;

  constructor(sink: RdbSink) {
    this.#sink = sink;
  }

  /** Walks the blob that is the whole value of a key of `type`. */
  walk(type: number, { bytes, start, end }: Span): void {
    switch (type) {
      case rdbType.listZiplist:
        return walkZiplist(bytes, start, end, this.#element);
      case rdbType.setIntset:
        return walkIntset(bytes, start, end, this.#element);
      case rdbType.setListpack:
        return walkListpack(bytes, start, end, this.#element);
      case rdbType.zsetZiplist:
        walkZiplist(bytes, start, end, this.#scoredPart);
        break;
      case rdbType.zsetListpack:
        walkListpack(bytes, start, end, this.#scoredPart);
        break;
      case rdbType.hashZiplist:
        walkZiplist(bytes, start, end, this.#pairPart);
        break;
      case rdbType.hashListpack:
        walkListpack(bytes, start, end, this.#pairPart);
        break;
      case rdbType.hashDatedListpack:
      case rdbType.hashListpackEx:
        walkListpack(bytes, start, end, this.#triplePart);
        break;
      default:
        walkZipmap(bytes, start, end, this.#pairPart);
    }
    if (this.#field === undefined) return;
    const isScored = type === rdbType.zsetZiplist || type === rdbType.zsetListpack;
    throw new LightsoutError(
      'CORRUPT',
      isScored ? 'the last member has no score' : 'the last field has no value',
    );
  }

  /** Walks one node of a list. */
  walkNode(form: 'ziplist' | 'listpack', { bytes, start, end }: Span): void {
    if (form === 'ziplist') walkZiplist(bytes, start, end, this.#element);
    else walkListpack(bytes, start, end, this.#element);
  }

  readonly #element = (bytes: Uint8Array, start: number, end: number): void => {
    this.#sink.element(bytes, start, end);
  };

  readonly #scoredPart = (bytes: Uint8Array, start: number, end: number): void => {
    const member = this.#field;
    if (member === undefined) return this.#pairPart(bytes, start, end);
    this.#field = undefined;
    const score = scoreOrThrow(parseDouble(latin1Text(bytes, start, end)) ?? NaN);
    this.#sink.scored(member, this.#fieldStart, this.#fieldEnd, score);
  };

  /** Field, value and expiry, 0 for none. Copies, since the third part may lie where the first did. */
  readonly #triplePart = (bytes: Uint8Array, start: number, end: number): void => {
    const field = this.#field;
    const value = this.#value;
    if (field === undefined) {
      this.#field = bytes.slice(start, end);
    } else if (value === undefined) {
      this.#value = bytes.slice(start, end);
    } else {
      this.#field = this.#value = undefined;
      const expireAtMs = parseInteger(bytes, start, end);
      if (expireAtMs === undefined || expireAtMs < 0)
        throw new LightsoutError('CORRUPT', "a field's expiry is no time");
      const expiry = expireAtMs === 0 ? undefined : expireAtMs;
      this.#sink.field(field, 0, field.length, value, 0, value.length, expiry);
    }
  };

  readonly #pairPart = (bytes: Uint8Array, start: number, end: number): void => {
    const field = this.#field;
    if (field === undefined) {
      this.#field = bytes;
      this.#fieldStart = start;
      this.#fieldEnd = end;
    } else {
      this.#field = undefined;
      this.#sink.field(field, this.#fieldStart, this.#fieldEnd, bytes, start, end);
    }
  };
}

/** @throws LightsoutError CORRUPT where there is no number */
export function scoreOrThrow(score: number): number {
  if (Number.isNaN(score)) throw new LightsoutError('CORRUPT', 'a score that is not a number');
  return score;
}
