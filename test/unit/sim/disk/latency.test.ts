/** The time that operations take: one device for all processes, and writes that wait for a sync of their file. */
import { describe, expect, it } from 'vitest';
import type { File } from '../../../../src/ports/disk.ts';
import { createWorld } from '../../../../sim/world/index.ts';

const write = (file: File, text: string): Promise<number> =>
  new Promise((resolve, reject) =>
    file.write(new TextEncoder().encode(text), (error, n) =>
      error === undefined ? resolve(n) : reject(error),
    ),
  );
const synced = (file: File): Promise<void> =>
  new Promise((resolve, reject) => file.sync((error) => (error === undefined ? resolve() : reject(error))));

describe('the device', () => {
  it('is one for all: a neighbour that writes a lot slows a sync, one that writes little does not', async () => {
    const syncEndsMs = async (neighbourBytes: number): Promise<number> => {
      const world = createWorld({ seed: 5, latency: { bytesPerUs: 10 }, immediateWriteChance: 0 });
      let endMs = 0;
      world.machine.spawn(async (host) => {
        const file = await host.disk.open('/big', { write: true, create: true });
        await write(file, 'x'.repeat(neighbourBytes));
        return 0;
      });
      world.machine.spawn(async (host) => {
        const file = await host.disk.open('/a', { write: true, create: true });
        await new Promise<void>((resolve) => host.clock.after(5, resolve));
        await write(file, 'abc');
        await synced(file);
        endMs = host.clock.monoMs();
        return 0;
      });
      await world.run();
      return endMs;
    };
    const alone = await syncEndsMs(1000);
    expect(alone).toBeLessThan(60);
    expect(await syncEndsMs(3 * 1024 * 1024)).toBeGreaterThan(300);
  });

  it('holds back writes to a file whose sync is running, unless writes pass syncs', async () => {
    const order = async (writesPassSyncs: boolean): Promise<string[]> => {
      const said: string[] = [];
      const world = createWorld({
        seed: 5,
        latency: { writesPassSyncs, syncScale: 100 },
        immediateWriteChance: 0,
      });
      world.machine.spawn(async (host) => {
        const file = await host.disk.open('/a', { write: true, create: true, append: true });
        await write(file, 'abc');
        const first = synced(file).then(() => said.push('synced'));
        await write(file, 'def').then(() => said.push('written'));
        await first;
        return 0;
      });
      await world.run();
      return said;
    };
    expect(await order(false)).toEqual(['synced', 'written']);
    expect(await order(true)).toEqual(['written', 'synced']);
  });
});
