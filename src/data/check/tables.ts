/**
 * The checker of tables.
 *
 * Every page stands at the directory indexes that its prefix and depth ask for, and at no other; every record's hash has
 * that prefix; every record is found through its slot; counts of records, specials and expiries are right in every page
 * and every root; records and slots lie inside their page.
 */
import { assert } from '../assert.ts';
import { blockKind, unitBytes, unitsOf } from '../chunks.ts';
import type { RecordShape } from '../page.ts';
import {
  hasExpiry,
  hashOfRecord,
  isSpecial,
  keyOf,
  pageHeaderBytes,
  pageWord,
  recordEnd,
  slotCapacity,
  wideBit,
} from '../page.ts';
import { copyStored } from '../stored-string.ts';
import { TableView, recordsStart, rootWord, segmentHeaderWords } from '../table-view.ts';
import type { Walk } from './walk.ts';

type OnRecord = (bytes: Uint8Array, record: number) => void;

/** `onRecord` checks what a record refers to. */
export function checkPages(walk: Walk, root: number, shape: RecordShape, onRecord: OnRecord): void {
  if (root === 0) return;
  const { chunks } = walk.store;
  walk.reach(root, blockKind.root);
  const words = chunks.words[root >>> 16]!;
  const at = (root & 0xffff) << 4;
  const depth = words[at + rootWord.depth]!;
  const perSegment = Math.min(1 << depth, 1 << walk.store.segmentLog);
  const segments = (1 << depth) / perSegment;
  assert(
    (rootWord.segments + segments) * 4 <= unitsOf(chunks, root) * unitBytes,
    'a root holds its segments',
  );
  for (let i = 0; i < segments; i++) {
    const segment = words[at + rootWord.segments + i]!;
    walk.reach(segment, blockKind.segment);
    assert(
      (segmentHeaderWords + perSegment) * 4 <= unitsOf(chunks, segment) * unitBytes,
      'a segment holds its entries',
    );
  }
  const view = new TableView(walk.store, shape).attach(root);
  let records = 0;
  let expires = 0;
  const prefixes = new Map<number, number>();
  for (let index = 0; index < 1 << depth; index++) {
    const page = view.pageAt(index);
    if (page === 0) continue;
    const prefix = prefixes.get(page);
    if (prefix !== undefined) {
      assert(
        prefix === (index & ((1 << view.depthOf(page)) - 1)),
        'a page stands at an index of another prefix',
      );
      continue;
    }
    prefixes.set(page, index);
    const counts = checkPage(walk, view, page, index, depth, onRecord);
    records += counts.records;
    expires += counts.expires;
  }
  for (const [page, prefix] of prefixes) {
    for (let index = prefix; index < 1 << depth; index += 1 << view.depthOf(page)) {
      assert(view.pageAt(index) === page, 'a page does not stand at an index of its prefix');
    }
  }
  assert(records === view.records, `${view.records} records counted, ${records} there`);
  assert(expires === view.expires, `${view.expires} expiries counted, ${expires} there`);
}

function checkPage(
  walk: Walk,
  view: TableView,
  page: number,
  prefix: number,
  tableDepth: number,
  onRecord: OnRecord,
): { records: number; expires: number } {
  const { chunks, seed } = walk.store;
  const { shape } = view;
  walk.reach(page, blockKind.page);
  const words = chunks.words[page >>> 16]!;
  const bytes = chunks.bytes[page >>> 16]!;
  const at = (page & 0xffff) << 4;
  const base = at << 2;
  const sizeBytes = unitsOf(chunks, page) * unitBytes;
  const layout = words[at + pageWord.shape]!;
  const depth = view.depthOf(page);
  const slots = 1 << (layout & 31);
  const wide = (layout & wideBit) !== 0;
  assert(
    depth <= tableDepth && prefix >>> depth === 0,
    'a page is not deeper than its table, and begins at its prefix',
  );
  assert(wide === sizeBytes > 8192, 'a page is wide if it is long');
  const end = base + words[at + pageWord.end]!;
  assert(end <= base + sizeBytes, 'records lie inside their page');
  let records = 0;
  let specials = 0;
  let expires = 0;
  const offsets = new Set<number>();
  let record = recordsStart(chunks, page);
  while (record < end) {
    const next = recordEnd(bytes, record, shape);
    assert(next <= end, 'a record lies inside its page');
    records++;
    if (isSpecial(bytes, record, shape)) specials++;
    if (hasExpiry(bytes, record, shape)) expires++;
    offsets.add(record - base);
    const hash = hashOfRecord(chunks, bytes, record, shape, seed);
    assert((hash & ((1 << depth) - 1)) === prefix, 'a record has the prefix of its page');
    onRecord(bytes, record);
    const key = copyStored(chunks, bytes, keyOf(bytes, record, shape));
    assert(
      view.locate(hash, key, 0, key.length) && view.page === page && view.record === record,
      'a record is found through its slot',
    );
    record = next;
  }
  assert(record === end, 'records end where the page says');
  assert(records > 0, 'a page without records is freed');
  assert(
    records === words[at + pageWord.count],
    `${words[at + pageWord.count]} records counted in a page, ${records} there`,
  );
  assert(
    specials === words[at + pageWord.specials],
    `${words[at + pageWord.specials]} specials counted in a page, ${specials} there`,
  );
  assert(
    expires === words[at + pageWord.expires],
    `${words[at + pageWord.expires]} expiries counted in a page, ${expires} there`,
  );
  assert(records <= slotCapacity(layout & 31), 'a page has empty slots');
  let used = 0;
  for (let slot = 0; slot < slots; slot++) {
    const entry = wide
      ? words[(base + pageHeaderBytes) / 4 + slot]!
      : chunks.shorts[page >>> 16]![(base + pageHeaderBytes) / 2 + slot]!;
    if (entry === 0) continue;
    used++;
    assert(offsets.has(wide ? entry & 0xffffff : entry & 0x1fff), 'a slot leads to a record');
  }
  assert(used === records, 'there are as many slots in use as records');
  return { records, expires };
}
