/** Bytes as text and back, one character a byte: how the model holds keys and values. */

const PIECE = 4096;

/** Up to here a loop beats `apply`, which has to make a view and a list first. */
const SHORT = 24;

/** bytes[start, end) as text. */
export function textOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start <= SHORT) {
    let short = '';
    for (let i = start; i < end; i++) short += String.fromCharCode(bytes[i]!);
    return short;
  }
  if (end - start <= PIECE)
    return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
  let text = '';
  for (let at = start; at < end; at += PIECE) {
    text += String.fromCharCode.apply(
      null,
      bytes.subarray(at, Math.min(end, at + PIECE)) as unknown as number[],
    );
  }
  return text;
}

/** Writes text into `into` from `at` on and returns where it ended. */
export function putText(text: string, into: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) into[at + i] = text.charCodeAt(i);
  return at + text.length;
}
