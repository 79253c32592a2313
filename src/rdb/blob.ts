/** Collections that an RDB file holds as one nested blob, handed to a sink element by element. */
import { latin1Text, parseDouble } from '../bytes/index.ts';
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
