/** Values that change sides: one server's DUMP, which both restore, with every option of RESTORE, whole or damaged. */
import type { Draw } from '../../unit/commands/support/generate.ts';

export interface Transplant {
  readonly kind: 'transplant';
  readonly from: string;
  readonly to: string;
  readonly ofOurs: boolean;
  /** What becomes of the payload on the way. */
  readonly damage: (payload: string) => string;
  /** The words of RESTORE around it. */
  readonly ttl: string;
  readonly options: readonly string[];
}

const keys = 's0 s1 l0 l1 e0 e1 h0 h1 z0 z1 g0 p0 b0 x0 x1 y0'.split(' ');

export function keyOf(draw: Draw): string {
  return keys[Math.floor(draw() * keys.length)]!;
}

export function transplant(draw: Draw): Transplant {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)]!;
  const [from, other] = [keyOf(draw), keyOf(draw)];
  // Only y0 is asked for ranges by member, which are defined among equal scores alone: no other becomes it.
  const to = other === 'y0' ? from : other;
  const isPlain = draw() < 0.6;
  return {
    kind: 'transplant',
    from,
    to,
    ofOurs: draw() < 0.5,
    damage: draw() < 0.9 ? (payload) => payload : damaging(draw),
    ttl: isPlain ? '0' : pick(ttls),
    options: isPlain
      ? ['REPLACE']
      : Array.from({ length: Math.floor(draw() * 4) }, () => pick(options)).flat(),
  };
}

/** Far from every other, or no time at all. Those long past are drawn apart: they need ABSTTL. */
const ttls = ['0', '0', '600000000', '9000000000000', '-1', '', 'x', '1.5'];
const options = [
  ['REPLACE'],
  ['replace'],
  ['REPLACE'],
  ['ABSTTL'],
  ['IDLETIME', '1000'],
  ['FREQ', '7'],
  ['IDLETIME', '-1'],
  ['FREQ', '256'],
  ['FREQ', 'x'],
  ['IDLETIME'],
  ['FOO'],
];

/** A payload's end is its version and its checksum: Redis looks no further where one of them is wrong. */
function damaging(draw: Draw): (payload: string) => string {
  const share = draw();
  const at = (payload: string): number => Math.floor(share * payload.length);
  if (draw() < 0.4) return (payload) => payload.slice(0, at(payload));
  return (payload) => {
    const changed = String.fromCharCode(payload.charCodeAt(at(payload)) ^ 1);
    return payload.slice(0, at(payload)) + changed + payload.slice(at(payload) + 1);
  };
}
