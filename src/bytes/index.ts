/** Checksums, compression and the text of numbers and words. Imports nothing but the error class. */
export { Crc64 } from './crc64.ts';
export { formatDouble17, parseDouble } from './double.ts';
export {
  decimalLength,
  formatInteger,
  int64Max,
  int64Min,
  parseInt32,
  parseInt64,
  parseInteger,
} from './integer.ts';
export { lzfCompress, lzfDecompress, lzfMaxLengthBytes } from './lzf.ts';
export { ByteWindow } from './window.ts';
export { quoteWord, splitWords } from './words.ts';
export { ByteWriter } from './writer.ts';
export { latin1Bytes, latin1Text } from './latin1.ts';
export { xxh32 } from './xxhash32.ts';
