/**
 * Places on the globe as numbers: the bits of latitude and longitude, each counted in 2^26 parts of its range, by turns.
 *
 * Latitude has the even bits, longitude the odd ones, so that places near each other have long prefixes in common: a *cell* is
 * the area of all places with one prefix. 52 bits fit into a score. The poles are left out: latitudes end where a Mercator
 * map is square. (The text of GEOHASH is the usual one, over latitudes from -90 to 90.)
 */
export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

/** Row and column among 2^steps each, counted from the south-west; equal to that at the very north and east. */
export interface Cell {
  readonly steps: number;
  readonly row: number;
  readonly column: number;
}

export interface Area {
  readonly minLongitude: number;
  readonly maxLongitude: number;
  readonly minLatitude: number;
  readonly maxLatitude: number;
}

const longitudeLimit = 180;
const latitudeLimit = 85.05112878;
/** Bits of latitude, and of longitude, in a score. */
export const fullSteps = 26;

export function isOnMap({ longitude, latitude }: Place): boolean {
  return Math.abs(longitude) <= longitudeLimit && Math.abs(latitude) <= latitudeLimit;
}

/** The cell of a place that is on the map. */
export function cellOf(place: Place, steps: number, limit: number = latitudeLimit): Cell {
  const parts = 1 << steps;
  return {
    steps,
    row: Math.floor(((place.latitude + limit) / (2 * limit)) * parts),
    column: Math.floor(((place.longitude + longitudeLimit) / (2 * longitudeLimit)) * parts),
  };
}

export function areaOf({ steps, row, column }: Cell): Area {
  const parts = 1 << steps;
  const latitude = (count: number): number => (count / parts) * (2 * latitudeLimit) - latitudeLimit;
  const longitude = (count: number): number => (count / parts) * (2 * longitudeLimit) - longitudeLimit;
  return {
    minLongitude: longitude(column),
    maxLongitude: longitude(column + 1),
    minLatitude: latitude(row),
    maxLatitude: latitude(row + 1),
  };
}

/** The cell so many rows and columns away, around the globe where it ends. */
export function neighbourOf({ steps, row, column }: Cell, rows: number, columns: number): Cell {
  const mask = (1 << steps) - 1;
  return {
    steps,
    row: rows === 0 ? row : (row + rows) & mask,
    column: columns === 0 ? column : (column + columns) & mask,
  };
}

/** The scores of places in the cell: from `min` on, below `end`. */
export function scoresOf(cell: Cell): { readonly min: number; readonly end: number } {
  const shift = BigInt(2 * (fullSteps - cell.steps));
  const bits = bitsOf(cell);
  return { min: Number(bits << shift), end: Number((bits + 1n) << shift) };
}

/** Row and column, bit by bit, by turns. */
export function bitsOf({ row, column }: Cell): bigint {
  const low = spread(row & 0x1fff) | (spread(column & 0x1fff) << 1);
  const high = spread(row >>> 13) | (spread(column >>> 13) << 1);
  return (BigInt(high) << 26n) | BigInt(low);
}

/** The middle of the smallest cell that a score names. Any score names one. */
export function placeOf(score: number): Place {
  const area = areaOf(cellOfScore(score));
  const middle = (a: number, b: number, limit: number): number =>
    Math.min(limit, Math.max(-limit, (a + b) / 2));
  return {
    longitude: middle(area.minLongitude, area.maxLongitude, longitudeLimit),
    latitude: middle(area.minLatitude, area.maxLatitude, latitudeLimit),
  };
}

function cellOfScore(score: number): Cell {
  if (score >= 0 && score < 2 ** 52) {
    const high = Math.floor(score / 2 ** 26);
    const low = Math.floor(score - high * 2 ** 26);
    return {
      steps: fullSteps,
      row: (gather(high) << 13) | gather(low),
      column: (gather(high >>> 1) << 13) | gather(low >>> 1),
    };
  }
  const bits = toUint64(score);
  const [low, high] = [Number(bits & 0xffff_ffffn), Number(bits >> 32n)];
  return {
    steps: fullSteps,
    row: gather(low) + gather(high) * 2 ** 16,
    column: gather(low >>> 1) + gather(high >>> 1) * 2 ** 16,
  };
}

/** What a processor of the x86-64 family makes of a double where 64 bits without a sign are wanted. */
function toUint64(value: number): bigint {
  if (value >= 2 ** 64) return 0n;
  return Math.abs(value) <= 2 ** 63 || value > 0 ? BigInt.asUintN(64, BigInt(Math.trunc(value))) : 1n << 63n;
}

/** Bit i of 14 goes to bit 2i. */
function spread(value: number): number {
  let bits = value;
  bits = (bits | (bits << 8)) & 0x00ff00ff;
  bits = (bits | (bits << 4)) & 0x0f0f0f0f;
  bits = (bits | (bits << 2)) & 0x33333333;
  return (bits | (bits << 1)) & 0x55555555;
}

/** The even ones of 32 bits, together. */
function gather(value: number): number {
  let bits = value & 0x55555555;
  bits = (bits | (bits >>> 1)) & 0x33333333;
  bits = (bits | (bits >>> 2)) & 0x0f0f0f0f;
  bits = (bits | (bits >>> 4)) & 0x00ff00ff;
  return (bits | (bits >>> 8)) & 0x0000ffff;
}

const alphabet = '0123456789bcdefghjkmnpqrstuvwxyz';

/** The usual geohash of a place: ten characters of five bits, and a last one that has none left. */
export function geohashText(place: Place): string {
  const bits = bitsOf(cellOf(place, fullSteps, 90));
  let text = '';
  for (let shift = 47n; shift >= 2n; shift -= 5n) text += alphabet[Number((bits >> shift) & 31n)]!;
  return `${text}0`;
}
