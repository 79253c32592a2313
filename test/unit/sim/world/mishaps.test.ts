/** What befalls processes and machines: stops, signals, memory, forks, and what parents hear of their children. */
import { describe, expect, it } from 'vitest';
import type { Child, ChildMain, ExitStatus, Frozen, Host } from '../../../../src/ports/process.ts';
import { createWorld } from '../../../../sim/world/index.ts';
import type { SimProcess, World, WorldOptions } from '../../../../sim/world/index.ts';

const image: Frozen = { share: () => null };
const sleep = (host: Host, ms: number): Promise<void> =>
  new Promise((resolve) => host.clock.after(ms, resolve));
const forever = (host: Host): Promise<number> => sleep(host, 1e9).then(() => 0);
const childMains = new Map<string, ChildMain>([
  ['hang', forever],
  ['end', () => Promise.resolve(0)],
]);

function family(options: Partial<WorldOptions> = {}, main = 'hang') {
  const world = createWorld({ seed: 1, childMains, timerLateness: 0, ...options });
  const ends: [number, ExitStatus][] = [];
  const errors: unknown[] = [];
  let child: Child | undefined;
  const parent = world.machine.spawn(async (host) => {
    host.process.onSignal((signal) => ends.push([host.clock.monoMs(), { code: null, signal }]));
    try {
      child = host.process.fork(image, main, null);
      child.onExit((status) => ends.push([host.clock.monoMs(), status]));
    } catch (error) {
      errors.push((error as { code: string }).code);
    }
    return forever(host);
  });
  return { world, parent, ends, errors, child: () => [...parent.children][0], handle: () => child };
}

async function until(world: World, untilMs: number): Promise<void> {
  await world.run({ untilMs });
}

describe('a stopped process', () => {
  it('runs nothing until it goes on, and then everything that came due, in the order of the times', async () => {
    const world = createWorld({ seed: 1, timerLateness: 0 });
    const rang: [string, number][] = [];
    const process = world.machine.spawn((host) => {
      for (const ms of [30, 10, 20, 500])
        host.clock.after(ms, () => rang.push([`timer ${ms}`, host.clock.monoMs()]));
      return forever(host);
    });
    await until(world, 5);
    process.stop(100);
    process.after(1, 'input', () => rang.push(['input', world.scheduler.nowMs]));
    await until(world, 104);
    expect(rang).toEqual([]);
    await until(world, 1000);
    expect(rang).toEqual([
      ['timer 10', 105],
      ['input', 105],
      ['timer 20', 105],
      ['timer 30', 105],
      ['timer 500', 500],
    ]);
    expect(world.machine.stalls.within(process.pid, 0, 1000)).toBe(100);
    expect(world.machine.stalls.within(process.pid, 50, 60)).toBe(10);
  });

  it('hears of SIGTERM when it goes on, and dies of SIGKILL at once', async () => {
    const { world, parent, ends } = family();
    await until(world, 5);
    parent.stop(100);
    parent.deliver('SIGTERM');
    await until(world, 50);
    expect(ends).toEqual([]);
    await until(world, 110);
    expect(ends).toEqual([[105, { code: null, signal: 'SIGTERM' }]]);
    parent.stop(100);
    parent.deliver('SIGKILL');
    expect(parent.alive).toBe(false);
  });

  it('does not hold up others', async () => {
    const { world, parent, child } = family({}, 'hang');
    await until(world, 5);
    let ran = 0;
    parent.stop(1000);
    child()!.after(1, 'work', () => ran++);
    await until(world, 10);
    expect(ran).toBe(1);
  });
});

describe('a machine that stands still', () => {
  it('moves both clocks, and all that was due follows at once', async () => {
    const world = createWorld({ seed: 1, timerLateness: 0, startWallMs: 1_000_000 });
    const rang: number[] = [];
    let host: Host | undefined;
    const process = world.machine.spawn((given) => {
      host = given;
      for (const ms of [10, 20, 3000]) given.clock.after(ms, () => rang.push(given.clock.monoMs()));
      return forever(given);
    });
    await until(world, 5);
    world.machine.pause(2000);
    expect([host!.clock.monoMs(), host!.clock.wallMs()]).toEqual([2005, 1_002_005]);
    await until(world, 4000);
    expect(rang).toEqual([2005, 2005, 3000]);
    expect(world.machine.stalls.within(process.pid, 0, 4000)).toBe(2000);
  });
});

