/** What a call of a dead process returns: a promise of its own each time, since a shared one would collect reactions for ever. */
export function never<T>(): Promise<T> {
  return new Promise(() => {});
}
