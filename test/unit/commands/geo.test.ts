/** Geo, where no Redis is at hand: answers that redis-server 7.0.15 gave, and laws of cells and distances. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellsOf, distanceInside, distanceMeters } from '../../../src/commands/geo-shape.ts';
import { bitsOf, cellOf, fullSteps, placeOf, scoresOf } from '../../../src/commands/geohash.ts';
import { makes } from './support/keyspaces.ts';
import { Runner } from './support/runner.ts';

const place = fc.record({
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -85.05112878, max: 85.05112878, noNaN: true }),
});

describe('geo', () => {
  test('answers as Redis does', () => {
    const runner = new Runner(makes[1]!.make());
    const add = ['GEOADD', 'g', '13.361389', '38.115556', 'Palermo', '15.087269', '37.502669', 'Catania'];
    expect(runner.run(...add)).toBe(':2\r\n');
    expect(runner.units[0]!.effects).toEqual([
      ['zadd', 'g', '3479099956230698', 'Palermo', '3479447370796909', 'Catania'],
    ]);
    expect(runner.run('GEODIST', 'g', 'Palermo', 'Catania')).toBe('$11\r\n166274.1516\r\n');
    expect(runner.run('GEODIST', 'g', 'Palermo', 'Catania', 'km')).toBe('$8\r\n166.2742\r\n');
    expect(runner.run('GEOHASH', 'g', 'Palermo', 'x')).toBe('*2\r\n$11\r\nsqc8b49rny0\r\n$-1\r\n');
    expect(runner.run('GEOPOS', 'g', 'Palermo')).toBe(
      '*1\r\n*2\r\n$20\r\n13.36138933897018433\r\n$20\r\n38.11555639549629859\r\n',
    );
    const around = ['FROMLONLAT', '15', '37', 'BYBOX', '400', '400', 'km'];
    expect(runner.run('GEOSEARCH', 'g', ...around, 'DESC')).toBe('*2\r\n$7\r\nPalermo\r\n$7\r\nCatania\r\n');
    runner.run('GEOSEARCHSTORE', 'd', 'g', ...around, 'STOREDIST');
    expect(runner.run('ZRANGE', 'd', '0', '-1', 'WITHSCORES')).toBe(
      '*4\r\n$7\r\nCatania\r\n$18\r\n56.441257870158204\r\n$7\r\nPalermo\r\n$18\r\n190.44242984775784\r\n',
    );
  });

  test('a place comes back from its score, as near as a cell is small', () => {
    fc.assert(
      fc.property(place, (where) => {
        const cell = cellOf(where, fullSteps);
        // At the very north and east a cell's number has one bit too many, as in Redis: there it names another place.
        fc.pre(cell.row < 2 ** fullSteps && cell.column < 2 ** fullSteps);
        const score = Number(bitsOf(cell));
        const found = placeOf(score);
        expect(Math.abs(found.longitude - where.longitude)).toBeLessThan(6e-6);
        expect(Math.abs(found.latitude - where.latitude)).toBeLessThan(3e-6);
      }),
    );
  });

  test('whatever is inside a small shape lies in one of its cells', () => {
    const shape = fc.record({
      center: place,
      radius: fc.double({ min: 1, max: 2_000_000, noNaN: true }),
    });
    fc.assert(
      fc.property(
        shape,
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        ({ center, radius }, x, y) => {
          fc.pre(Math.abs(center.latitude) < 60);
          const other = {
            longitude: center.longitude + (x * radius) / 111_000,
            latitude: center.latitude + (y * radius) / 111_000,
          };
          fc.pre(Math.abs(other.longitude) < 180);
          const circle = { kind: 'circle' as const, center, radius, metersPerUnit: 1 };
          const score = Number(bitsOf(cellOf(other, fullSteps)));
          if (distanceInside(circle, placeOf(score)) === undefined) return;
          const ranges = cellsOf(circle).map(scoresOf);
          expect(ranges.some(({ min, end }) => score >= min && score < end)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('distances are the same both ways, and none from a place to itself', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        expect(distanceMeters(a, a)).toBe(0);
        expect(distanceMeters(a, b)).toBe(distanceMeters(b, a));
        expect(distanceMeters(a, b)).toBeLessThan(20_100_000);
      }),
    );
  });
});
