/**
 * Circles and boxes on the globe: how far apart places are, whether one is inside, and which cells hold all that may be.
 *
 * The globe is a sphere and distances are those along it (haversine). The operations follow each other as in Redis, since the
 * last bits of a distance can be stored, and since an unsorted search answers in the order in which cells are looked through.
 */
import type { Cell, Place } from './geohash.ts';
import { areaOf, cellOf, fullSteps, neighbourOf } from './geohash.ts';
import { arcsine, cosine, sine } from './trigonometry.ts';

/** What a search looks through, in the unit that is `metersPerUnit` long. */
export type Shape = {
  readonly center: Place;
  readonly metersPerUnit: number;
} & (
  | { readonly kind: 'circle'; readonly radius: number }
  | { readonly kind: 'box'; readonly width: number; readonly height: number }
);

const earthRadiusMeters = 6372797.560856;
/** Half of the way around the world, on a Mercator map. */
const mercatorMeters = 20037726.37;
const radiansPerDegree = Math.PI / 180;

function radians(degrees: number): number {
  return degrees * radiansPerDegree;
}

function degrees(angle: number): number {
  return angle / radiansPerDegree;
}

/** Along the globe, in meters. */
export function distanceMeters(a: Place, b: Place): number {
  const v = sine((radians(b.longitude) - radians(a.longitude)) / 2);
  const u = sine((radians(b.latitude) - radians(a.latitude)) / 2);
  const square = u * u + cosine(radians(a.latitude)) * cosine(radians(b.latitude)) * v * v;
  return 2 * earthRadiusMeters * arcsine(Math.sqrt(square));
}

/** The distance of a place from the center in meters, undefined where it is outside. */
export function distanceInside(shape: Shape, place: Place): number | undefined {
  const { center, metersPerUnit } = shape;
  if (shape.kind === 'circle') {
    const distance = distanceMeters(center, place);
    return distance > shape.radius * metersPerUnit ? undefined : distance;
  }
  const across = distanceMeters(place, { longitude: center.longitude, latitude: place.latitude });
  const along = distanceMeters(place, { longitude: place.longitude, latitude: center.latitude });
  if (across > (shape.width * metersPerUnit) / 2 || along > (shape.height * metersPerUnit) / 2)
    return undefined;
  return distanceMeters(center, place);
}

/** The cell of the center and those around it that may hold places of the shape, in the order in which Redis looks at them. */
export function cellsOf(shape: Shape): Cell[] {
  const { center } = shape;
  let steps = stepsFor(reachMeters(shape), center.latitude);
  const bounds = steps > 1 ? boundsOf(shape) : undefined;
  if (bounds !== undefined) {
    const cell = cellOf(center, steps);
    const isTooNear =
      areaOf(neighbourOf(cell, 1, 0)).maxLatitude < bounds.maxLatitude ||
      areaOf(neighbourOf(cell, -1, 0)).minLatitude > bounds.minLatitude ||
      areaOf(neighbourOf(cell, 0, 1)).maxLongitude < bounds.maxLongitude ||
      areaOf(neighbourOf(cell, 0, -1)).minLongitude > bounds.minLongitude;
    if (isTooNear) steps--;
  }
  const cell = cellOf(center, steps);
  const area = areaOf(cell);
  const cells: Cell[] = [];
  for (const [rows, columns] of around) {
    if (bounds !== undefined && steps >= 2) {
      if (rows < 0 && area.minLatitude < bounds.minLatitude) continue;
      if (rows > 0 && area.maxLatitude > bounds.maxLatitude) continue;
      if (columns < 0 && area.minLongitude < bounds.minLongitude) continue;
      if (columns > 0 && area.maxLongitude > bounds.maxLongitude) continue;
    }
    const next = neighbourOf(cell, rows, columns);
    // Of a few large cells, neighbours on both sides are the same. As in Redis, the center's own cell may come twice.
    const last = cells.length > 1 ? cells.at(-1) : undefined;
    if (last === undefined || last.row !== next.row || last.column !== next.column) cells.push(next);
  }
  return cells;
}

/** Rows and columns away: the cell itself, north, south, east, west, then the corners. */
const around = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
] as const;

/** From the center to what is farthest from it. */
function reachMeters(shape: Shape): number {
  if (shape.kind === 'circle') return shape.radius * shape.metersPerUnit;
  const [x, y] = [shape.width / 2, shape.height / 2];
  return Math.sqrt(x * x + y * y) * shape.metersPerUnit;
}

/** How small cells may be so that the nine around a place reach that far; larger towards the poles, where they are narrow. */
function stepsFor(meters: number, latitude: number): number {
  if (meters === 0) return fullSteps;
  let steps = -1;
  for (let reach = meters; reach < mercatorMeters; reach *= 2) steps++;
  if (Math.abs(latitude) > 66) steps--;
  if (Math.abs(latitude) > 80) steps--;
  return Math.min(fullSteps, Math.max(1, steps));
}

/** Least and greatest coordinates. Only for shapes that reach less than a quarter around the globe. */
function boundsOf(shape: Shape): ReturnType<typeof areaOf> {
  const { longitude, latitude } = shape.center;
  const isCircle = shape.kind === 'circle';
  const height = shape.metersPerUnit * (isCircle ? shape.radius : shape.height / 2);
  const width = shape.metersPerUnit * (isCircle ? shape.radius : shape.width / 2);
  const latitudes = degrees(height / earthRadiusMeters);
  // Towards its pole the shape spans the most degrees.
  const widest = latitude < 0 ? latitude - latitudes : latitude + latitudes;
  const longitudes = degrees(width / earthRadiusMeters / cosine(radians(widest)));
  return {
    minLongitude: longitude - longitudes,
    maxLongitude: longitude + longitudes,
    minLatitude: latitude - latitudes,
    maxLatitude: latitude + latitudes,
  };
}
