/** Sizes as redis.conf writes them: 1k is 1000 bytes, 1kb is 1024; likewise m and mb, g and gb; a bare number is bytes. */

const units: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['k', 1000],
  ['kb', 1024],
  ['m', 1000 ** 2],
  ['mb', 1024 ** 2],
  ['g', 1000 ** 3],
  ['gb', 1024 ** 3],
]);

/** The number of bytes that `text` names, or undefined when it names none. Case does not matter; no sign, no fraction. */
export function parseMemorySizeBytes(text: string): number | undefined {
  const match = /^([0-9]+)([a-z]*)$/i.exec(text);
  const unit = units.get((match?.[2] ?? '').toLowerCase());
  if (match === null || unit === undefined) return undefined;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
