/** While nobody knows what chance did nothing is executed, and then everything in its order. */
import { expect, test } from 'vitest';
import { HeldBack } from '../../../../sim/scenario/held-back.ts';

/** Clients that send words; one that ends in `?` leaves to chance what it did. */
function scene(): { said: string[]; heldBack: HeldBack; send: (words: readonly string[]) => void } {
  const heldBack = new HeldBack();
  const said: string[] = [];
  const send = (words: readonly string[]): void => {
    if (!heldBack.mayExecute(() => send(words))) return;
    for (const [i, word] of words.entries()) {
      said.push(word);
      if (!word.endsWith('?')) continue;
      heldBack.hold();
      if (i + 1 < words.length) send(words.slice(i + 1));
      return;
    }
  };
  return { said, heldBack, send };
}

test('what is sent while nothing is open is executed at once', () => {
  const { said, send } = scene();
  send(['a', 'b']);
  expect(said).toEqual(['a', 'b']);
});

test('the rest of a message goes before what was sent later, as often as chance comes in', () => {
  const { said, heldBack, send } = scene();
  send(['a?', 'b?', 'c']);
  send(['d?', 'e']);
  send(['f']);
  expect(said).toEqual(['a?']);
  const decide = (): void => {
    heldBack.decide();
    heldBack.resume();
  };
  decide();
  expect(said).toEqual(['a?', 'b?']);
  decide();
  expect(said).toEqual(['a?', 'b?', 'c', 'd?']);
  heldBack.decide();
  send(['g']);
  expect(said, 'it is not its turn yet').not.toContain('g');
  heldBack.resume();
  expect(said).toEqual(['a?', 'b?', 'c', 'd?', 'e', 'f', 'g']);
});
