/**
 * The checker of memory: walks all that databases and images refer to, and compares it with all that memory holds.
 *
 * - A block that several owners share is reached as often as it is known to have owners.
 * - Every block in memory is either free, or live (reached from a database), or retired, or waiting to be freed: exactly one
 *   of them. What an image sees is live or retired to it or to a newer one, and born before it.
 */
import { assert } from '../assert.ts';
import { blockKind } from '../chunks.ts';
import type { FrozenEpoch } from '../cow-memory.ts';
import type { Store } from '../store.ts';
import { checkTable } from './records.ts';
import { Walk } from './walk.ts';

interface SeenImage {
  readonly epoch: FrozenEpoch;
  readonly roots: readonly number[];
}

export function checkStore(store: Store, roots: readonly number[], images: readonly SeenImage[]): void {
  const { memory } = store;
  const blocks = new Map<number, number>();
  memory.slab.check((address, _units, kind) => {
    if (kind !== blockKind.free) blocks.set(address, kind);
  });
  const live = new Walk(store, blocks, memory.epoch);
  for (const root of roots) checkTable(live, root, 'key');
  for (const [address, others] of [...live.again, ...memory.sharers])
    assert(
      live.again.get(address) === others && memory.sharers.get(address) === others,
      `a block has ${(live.again.get(address) ?? 0) + 1} owners, and ${(memory.sharers.get(address) ?? 0) + 1} are known`,
    );
  const owners = new Map<number, string>();
  const claim = (address: number, owner: string): void => {
    assert(blocks.has(address), `a block that is ${owner} is not in memory`);
    assert(!owners.has(address), `a block is ${owner} and ${owners.get(address)}`);
    owners.set(address, owner);
  };
  for (const address of live.reached) claim(address, 'live');
  for (const address of memory.waiting()) claim(address, 'waiting');
  for (const image of memory.images)
    for (const address of image.retired) claim(address, `retired to image ${image.epoch}`);
  for (const [address, kind] of blocks) assert(owners.has(address), `a block of kind ${kind} is lost`);
  assert(images.length === memory.images.length, 'there are as many images as epochs kept');
  for (const { epoch, roots: seenRoots } of images) {
    const seen = new Walk(store, blocks, epoch.epoch);
    for (const root of seenRoots) checkTable(seen, root, 'key');
    for (const address of seen.reached) {
      const owner = owners.get(address)!;
      const kept =
        owner === 'live' ||
        memory.images.some(
          (image) => image.epoch >= epoch.epoch && owner === `retired to image ${image.epoch}`,
        );
      assert(kept, `image ${epoch.epoch} sees a block that is ${owner}`);
    }
  }
}
