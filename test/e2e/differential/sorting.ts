/**
 * SORT by numbers: of the elements themselves, of keys and of fields that a pattern names, with everything that GET and STORE
 * make of them. No number is out of range: Redis 7.0 takes the errno of any earlier command for one of SORT's own.
 */
import type { Draw } from '../../unit/commands/support/generate.ts';

const sources = ['n0', 'n1', 'n2', 'm0', 'm1', 'q0', 'none', 'w_1'];
const elements = ['1', '2', '3', '10', '-5', '2.5', '7', '1e2', '0x1f', '007', '+3'];
const oddElements = ['', 'a', '1 ', ' 4', '3x', 'inf', '-inf', '*'];
const patterns = [
  'w_*',
  'w_*',
  'v_*->f',
  'v_*->g',
  'w_**',
  '*',
  'w_',
  'nosort',
  'v_*->',
  '->f',
  'w_*->f',
  'none_*',
];

export function sorting(draw: Draw): () => string[] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)]!;
  const element = (): string => pick(draw() < 0.97 ? elements : oddElements);
  const several = (most: number, make: () => string): string[] =>
    Array.from({ length: 1 + Math.floor(draw() * most) }, make);
  const limit = (): string[] => [
    'LIMIT',
    pick(['0', '1', '2', '-1', 'x']),
    pick(['0', '1', '3', '-1', '100']),
  ];
  const cased = (word: string): string => (draw() < 0.1 ? word.toLowerCase() : word);

  function sort(): string[] {
    const words: string[] = [];
    const source = pick(sources);
    // What weighs the same in a set comes in the order of its hash, and by texts in no promised one.
    const isBy = draw() < 0.5 && !source.startsWith('m');
    if (isBy) words.push('BY', pick(patterns));
    if (draw() < 0.4) words.push(...limit());
    for (let gets = draw() < 0.5 ? 1 + Math.floor(draw() * 3) : 0; gets > 0; gets--)
      words.push('GET', pick(['#', ...patterns]));
    if (draw() < 0.5) words.push(pick(['ASC', 'DESC']));
    if (draw() < 0.25 && !isBy) words.push('ALPHA');
    if (draw() < 0.25) words.push('STORE', pick(['n0', 'n1', 'r0', 'm0']));
    if (draw() < 0.03) words.push(pick(['BY', 'GET', 'LIMIT', 'STORE', 'FOO']));
    return [draw() < 0.85 ? 'SORT' : 'SORT_RO', source, ...words.map(cased)];
  }

  return () => {
    const kind = draw();
    if (kind < 0.6) return sort();
    return pick([
      () => ['RPUSH', pick(['n0', 'n1', 'n2']), ...several(5, element)],
      () => ['RPUSH', pick(['n0', 'n1', 'n2']), ...several(5, element)],
      () => ['SADD', pick(['m0', 'm1']), ...several(4, element)],
      () => ['ZADD', 'q0', ...several(3, element).flatMap((one) => [pick(['1', '2', '3.5', '-1']), one])],
      () => ['SET', `w_${element()}`, element()],
      () => ['SET', `w_${element()}`, element()],
      () => ['HSET', `v_${element()}`, pick(['f', 'g']), element()],
      () => ['HSET', `v_${element()}`, pick(['f', 'g']), element()],
      () => ['DEL', pick(['n0', 'n1', 'n2', 'm0', 'm1', 'q0', `w_${element()}`, 'r0'])],
      () => ['LTRIM', pick(['n0', 'n1', 'n2']), '-8', '-1'],
      () => ['LRANGE', pick(['n0', 'n1', 'r0']), '0', '-1'],
      () => ['SREM', pick(['m0', 'm1']), element()],
    ])();
  };
}
