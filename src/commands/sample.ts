/** Drawing without putting back. */

/** `count` items of `items` (which is shuffled up to there), each as likely; 0 <= count <= items.length. */
export function sample<T>(items: T[], count: number, draw: () => number): T[] {
  for (let i = 0; i < count; i++) {
    const at = i + Math.floor(draw() * (items.length - i));
    const item = items[at]!;
    items[at] = items[i]!;
    items[i] = item;
  }
  return items.slice(0, count);
}
