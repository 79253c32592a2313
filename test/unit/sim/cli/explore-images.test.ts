/** Crash images as real directories: each says truly what it must hold. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as engine from '../../../../src/index.ts';
import { writeImages } from '../../../../sim/cli/explore-images.ts';
import { explore } from '../../../../sim/explore/explore.ts';
import { protocols } from '../../../../sim/explore/protocols.ts';

test('every image stands beside what it must hold, and recovery gave that', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'lightsout-images-'));
  try {
    const { scenario } = protocols.find(({ name }) => name === 'save-fresh')!;
    let written = 0;
    const { counts } = await explore(scenario, {
      engineModule: engine,
      limits: { mostStates: 20, samples: 4, again: 0 },
      onLife: (life) => {
        written += writeImages(directory, scenario, life);
      },
    });
    expect(written).toBe(counts.distinct);
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const descriptions = files.filter((name) => /image-\d+\.json$/.test(name));
    expect(descriptions).toHaveLength(written);
    for (const name of descriptions) {
      const about = JSON.parse(readFileSync(join(directory, name), 'utf8'));
      const { states, base } = JSON.parse(readFileSync(join(directory, name, '..', 'states.json'), 'utf8'));
      const legal = about.recovered.filter(
        (k: number) =>
          k >= about.lower && k <= about.upper && (about.only === undefined || about.only.includes(k)),
      );
      expect(legal).not.toEqual([]);
      for (const k of legal) expect(states[k - base]).toHaveLength(3);
    }
    expect(files.filter((name) => name.endsWith('dump.rdb')).length).toBeGreaterThan(0);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
