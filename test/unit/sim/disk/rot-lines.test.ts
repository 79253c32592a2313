/** Lines that are confused: every outcome of a text of two lines, and what leans. */
import { expect, test } from 'vitest';
import { confuseLines } from '../../../../sim/disk/rot-lines.ts';
import { Odometer } from '../../../../sim/draws/index.ts';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const words = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('lines change places, or one is where another was, or a word of it, or they are gone', () => {
  const found = new Set<string>();
  const odometer = new Odometer();
  do found.add(words(confuseLines(text('a 1\nb 2\n'), (what, count) => odometer.choose(what, count))));
  while (odometer.next());
  const expected = [
    '',
    'a 1\n',
    'b 2\n',
    'a 1\nb 2\n',
    'b 2\na 1\n',
    'a 1\na 1\n',
    'b 2\nb 2\n',
    'b 1\nb 2\n',
    'a 2\nb 2\n',
    'a 1\na 2\n',
    'a 1\nb 1\n',
  ];
  expect([...found].sort()).toEqual(expected.sort());
});

test('what is aimed leans to a line that begins alike, and to a word in which it differs', () => {
  const leans: Record<string, readonly number[]> = {};
  const chosen: Record<string, number> = { way: 3, line: 1 };
  confuseLines(text('# key\nfile a x\nfile b x\n'), (what, _count, weak) => {
    leans[what] = weak;
    return chosen[what] ?? weak[0]!;
  });
  expect(leans['other line']).toEqual([2]);
  expect(leans['word']).toEqual([1]);
});

test('what holds no line is one', () => {
  expect(words(confuseLines(text('xyz'), () => 0))).toBe('xyz');
});
