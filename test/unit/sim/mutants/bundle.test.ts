import { describe, expect, test } from 'vitest';
import {
  applyEdit,
  bundleEngine,
  checkEdit,
  loadEngine,
  StaleMutantError,
} from '../../../../sim/mutants/bundle.ts';

const file = 'src/engine/journal/gate.ts';

describe('an edit', () => {
  test('is applied where its text stands exactly once', () => {
    expect(applyEdit('a b c', { file, find: 'b', replace: '$& x' })).toBe('a $& x c');
  });

  test.each([
    ['nowhere', 'd', 0],
    ['twice', ' ', 2],
  ])('is stale where its text stands %s', (_, find, matches) => {
    expect(() => applyEdit('a b c', { file, find, replace: '' })).toThrow(StaleMutantError);
    expect(() => applyEdit('a b c', { file, find, replace: '' })).toThrow(
      `${matches} times, expected exactly once`,
    );
  });

  test('is stale where it changes nothing that runs', async () => {
    await expect(
      checkEdit({ file, find: 'The gate: replies wait', replace: 'The gate: they wait' }),
    ).rejects.toThrow(/does the same as without/);
  });

  test('is stale where there is no such file', async () => {
    await expect(checkEdit({ file: 'src/engine/none.ts', find: 'x', replace: '' })).rejects.toThrow(
      /there is no src\/engine\/none\.ts/,
    );
  });

  test('is stale where the file is no part of the engine', async () => {
    await expect(
      bundleEngine({ file: 'src/server/main.ts', find: '#!/usr/bin/env node', replace: '' }).catch(
        (error: unknown) => error,
      ),
    ).resolves.toBeInstanceOf(StaleMutantError);
  });
});

describe('a bundle', () => {
  test('has the same name for the same engine, and another for another', async () => {
    const [clean, again, edited] = await Promise.all([
      bundleEngine(),
      bundleEngine(),
      bundleEngine({ file, find: '.position <= released', replace: '.position < released' }),
    ]);
    expect(again).toEqual(clean);
    expect(edited.hash).not.toBe(clean.hash);
  });

  test('imports nothing, and has the face of the engine', async () => {
    expect((await bundleEngine()).code).not.toMatch(/^import /m);
    const engine = await loadEngine();
    expect(Object.keys(engine)).toContain('openEngine');
    expect([...engine.childMains.keys()]).toEqual(['save']);
    expect(engine.defaultSettings().appendfsync).toBe('everysec');
  });
});
