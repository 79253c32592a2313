/** Lists of words as the script machine takes and gives them: `length:bytes` back to back. */
import { ByteWriter } from '../../bytes/index.ts';

export function frameWords(words: readonly (Uint8Array | string)[]): Uint8Array {
  const writer = new ByteWriter(256);
  for (const word of words) {
    writer.decimal(word.length);
    writer.byte(colon);
    if (typeof word === 'string') writer.latin1(word);
    else writer.bytes(word);
  }
  return writer.view();
}

/** Views of `frame`'s words. */
export function unframeWords(frame: Uint8Array): Uint8Array[] {
  const words: Uint8Array[] = [];
  for (let at = 0; at < frame.length;) {
    let length = 0;
    for (; frame[at] !== colon; at++) length = length * 10 + frame[at]! - 0x30;
    words.push(frame.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return words;
}

const colon = 0x3a;
