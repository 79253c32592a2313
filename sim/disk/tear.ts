/**
 * Tearing: a page goes to the disk sector by sector, and the power may fail between.
 *
 * What lies under a pending version of a page is any older version that may have been durable before it. A torn page has
 * some sectors of the one and some of the other; sectors that do not differ cannot tell. For one older version that
 * differs in m sectors there are 2^m - 2 ways (whole and not at all are no tearing), and the ways are numbered through
 * over all older versions, the nearest first, from 1; 0 is whole. So each way has one number, and all can be walked.
 */

/** How many ways there are to be whole or torn, over these masks of differing sectors. */
export function countTears(underneath: readonly number[]): number {
  let count = 1;
  for (const mask of underneath) count += tearsOf(mask);
  return count;
}

/** Which older version shines through, and in which sectors (as a mask), for a way that is not 0. */
export function decodeTear(underneath: readonly number[], way: number): { index: number; sectors: number } {
  let rest = way - 1;
  for (let index = 0; index < underneath.length; index++) {
    const mask = underneath[index]!;
    const ways = tearsOf(mask);
    if (rest < ways) return { index, sectors: spread(rest + 1, mask) };
    rest -= ways;
  }
  return { index: 0, sectors: 0 };
}

/** The number of the way in which the older version `index` shines through in `sectors` of its differing sectors. */
export function encodeTear(underneath: readonly number[], index: number, sectors: number): number {
  let way = 0;
  for (let i = 0; i < index; i++) way += tearsOf(underneath[i]!);
  const bits = gather(sectors, underneath[index]!);
  return bits === 0 || bits > tearsOf(underneath[index]!) ? 0 : way + bits;
}

/** How many bits of a mask are set. */
export function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function tearsOf(mask: number): number {
  return Math.max(0, (1 << bitCount(mask)) - 2);
}

/** The low bits of `bits`, put where `mask` has its bits. */
function spread(bits: number, mask: number): number {
  let out = 0;
  let rest = bits;
  for (let left = mask; left !== 0; left &= left - 1) {
    if ((rest & 1) !== 0) out |= left & -left;
    rest >>= 1;
  }
  return out;
}

/** The inverse of `spread`. */
function gather(sectors: number, mask: number): number {
  let out = 0;
  let bit = 1;
  for (let left = mask; left !== 0; left &= left - 1) {
    if ((sectors & left & -left) !== 0) out |= bit;
    bit <<= 1;
  }
  return out;
}
