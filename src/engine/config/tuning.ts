/** Sizes and times that are nobody's business but matter at their seams: scenarios draw extremes of them. */

export interface Tuning {
  /** Largest page of the keyspace. */
  readonly pageBytes: number;
  /** First and largest chunk that slabs are cut from. */
  readonly firstChunkBytes: number;
  readonly maxChunkBytes: number;
  /** Directory entries a segment. */
  readonly segmentEntries: number;
  /** Bytes a child encodes before it writes them and lets others run. */
  readonly saveSliceBytes: number;
  /** Bytes recovery reads at a time. */
  readonly loadSliceBytes: number;
  /** Most bytes handed to one write of the log. */
  readonly writeBytes: number;
  /** Waits before an operation that failed is tried again: first, and largest (doubling). */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Most bytes of effects held back while the disk keeps the log waiting; beyond, writes are refused. */
  readonly bufferBytes: number;
  /** Pages that one active-expiry step looks at. */
  readonly expirePages: number;
  /** A script that has written nothing is stopped after so many millions of instructions: some seconds. */
  readonly maxScriptMillions: number;
}

export const productionTuning: Tuning = {
  pageBytes: 4096,
  firstChunkBytes: 16 * 1024,
  maxChunkBytes: 4 * 1024 * 1024,
  segmentEntries: 1024,
  saveSliceBytes: 1024 * 1024,
  loadSliceBytes: 1024 * 1024,
  writeBytes: 8 * 1024 * 1024,
  retryFirstMs: 100,
  retryMaxMs: 5_000,
  bufferBytes: 64 * 1024 * 1024,
  expirePages: 200,
  maxScriptMillions: 500,
};
