/**
 * The grammar of `save`: pairs of seconds and changes, as one word each or several in one word; nothing ("") for none.
 *
 *     save 3600 1 300 100      save "900 1"      save ""
 */
import type { Read } from './values.ts';
import type { SavePoint } from './settings.ts';

export function readSavePoints(words: readonly string[]): Read<readonly SavePoint[]> {
  const numbers = words.length === 1 && words[0] === '' ? [] : words.flatMap((word) => word.split(' '));
  const points: SavePoint[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    const seconds = count(numbers[i]);
    const changes = count(numbers[i + 1]);
    if (seconds === undefined || changes === undefined || seconds < 1)
      return { ok: false, why: 'Invalid save parameters' };
    points.push({ seconds, changes });
  }
  return { ok: true, value: points };
}

/** One line: "3600 1 300 100". */
export function formatSavePoints(points: readonly SavePoint[]): string {
  return points.map(({ seconds, changes }) => `${seconds} ${changes}`).join(' ');
}

function count(word: string | undefined): number | undefined {
  return word !== undefined && /^\d{1,10}$/.test(word) ? Number(word) : undefined;
}
