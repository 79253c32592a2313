/** Walking the states of one crash: all of them where they are few, and otherwise states that are among them. */
import { describe, expect, test } from 'vitest';
import { crash, posixStrict, SimDisk } from '../../../../sim/disk/index.ts';
import { SeededChoices } from '../../../../sim/draws/index.ts';
import { walkStates } from '../../../../sim/explore/states.ts';
import type { StateOptions } from '../../../../sim/explore/states.ts';
import { append, create, outcomes, show, sync, syncDir } from '../disk/outcomes.ts';

const basis = {
  uniform: () => 0.5,
  noise: (_key: string, bytes: Uint8Array, start: number, end: number) => {
    bytes.fill(0x3f, start, end);
  },
};

function statesOf(
  disk: SimDisk,
  limits: Partial<StateOptions> = {},
): { shown: Set<string>; complete: boolean } {
  const shown = new Set<string>();
  const options = {
    prefix: 'crash',
    basis,
    sampleSeed: 'test',
    mostStates: 100_000,
    samples: 100,
    ...limits,
  };
  const { complete } = walkStates(disk, 'power', posixStrict, options, (state) => {
    shown.add(show(state.disk));
  });
  return { shown, complete };
}

/** Two directories with something of everything pending: pages, sizes, names, a rename, a removal. */
function busyDisk(): SimDisk {
  const disk = new SimDisk();
  disk.mkdir('/d');
  const old = create(disk, '/old');
  append(disk, old, 'old');
  sync(disk, old);
  syncDir(disk, '/');
  const fresh = create(disk, '/d/fresh');
  append(disk, fresh, 'x'.repeat(600));
  const temporary = create(disk, '/temporary');
  append(disk, temporary, 'new');
  disk.rename('/temporary', '/kept');
  disk.unlink('/old');
  return disk;
}

describe('the states of a crash', () => {
  test('few enough, they are all that the rules allow', () => {
    const disk = busyDisk();
    const { shown, complete } = statesOf(disk);
    expect(complete).toBe(true);
    expect([...shown].sort()).toEqual(outcomes(disk));
  });

  test('too many, they are corners and samples, each of them one that the rules allow', () => {
    const disk = busyDisk();
    const all = new Set(outcomes(disk));
    const { shown, complete } = statesOf(disk, { mostStates: 1, samples: 0 });
    expect(complete).toBe(false);
    for (const state of shown) expect(all).toContain(state);
    // Corners that only a corner is likely to find.
    expect(shown).toContain(show(crash(disk, 'power', posixStrict, new AllKept()).disk));
    expect(shown).toContain('old=old');
    expect([...shown].some((state) => state.includes(`d/fresh=${'.*600'}`))).toBe(true);
    expect([...shown].some((state) => state.includes('?'))).toBe(true);
    expect([...shown].some((state) => state === '')).toBe(true);
  });

  test('samples find states that are no corners', () => {
    const disk = busyDisk();
    const corners = statesOf(disk, { mostStates: 1, samples: 0 }).shown;
    const { shown } = statesOf(disk, { mostStates: 1, samples: 300 });
    expect(shown.size).toBeGreaterThan(corners.size);
  });

  test('a state is reached again by its record', () => {
    const disk = busyDisk();
    const options = { prefix: 'crash', basis, sampleSeed: 'test', mostStates: 1, samples: 50 };
    walkStates(disk, 'power', posixStrict, options, (state) => {
      const again = crash(disk, 'power', posixStrict, new Readable('any', state.record(), 'kindest')).disk;
      expect(show(again)).toBe(show(state.disk));
    });
  });
});

class AllKept extends SeededChoices {
  constructor() {
    super('all kept', {}, 'kindest');
  }
}

class Readable extends SeededChoices {
  override noise(_key: string, bytes: Uint8Array, start: number, end: number): void {
    bytes.fill(0x3f, start, end);
  }
}
