/**
 * Lines of a text that are confused: two stand in each other's place, one stands where another belongs, or a word of it
 * does, or one or two are gone. That is what is left of a small file which an editor, a copy or a tool of recovery has put
 * together from what it could read. What leans, leans to lines that begin alike, and to the words in which they differ.
 */
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const MOST_GONE = 2;
const ways = ['exchanged', 'in place of another', 'gone', 'a word in place of another'] as const;

/** One of `count` options; where it is aimed and there are some, one of `weak`. */
export type Pick = (what: string, count: number, weak: readonly number[]) => number;

/** The bytes as they are then. What has no line feed is one line. */
export function confuseLines(bytes: Uint8Array, pick: Pick): Uint8Array {
  const lines = piecesOf(bytes, LINE_FEED);
  const way = ways[pick('way', ways.length, [])]!;
  const line = pick('line', lines.length, []);
  if (way === 'gone') {
    lines.splice(line, 1 + pick('more', Math.min(MOST_GONE, lines.length - line), []));
    return joined(lines);
  }
  const words = piecesOf(lines[line]!, SPACE);
  const alike = [...lines.keys()].filter(
    (at) => at !== line && isSame(piecesOf(lines[at]!, SPACE)[0]!, words[0]!),
  );
  const other = pick('other line', lines.length, alike);
  if (way === 'a word in place of another') {
    const otherWords = piecesOf(lines[other]!, SPACE);
    const common = Math.min(words.length, otherWords.length);
    const differing = [...words.keys()].filter((at) => at < common && !isSame(words[at]!, otherWords[at]!));
    const word = pick('word', common, differing);
    words[word] = otherWords[word]!;
    lines[line] = joined(words);
    return joined(lines);
  }
  const moved = lines[other]!;
  if (way === 'exchanged') lines[other] = lines[line]!;
  lines[line] = moved;
  return joined(lines);
}

/** Each with the end byte that it ends in. One piece at the least. */
function piecesOf(bytes: Uint8Array, endByte: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  do {
    const end = bytes.indexOf(endByte, start);
    const next = end < 0 ? bytes.length : end + 1;
    pieces.push(bytes.subarray(start, next));
    start = next;
  } while (start < bytes.length);
  return pieces;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
