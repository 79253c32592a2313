/** Bytes as text and back, one character a byte: how the model holds keys and values. */

const { fromCharCode } = String;

/** bytes[start, end) as text. */
export function textOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  let i = start;
  // Eight at a time: a call of its own for each byte makes a string for each byte.
  for (; i + 8 <= end; i += 8)
    text += fromCharCode(
      bytes[i]!,
      bytes[i + 1]!,
      bytes[i + 2]!,
      bytes[i + 3]!,
      bytes[i + 4]!,
      bytes[i + 5]!,
      bytes[i + 6]!,
      bytes[i + 7]!,
    );
  for (; i < end; i++) text += fromCharCode(bytes[i]!);
  return text;
}

/** Writes text into `into` from `at` on and returns where it ended. */
export function putText(text: string, into: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) into[at + i] = text.charCodeAt(i);
  return at + text.length;
}
