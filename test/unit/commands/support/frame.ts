/** Replies taken apart without losing a byte: `*-1` and `$-1` are different here, as they are to a client. */

export interface Frame {
  /** The first line, with its type, without its end. */
  readonly line: string;
  /** Of bulk strings. */
  readonly body?: string;
  /** Of aggregates; of a map, keys and values by turns. */
  readonly items?: readonly Frame[];
}

const perItem: Readonly<Record<string, number>> = { '*': 1, '~': 1, '>': 1, '%': 2 };

/** The frame at `at` of latin1 text, and where it ends; undefined where it is not whole. */
export function readFrame(text: string, at = 0): { frame: Frame; end: number } | undefined {
  const lineEnd = text.indexOf('\r\n', at);
  if (lineEnd < 0) return undefined;
  const line = text.slice(at, lineEnd);
  const size = Number(line.slice(1));
  let end = lineEnd + 2;
  const kind = line[0] ?? '';
  if ('$=!'.includes(kind) && size >= 0) {
    if (text.length < end + size + 2) return undefined;
    return { frame: { line, body: text.slice(end, end + size) }, end: end + size + 2 };
  }
  const factor = perItem[kind];
  if (factor === undefined) return { frame: { line }, end };
  const items: Frame[] = [];
  for (let i = 0; i < size * factor; i++) {
    const item = readFrame(text, end);
    if (item === undefined) return undefined;
    items.push(item.frame);
    end = item.end;
  }
  return { frame: { line, items }, end };
}

/** The frame that is all of `text`. */
export function frameOf(text: string): Frame {
  const read = readFrame(text);
  if (read === undefined || read.end !== text.length)
    throw new Error(`not one reply: ${JSON.stringify(text)}`);
  return read.frame;
}

/** As text to compare. `sorted`: items in any order; `pairs`: pairs of items in any order. */
export function canonical(frame: Frame, order: 'exact' | 'sorted' | 'pairs' = 'exact'): string {
  if (frame.items === undefined) return JSON.stringify([frame.line, frame.body]);
  let parts = frame.items.map((item) => canonical(item));
  if (order === 'pairs') parts = parts.flatMap((part, i) => (i % 2 === 0 ? [`${part}=${parts[i + 1]}`] : []));
  if (order !== 'exact') parts.sort();
  return `${frame.line}(${parts.join(' ')})`;
}
