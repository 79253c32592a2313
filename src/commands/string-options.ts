/**
 * The options of SET and GETEX.
 *
 * Of NX and XX, and of the ways to name a time, one each; a time excludes KEEPTTL and PERSIST. The same option twice is
 * fine, and the last time given counts.
 */
import type { Context } from './context.ts';
import type { ExpiryUnit } from './expiry.ts';

export interface StringOptions {
  condition: 'NX' | 'XX' | undefined;
  get: boolean;
  keepTtl: boolean;
  persist: boolean;
  unit: ExpiryUnit | undefined;
  /** Which word holds the time. */
  timeIndex: number;
}

const expiryUnits: readonly ExpiryUnit[] = ['EX', 'PX', 'EXAT', 'PXAT'];

/** The options in the words from `from` on. Undefined where they make no sense; nothing is replied. */
export function parseStringOptions(
  context: Context,
  from: number,
  command: 'set' | 'getex',
): StringOptions | undefined {
  const { argv } = context;
  const isSet = command === 'set';
  const options: StringOptions = {
    condition: undefined,
    get: false,
    keepTtl: false,
    persist: false,
    unit: undefined,
    timeIndex: 0,
  };
  for (let i = from; i < argv.count; i++) {
    if (isSet && argv.is(i, 'NX') && options.condition !== 'XX') {
      options.condition = 'NX';
    } else if (isSet && argv.is(i, 'XX') && options.condition !== 'NX') {
      options.condition = 'XX';
    } else if (isSet && argv.is(i, 'GET')) {
      options.get = true;
    } else if (isSet && argv.is(i, 'KEEPTTL') && options.unit === undefined) {
      options.keepTtl = true;
    } else if (!isSet && argv.is(i, 'PERSIST') && options.unit === undefined) {
      options.persist = true;
    } else {
      const unit = expiryUnits.find((name) => argv.is(i, name));
      if (unit === undefined || options.keepTtl || options.persist || i + 1 >= argv.count) return undefined;
      if (options.unit !== undefined && options.unit !== unit) return undefined;
      options.unit = unit;
      options.timeIndex = ++i;
    }
  }
  return options;
}
