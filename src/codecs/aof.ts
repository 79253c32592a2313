/** `lightsout/aof`: append-only files and their manifests as streams of entries, both ways. */
export {
  type Annotation,
  emptyManifest,
  formatManifest,
  type Manifest,
  type ManifestFile,
  parseManifest,
  type ReadManifest,
} from '../aof/index.ts';
export { type ErrorCode, isLightsoutError, LightsoutError } from '../errors.ts';
export { type AofEntry, readAof, type ReadAofOptions } from './aof-read.ts';
export { type AofItem, writeAof } from './aof-write.ts';
export type { ByteSource, RdbEntry } from './rdb-entry.ts';
