/** SimClock: the wall jumps and is slewed, monotonic time does neither, timers are late and never early. */
import { describe, expect, it } from 'vitest';
import type { Host } from '../../../../src/ports/process.ts';
import { createWorld } from '../../../../sim/world/index.ts';
import type { World, WorldOptions } from '../../../../sim/world/index.ts';

const YEAR_MS = 31_557_600_000;

async function clockOf(options: Partial<WorldOptions> = {}): Promise<{ world: World; host: Host }> {
  const world = createWorld({ seed: 1, startWallMs: 1_767_268_800_000, ...options });
  let host: Host | undefined;
  world.machine.spawn((given) => {
    host = given;
    return new Promise(() => {});
  });
  await world.run({ untilMs: 1 });
  return { world, host: host! };
}

describe('the wall', () => {
  it.each([1, -1, 2000, -2000, 10 * YEAR_MS, -10 * YEAR_MS])(
    'jumps by %d ms, and monotonic time and timers do not see it',
    async (byMs) => {
      const { world, host } = await clockOf({ timerLateness: 0 });
      let rangAtMs = 0;
      host.clock.after(50, () => {
        rangAtMs = host.clock.monoMs();
      });
      const [wallMs, monoMs] = [host.clock.wallMs(), host.clock.monoMs()];
      world.machine.jumpWall(byMs);
      expect(host.clock.wallMs() - wallMs).toBe(byMs);
      expect(host.clock.monoMs()).toBe(monoMs);
      await world.run({ untilMs: 200 });
      expect(rangAtMs).toBe(monoMs + 50);
      expect(host.clock.wallMs() - wallMs).toBe(byMs + 199);
    },
  );

  it.each([100, -100])('is slewed by %d ms a millisecond at a time', async (byMs) => {
    const { world, host } = await clockOf();
    const startMs = host.clock.wallMs();
    world.machine.slewWall(byMs, 1000);
    let last = startMs;
    for (let ms = 2; ms <= 1001; ms++) {
      await world.run({ untilMs: ms });
      const stepMs = host.clock.wallMs() - last;
      expect(Math.abs(stepMs - 1)).toBeLessThanOrEqual(1);
      last = host.clock.wallMs();
    }
    expect(last - startMs).toBe(1000 + byMs);
  });
});

describe('timers', () => {
  it('are late by up to what was asked for, never early, and those due meanwhile ring with the first', async () => {
    const lateness: number[] = [];
    let together = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { world, host } = await clockOf({ seed, lateTimers: { chance: 1, upToMs: 60_000 } });
      const rang: number[] = [];
      const startMs = host.clock.monoMs();
      for (const ms of [100, 110, 120])
        host.clock.after(ms, () => rang.push(host.clock.monoMs() - startMs - ms));
      await world.run({ untilMs: 300_000 });
      expect(rang.length).toBe(3);
      for (const late of rang) expect(late).toBeGreaterThanOrEqual(0);
      lateness.push(rang[0]!);
      if (rang[0]! - 10 === rang[1]!) together++;
      expect(world.machine.stalls.within(1, 0, 300_000)).toBeGreaterThanOrEqual(rang[0]! - 1);
    }
    expect(Math.max(...lateness)).toBeGreaterThan(30_000);
    expect(Math.max(...lateness)).toBeLessThan(60_001);
    expect(together).toBeGreaterThan(30);
  });

  it('are not late by far where nobody asked for it', async () => {
    const { world, host } = await clockOf();
    let rangAtMs = 0;
    host.clock.after(100, () => {
      rangAtMs = host.clock.monoMs();
    });
    await world.run({ untilMs: 1000 });
    expect(rangAtMs).toBeGreaterThanOrEqual(101);
    expect(rangAtMs).toBeLessThan(152);
  });
});