describe('the news of a child’s end', () => {
  it('is as late as it was told to be, and may be lost', async () => {
    const late = family({}, 'end');
    await late.world.run({ until: () => late.parent.children.size > 0 });
    late.child()!.newsDelayMs = 700;
    await until(late.world, 2000);
    expect(late.ends.map(([, status]) => status)).toEqual([{ code: 0, signal: null }]);
    expect(late.ends[0]![0]).toBeGreaterThanOrEqual(700);
    const lost = family({}, 'end');
    await lost.world.run({ until: () => lost.parent.children.size > 0 });
    lost.child()!.newsDelayMs = Infinity;
    await until(lost.world, 1e6);
    expect(lost.ends).toEqual([]);
    expect(lost.world.machine.processes.size).toBe(1);
  });

  it('waits for a parent that is stopped', async () => {
    const { world, parent, ends, child } = family();
    await until(world, 5);
    parent.stop(500);
    world.machine.kill(child()!.pid);
    await until(world, 504);
    expect(ends).toEqual([]);
    await until(world, 600);
    expect(ends).toEqual([[505, { code: null, signal: 'SIGKILL' }]]);
  });
});

describe('a fork', () => {
  it('fails with ENOMEM or EAGAIN, by the seed', async () => {
    const codes = new Set<unknown>();
    for (let seed = 0; seed < 20; seed++) {
      const { world, errors } = family({ seed, processFaults: { forkErrorChance: 1 } });
      await until(world, 5);
      for (const code of errors) codes.add(code);
      expect(world.machine.processes.size).toBe(1);
    }
    expect(codes).toEqual(new Set(['ENOMEM', 'EAGAIN']));
  });

  it('without overcommit needs as much memory again as its parent uses', async () => {
    for (const [budget, expected] of [
      [200, []],
      [199, ['ENOMEM']],
    ] as const) {
      const world = createWorld({
        seed: 1,
        childMains,
        processFaults: { memory: { bytes: budget, overcommit: false } },
      });
      const errors: unknown[] = [];
      const process: SimProcess = world.machine.spawn((host) => {
        process.residentBytes = () => 100;
        try {
          host.process.fork(image, 'hang', null);
        } catch (error) {
          errors.push((error as { code: string }).code);
        }
        return forever(host);
      });
      await until(world, 5);
      expect(errors).toEqual(expected);
    }
  });

  it('gives the lowest pid that is free, so that pids come back', async () => {
    const { world, parent, child } = family();
    await until(world, 5);
    expect([parent.pid, child()!.pid]).toEqual([1, 2]);
    world.machine.kill(1);
    const next = world.machine.spawn(forever);
    expect(next.pid).toBe(1);
    world.machine.kill(2);
    expect(world.machine.spawn(forever).pid).toBe(2);
  });

  it('keeps the pid of a child from everybody else until its parent knows that it has ended', async () => {
    const { world, child, ends } = family();
    await until(world, 5);
    child()!.newsDelayMs = 100;
    world.machine.kill(2);
    expect(world.machine.spawn(forever).pid).toBe(3);
    await until(world, 200);
    expect(ends).toHaveLength(1);
    expect(world.machine.spawn(forever).pid).toBe(2);
  });
});

describe('when the memory is used up', () => {
  async function victims(seed: number): Promise<string> {
    const { world, parent, child } = family({
      seed,
      processFaults: { memory: { bytes: 150, overcommit: true } },
    });
    await until(world, 5);
    let usedBytes = 150;
    parent.residentBytes = () => usedBytes;
    expect(world.machine.spareMemory()).toBeUndefined();
    usedBytes = 151;
    const expected = child();
    const victim = world.machine.spareMemory()!;
    expect(victim.status).toEqual({ code: null, signal: 'SIGKILL' });
    return victim === expected ? 'child' : victim === parent ? 'parent' : 'nobody';
  }

  it('a child is killed as a rule, its parent now and then', async () => {
    const counts: Record<string, number> = {};
    for (let seed = 0; seed < 60; seed++) {
      const victim = await victims(seed);
      counts[victim] = (counts[victim] ?? 0) + 1;
    }
    expect(Object.keys(counts).toSorted()).toEqual(['child', 'parent']);
    expect(counts['child']!).toBeGreaterThan(counts['parent']!);
  });

  it('nobody is, where memory is not counted', async () => {
    const { world, parent } = family();
    await until(world, 5);
    parent.residentBytes = () => 1e15;
    expect(world.machine.spareMemory()).toBeUndefined();
  });
});

describe('two processes', () => {
  it('cannot both hold the lock of a directory; a child does not inherit it', async () => {
    const world = createWorld({ seed: 1, childMains });
    const locks: [number, boolean][] = [];
    const main = async (host: Host): Promise<number> => {
      locks.push([host.process.pid, (await host.disk.lock('/')) !== undefined]);
      host.process.fork(image, 'hang', null);
      return forever(host);
    };
    const first = world.machine.spawn(main);
    await until(world, 10);
    world.machine.spawn(main);
    await until(world, 20);
    world.machine.kill(first.pid);
    expect(world.machine.processes.size).toBe(3);
    world.machine.spawn(main);
    await until(world, 30);
    expect(locks.map(([, got]) => got)).toEqual([true, false, true]);
  });
});
