/** The checker of what records refer to: extents, and the structures of large collections. */
import { assert } from '../assert.ts';
import { blockKind, unitBytes, unitsOf } from '../chunks.ts';
import { expiryIn, readNextExpiry } from '../field-expiries.ts';
import { walkList } from '../list-view.ts';
import type { RecordShape } from '../page.ts';
import { keyOf, recordType, typeOf } from '../page.ts';
import { comesBefore, readScore, scoreBytes } from '../score.ts';
import { copyStored, extentAddress, extentForm, readWord, storedEnd } from '../stored-string.ts';
import { TableView } from '../table-view.ts';
import { checkList } from './lists.ts';
import { checkStream } from './streams.ts';
import { checkPages } from './tables.ts';
import type { Walk } from './walk.ts';

/** Checks a table and everything that its records refer to. */
export function checkTable(walk: Walk, root: number, shape: RecordShape): void {
  checkPages(walk, root, shape, (bytes, record) => checkReferences(walk, bytes, record, shape));
}

function checkReferences(walk: Walk, bytes: Uint8Array, record: number, shape: RecordShape): void {
  const key = keyOf(bytes, record, shape);
  checkExtent(walk, bytes, key);
  const value = storedEnd(bytes, key);
  if (shape === 'field') checkExtent(walk, bytes, value);
  if (shape !== 'key') return;
  switch (bytes[typeOf(bytes, record)]!) {
    case recordType.string:
      checkExtent(walk, bytes, value);
      return;
    case recordType.largeSet:
      checkTable(walk, readWord(bytes, value), 'member');
      return;
    case recordType.largeHash:
      checkTable(walk, readWord(bytes, value), 'field');
      return;
    case recordType.expiringHash:
      checkExpiringHash(walk, bytes, value);
      return;
    case recordType.largeZset:
      checkZset(walk, readWord(bytes, value), readWord(bytes, value + 4));
      return;
    case recordType.largeList:
      if (readWord(bytes, value) !== 0) checkList(walk, readWord(bytes, value));
      return;
    case recordType.stream:
      checkStream(walk, readWord(bytes, value));
      return;
  }
}

function checkExtent(walk: Walk, bytes: Uint8Array, at: number): void {
  if (bytes[at] !== extentForm) return;
  const address = extentAddress(bytes, at);
  walk.reach(address, blockKind.extent);
  assert(
    8 + readWord(bytes, at + 5) <= unitsOf(walk.store.chunks, address) * unitBytes,
    'an extent holds its content',
  );
}

/** What expires is there, some does, and nothing before the time that the record says. */
function checkExpiringHash(walk: Walk, bytes: Uint8Array, value: number): void {
  const { chunks } = walk.store;
  checkTable(walk, readWord(bytes, value), 'field');
  checkTable(walk, readWord(bytes, value + 4), 'field');
  const fields = new TableView(walk.store, 'field').attach(readWord(bytes, value));
  const expiries = new TableView(walk.store, 'field').attach(readWord(bytes, value + 4));
  const next = readNextExpiry(bytes, value);
  assert(expiries.records > 0, 'a hash without fields that expire is a plain one');
  expiries.forEachRecord((page, record) => {
    const field = copyStored(chunks, page, record);
    assert(
      fields.locate(fields.hashOf(field, 0, field.length), field, 0, field.length),
      'a field that expires is there',
    );
    assert(expiryIn(chunks, page, record) >= next, 'a hash knows the earliest expiry of its fields');
  });
}

/** The table and the tree of a sorted set have the same elements, and those of the tree are in order. */
function checkZset(walk: Walk, root: number, tree: number): void {
  const { chunks } = walk.store;
  checkTable(walk, root, 'field');
  const { count } = tree === 0 ? { count: 0 } : checkList(walk, tree);
  const view = new TableView(walk.store, 'field').attach(root);
  assert(count === view.records, `a sorted set orders ${count} of ${view.records} members`);
  let last: Uint8Array | undefined;
  walkList(chunks, tree, 0, (element) => {
    const member = element.subarray(scoreBytes);
    if (last !== undefined) {
      const isBefore = comesBefore(readScore(element, 0), member);
      assert(
        isBefore(readScore(last, 0), last, scoreBytes, last.length),
        'elements of a sorted set are in order',
      );
    }
    last = element;
    assert(
      view.locate(view.hashOf(member, 0, member.length), member, 0, member.length),
      'a member that has a place has a score',
    );
    const stored = copyStored(chunks, view.bytes, storedEnd(view.bytes, view.record));
    assert(
      Object.is(readScore(stored, 0), readScore(element, 0)),
      'a member has the same score in both places',
    );
  });
}
