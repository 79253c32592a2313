/**
 * How large the nodes of streams become, as the settings have it at the moment.
 *
 * A class, since an object written out with getters would give every engine a hidden class of its own, which keeps the
 * engine from being collected with the young.
 */
import type { StreamNodeLimits } from '../data/index.ts';
import type { Settings } from './config/settings.ts';

export class StreamNodes implements StreamNodeLimits {
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
