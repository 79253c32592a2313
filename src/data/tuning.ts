/**
 * Sizes of the paged keyspace. Production uses the defaults; the simulator draws extremes, because bugs live at the
 * seams of sizes. Any value is legal: `completeTuning` brings each into the range that the layouts can express.
 */
export interface KeyspaceTuning {
  /** Largest page of records; 64 to 8192, a multiple of 64. Default 4096. A page grows up to it, then splits. */
  readonly pageBytes?: number;
  /** First chunk taken from the system; each further one as large as all before together. Default 16 KiB. */
  readonly firstChunkBytes?: number;
  /** Largest chunk, except one made for a single long value. 1 KiB to 4 MiB, default 4 MiB. */
  readonly maxChunkBytes?: number;
  /** Page addresses in a directory segment, a power of two from 2 to 8192. Default 1024. */
  readonly segmentEntries?: number;
  /** Keys, values, members and list elements longer than this live in blocks of their own. Default pageBytes / 8. */
  readonly extentThresholdBytes?: number;
  /** A collection whose record would be longer becomes a structure of pages. Default pageBytes / 4. */
  readonly smallCollectionBytes?: number;
  /** Largest run of elements of a long list. 64 to 8192, default pageBytes. */
  readonly listLeafBytes?: number;
  /** Children an inner node of a long list has at most. 4 to 1024, default 64. */
  readonly listNodeChildren?: number;
}

/**
 * How large a collection may become before Redis gives up its compact form, for good: what OBJECT ENCODING says, and the type
 * in a file. Looked at with each change, so their owner may alter them at any time.
 */
export interface CompactLimits {
  readonly hashMaxListpackEntries: number;
  readonly hashMaxListpackValueBytes: number;
  readonly setMaxIntsetEntries: number;
  readonly zsetMaxListpackEntries: number;
  readonly zsetMaxListpackValueBytes: number;
}

/** redis-server's. */
export const defaultLimits: CompactLimits = {
  hashMaxListpackEntries: 512,
  hashMaxListpackValueBytes: 64,
  setMaxIntsetEntries: 512,
  zsetMaxListpackEntries: 128,
  zsetMaxListpackValueBytes: 64,
};

export type CompleteTuning = Required<KeyspaceTuning>;

/** Fills in defaults and brings every size into its range. */
export function completeTuning(tuning: KeyspaceTuning = {}): CompleteTuning {
  const pageBytes = clamp(roundUp(tuning.pageBytes ?? 4096, 64), 64, 8192);
  const maxChunkBytes = clamp(roundUp(tuning.maxChunkBytes ?? 4 << 20, 64), 1024, 4 << 20);
  return {
    pageBytes,
    maxChunkBytes,
    firstChunkBytes: clamp(roundUp(tuning.firstChunkBytes ?? 16 << 10, 64), 1024, maxChunkBytes),
    segmentEntries: 1 << (31 - Math.clz32(clamp(tuning.segmentEntries ?? 1024, 2, 8192))),
    extentThresholdBytes: clamp(tuning.extentThresholdBytes ?? pageBytes >>> 3, 8, 4096),
    smallCollectionBytes: clamp(tuning.smallCollectionBytes ?? pageBytes >>> 2, 16, 4096),
    listLeafBytes: clamp(roundUp(tuning.listLeafBytes ?? pageBytes, 64), 64, 8192),
    listNodeChildren: clamp(tuning.listNodeChildren ?? 64, 4, 1024),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.floor(value)));
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
