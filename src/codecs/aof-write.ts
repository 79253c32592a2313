/** Writing an append-only file from commands and annotations. */
import { ByteWriter } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';
import { longestAnnotationBytes } from '../aof/index.ts';
import { type CommandPart, encodeCommand } from '../resp/index.ts';

/** What `readAof` gives, or as little of it as is needed. Text is latin1. */
export type AofItem =
  | { readonly kind: 'command'; readonly words: readonly CommandPart[] }
  | { readonly kind: 'annotation'; readonly text: string };

/**
 * The bytes of an append-only file.
 *
 * @throws LightsoutError CONFIG where an annotation is none, or longer than Redis reads
 * @example
 * const items = [{ kind: 'command', words: ['SET', 'k', 'v'] }] as const;
 * await writeFile('appendonly.aof', writeAof(items));
 */
export async function* writeAof(
  items: AsyncIterable<AofItem> | Iterable<AofItem>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new ByteWriter(2 * sliceBytes);
  for await (const item of items) {
    if (item.kind === 'command') writeCommand(out, item.words);
    else writeAnnotation(out, item.text);
    if (out.length < sliceBytes) continue;
    yield out.copy();
    out.clear();
  }
  if (out.length > 0) yield out.copy();
}

function writeCommand(out: ByteWriter, words: readonly CommandPart[]): void {
  if (words.length === 0) throw new LightsoutError('CONFIG', 'a command without words');
  encodeCommand(out, words);
}

function writeAnnotation(out: ByteWriter, text: string): void {
  if (!/^#[^\r\n\u0100-\uffff]*$/.test(text))
    throw new LightsoutError(
      'CONFIG',
      `an annotation ${JSON.stringify(text.slice(0, 80))}: one line of latin1 is expected that begins with '#'`,
    );
  if (text.length + 2 > longestAnnotationBytes)
    throw new LightsoutError(
      'CONFIG',
      `an annotation of ${text.length} characters: ${longestAnnotationBytes - 2} are the most that Redis reads`,
    );
  out.latin1(`${text}\r\n`);
}

const sliceBytes = 64 * 1024;
