/** Configuration texts from the real file system and the real standard input. Read once, at start: synchronously. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { ConfSource } from './redis-conf.ts';

const STDIN_FD = 0;

export const realConfSource: ConfSource = {
  readFile: (path) => readFileSync(path, 'utf8'),
  readStdin: () => readFileSync(STDIN_FD, 'utf8'),
  expand: expandPattern,
};

/** The existing paths that `pattern` names, sorted. As in a shell, * and ? match no '/' and no leading dot. */
export function expandPattern(pattern: string): string[] {
  let found = [pattern.startsWith('/') ? '/' : ''];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    found = found.flatMap((directory) => matches(directory, part, isLast));
  }
  return found.toSorted();
}

function matches(directory: string, part: string, isLast: boolean): string[] {
  if (!/[*?[]/.test(part) && !isLast) return [join(directory, part)];
  const wanted = expression(part);
  return entries(directory === '' ? '.' : directory)
    .filter((name) => wanted.test(name) && (!name.startsWith('.') || part.startsWith('.')))
    .map((name) => join(directory, name));
}

/** A directory that cannot be read holds no match, as with glob(3). */
function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** One part of a pattern as a regular expression: * ? [abc] [a-z] [!abc] and \ before a character that means itself. */
function expression(part: string): RegExp {
  const source = part.replace(
    /\\(.)|\[(!|\^)?(\]?[^\]]*)\]|\*|\?|[.+^${}()|[\]\\]/g,
    (found, escaped, not, set) => {
      if (typeof escaped === 'string') return literal(escaped);
      if (typeof set === 'string')
        return `[${not === undefined ? '' : '^'}${set.replace(/[\\\]^]/g, '\\$&')}]`;
      if (found === '*') return '.*';
      return found === '?' ? '.' : literal(found);
    },
  );
  return new RegExp(`^${source}$`, 's');
}

function literal(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\]/, '\\$&');
}
