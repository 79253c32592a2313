/** What the databases of one keyspace have in common. */
import { ByteWriter } from '../bytes/writer.ts';
import { byteOf, blockKind, copyBytes, extentHeaderBytes } from './chunks.ts';
import type { Chunks } from './chunks.ts';
import { CowMemory } from './cow-memory.ts';
import type { HashSeed } from './hash.ts';
import type { RecordShape } from './page.ts';
import type { AllocateBuffer } from './slab.ts';
import { Slab } from './slab.ts';
import { SourceViews } from './source-views.ts';
import { Table } from './table.ts';
import type { TableContext } from './table-view.ts';
import type { CompactLimits, CompleteTuning } from './tuning.ts';

export class Store implements TableContext {
  readonly tuning: CompleteTuning;
  readonly limits: CompactLimits;
  readonly memory: CowMemory;
  readonly chunks: Chunks;
  /** One object for ever, which all tables hold: `reseed` writes into it. */
  readonly seed: { low: number; high: number };
  readonly segmentLog: number;
  readonly probe = new ByteWriter(64);
  /** Holds a record while it moves; used at once. */
  readonly scratch = new ByteWriter(64);
  /** Holds a value while it is put together; used at once. */
  readonly value = new ByteWriter(64);
  readonly sources = new SourceViews();
  /** Grows with every change (`changed`), so that whoever remembers a place knows when to look again. */
  stamp = 0;

  constructor(tuning: CompleteTuning, limits: CompactLimits, seed: HashSeed, allocate: AllocateBuffer) {
    this.tuning = tuning;
    this.limits = limits;
    this.memory = new CowMemory(new Slab(tuning.firstChunkBytes, tuning.maxChunkBytes, allocate));
    this.chunks = this.memory.chunks;
    this.seed = { ...seed };
    this.segmentLog = 31 - Math.clz32(tuning.segmentEntries);
  }

  /** Call when a change begins, or has moved a record that somebody may remember. */
  changed(): void {
    this.stamp++;
    this.memory.freeSome();
  }

  /** Only where no record lies under the old seed. */
  reseed({ low, high }: HashSeed): void {
    this.changed();
    this.seed.low = low;
    this.seed.high = high;
  }

  table(shape: RecordShape): Table {
    return new Table(this.memory, this, shape, this.tuning.pageBytes);
  }

  /** Copies bytes into an extent of their own and gives its address. */
  newExtent(source: Uint8Array, start: number, end: number): number {
    const address = this.memory.takeBytes(extentHeaderBytes + end - start, blockKind.extent);
    copyBytes(source, start, end, this.chunks.bytes[address >>> 16]!, byteOf(address) + extentHeaderBytes);
    return address;
  }
}
