/**
 * What the settings say of values and requests, as commands and parsers see it.
 *
 * Classes, since an object that is written out with getters has a hidden class of its own each time, which keeps the engine
 * that it belongs to from being collected with the young.
 */
import type { ValueLimits } from '../../commands/context.ts';
import type { StreamNodeLimits } from '../../data/index.ts';
import { clientLimits, type RequestLimits } from '../../resp/index.ts';
import type { Settings } from './settings.ts';

/** Beyond it the place of a bit does not fit 32 bits, and nobody has tried such blocks of memory. */
const longestStringBytes = 512 * 1024 * 1024;

/** Looks at the settings each time that it is asked. */
export class SettingsLimits implements ValueLimits {
  readonly #settings: Settings;
  readonly streamNodes: StreamNodeLimits;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.streamNodes = new SettingsStreamNodes(settings);
  }

  get longestStringBytes(): number {
    return Math.min(this.#settings.protoMaxBulkLenBytes, longestStringBytes);
  }

  get hllSparseMaxBytes(): number {
    return this.#settings.hllSparseMaxBytes;
  }

  get verifiesDumps(): boolean {
    return !this.#settings.skipsChecksums;
  }
}

class SettingsStreamNodes implements StreamNodeLimits {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get maxBytes(): number {
    return this.#settings.streamNodeMaxBytes;
  }

  get maxEntries(): number {
    return this.#settings.streamNodeMaxEntries;
  }
}

export class SettingsRequestLimits implements RequestLimits {
  readonly maxWords = clientLimits.maxWords;
  readonly maxInlineBytes = clientLimits.maxInlineBytes;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get maxBulkBytes(): number {
    return this.#settings.protoMaxBulkLenBytes;
  }
}
