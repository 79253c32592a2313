/** Append-only files: their names, the manifest, their contents both ways. */
export { AofDecoder, longestAnnotationBytes } from './decoder.ts';
export { emptyManifest, formatManifest, parseManifest } from './manifest.ts';
export type { Annotation, Manifest, ManifestFile, ReadManifest, ReadManifestOptions } from './manifest.ts';
export { aofNames } from './names.ts';
export { AofRewriter } from './rewrite.ts';
export type { AofRewriterOptions } from './rewrite.ts';
export {
  batchHeaderBytes,
  batchMark,
  isBatchBody,
  parseBatchHeader,
  reserveBatchHeader,
  sealBatch,
} from './batch.ts';
export type { BatchHeader, BatchPlace } from './batch.ts';
