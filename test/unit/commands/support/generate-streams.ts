/** Random commands of streams: few keys and groups, ids that meet, options in every mixture, some of them wrong. */
import type { Draw } from './generate.ts';

const keys = ['x0', 'x0', 'x0', 'x1', 'x1', 'none', 'plain'];
const groups = ['g0', 'g0', 'g1', 'nobody'];
const consumers = ['c0', 'c1', 'c2', ''];
const greatest = '18446744073709551615';

export class StreamGenerator {
  readonly #draw: Draw;
  /** Whole runs of entries are trimmed where a run holds so many. */
  #last = 1;

  /** Two servers: no id is left to the clock of either. */
  readonly #servers: 1 | 2;

  constructor(draw: Draw, servers: 1 | 2 = 1) {
    this.#draw = draw;
    this.#servers = servers;
  }

  next(): string[] {
    const words = this.#words();
    // A word is lost or doubled now and then.
    if (this.#chance(0.02)) words.splice(this.#int(words.length - 1) + 1, 1);
    if (this.#chance(0.01)) words.push(this.#pick(['COUNT', '1', 'x', '-1']));
    return words;
  }

  #words(): string[] {
    const key = this.#pick(keys);
    const group = this.#pick(groups);
    const consumer = this.#pick(consumers);
    switch (this.#weighted([30, 3, 5, 2, 6, 3, 10, 8, 6, 5, 6, 2, 2, 1, 2, 3, 3, 2, 1, 1, 1, 1])) {
      case 0: {
        // Half of them hold to one stream's ids, so that streams grow.
        const id = this.#weighted([6, 1, 1, 2]);
        this.#last += this.#int(3);
        const ids = [
          `${this.#last}-${this.#int(3)}`,
          this.#id(),
          this.#servers === 1 ? '*' : `${this.#last}-*`,
          `${this.#last}-*`,
        ];
        return ['XADD', key === 'none' ? 'x1' : key, ...this.#trim(true), ids[id]!, ...this.#fields()];
      }
      case 1:
        return ['XTRIM', key, ...(this.#chance(0.9) ? this.#trimming() : [this.#id(), '3'])];
      case 2:
        return ['XDEL', key, ...this.#ids(3)];
      case 3:
        return ['XLEN', key];
      case 4:
        return ['XRANGE', key, this.#bound('-'), this.#bound('+'), ...this.#count()];
      case 5:
        return ['XREVRANGE', key, this.#bound('+'), this.#bound('-'), ...this.#count()];
      case 6: {
        const streams = this.#pick([[key], [key], ['x0', 'x1'], ['x0', 'x0'], [key, 'none']]);
        const after = streams.map(() => this.#pick(['>', '>', '>', '>', '0', this.#id(), '$']));
        const noack = this.#chance(0.15) ? ['NOACK'] : [];
        return [
          'XREADGROUP',
          'GROUP',
          group,
          consumer,
          ...this.#count(),
          ...noack,
          'STREAMS',
          ...streams,
          ...after,
        ];
      }
      case 7:
        return [
          'XREAD',
          ...this.#count(),
          'STREAMS',
          'x0',
          'x1',
          this.#id(),
          this.#pick([this.#id(), '$', '0', '>']),
        ];
      case 8:
        return ['XACK', key, group, ...this.#ids(3)];
      case 9: {
        const options: string[] = [];
        if (this.#chance(0.3)) options.push('JUSTID');
        if (this.#chance(0.2)) options.push('FORCE');
        if (this.#chance(0.3))
          options.push(
            this.#pick(['TIME', 'IDLE']),
            this.#pick(['1000', '0', '-1', '-5', 'x', '1600000000000']),
          );
        if (this.#chance(0.2)) options.push('RETRYCOUNT', this.#pick(['0', '7', '-1', 'x']));
        if (this.#chance(0.1)) options.push('LASTID', this.#id());
        return ['XCLAIM', key, group, consumer, this.#idle(), ...this.#ids(4), ...options];
      }
      case 10: {
        const options = [...this.#count(), ...(this.#chance(0.3) ? ['JUSTID'] : [])];
        return [
          'XAUTOCLAIM',
          key,
          group,
          consumer,
          this.#idle(),
          this.#pick(['0', '0-0', '-', this.#bound('-')]),
          ...options,
        ];
      }
      case 11:
        return ['XPENDING', key, group];
      case 12: {
        const idle = this.#chance(0.3) ? ['IDLE', this.#idle()] : [];
        const whose = this.#chance(0.4) ? [consumer] : [];
        const count = this.#pick(['10', '1', '0', '-1', '100']);
        return ['XPENDING', key, group, ...idle, this.#bound('-'), this.#bound('+'), count, ...whose];
      }
      case 13:
        return ['XGROUP', 'DESTROY', key, group];
      case 14: {
        const make = this.#chance(0.4) ? ['MKSTREAM'] : [];
        const id = this.#pick(['$', '0', this.#id()]);
        return ['XGROUP', 'CREATE', key, group, id, ...make, ...this.#entriesRead()];
      }
      case 15:
        return ['XGROUP', 'CREATE', this.#pick(['x0', 'x1']), this.#pick(['g0', 'g1']), '0', 'MKSTREAM'];
      case 16:
        return ['XGROUP', 'CREATECONSUMER', key, group, consumer];
      case 17:
        return ['XGROUP', 'DELCONSUMER', key, group, consumer];
      case 18:
        return ['XGROUP', 'SETID', key, group, this.#pick(['$', '0', this.#id()]), ...this.#entriesRead()];
      case 19: {
        const options = this.#chance(0.4) ? ['ENTRIESADDED', this.#pick(['0', '500', '-1', 'x'])] : [];
        if (this.#chance(0.3)) options.push('MAXDELETEDID', this.#id());
        return [
          'XSETID',
          key,
          this.#pick([this.#id(), `${this.#last + 1}-0`, `${this.#last - 2}-0`]),
          ...options,
        ];
      }
      case 20:
        return this.#pick([
          ['DEL', key],
          ['RENAME', 'x0', 'x1'],
          ['COPY', 'x1', 'x0', 'REPLACE'],
          ['SET', 'plain', 'v'],
          ['TYPE', key],
          ['OBJECT', 'ENCODING', key],
        ]);
      default:
        return this.#pick([
          ['XINFO', 'STREAM', key],
          ['XINFO', 'STREAM', key],
          ['XINFO', 'STREAM', key, 'FULL'],
          ['XINFO', 'STREAM', key, 'FULL', 'COUNT', this.#pick(['0', '1', '-1', 'x'])],
          ['XINFO', 'GROUPS', key],
          ['XINFO', 'CONSUMERS', key, group],
          ['XINFO', 'HELP'],
          ['XGROUP', 'HELP'],
          ['XINFO', 'NOTHING', key],
        ]);
    }
  }

  #fields(): string[] {
    const names = this.#pick([['f'], ['f'], ['f'], ['f', 'g'], ['12'], ['']]);
    return names.flatMap((name) => [
      name,
      this.#pick(['v', '1', '-70000', 'x'.repeat(this.#int(150)), '9223372036854775807']),
    ]);
  }

  #trim(add: boolean): string[] {
    const words: string[] = [];
    if (add && this.#chance(0.05)) words.push('NOMKSTREAM');
    if (this.#chance(0.15)) words.push(...this.#trimming());
    return words;
  }

  #trimming(): string[] {
    const sign = this.#pick([[], ['='], ['~'], ['~']]);
    const limit = sign[0] === '~' && this.#chance(0.4) ? ['LIMIT', this.#pick(['0', '5', '200', '-1'])] : [];
    if (this.#chance(0.02)) limit.push('LIMIT', '3');
    if (this.#chance(0.5))
      return ['MAXLEN', ...sign, this.#pick(['0', '5', '20', '100', '250', '-1', 'x']), ...limit];
    return ['MINID', ...sign, this.#pick([this.#id(), `${Math.max(0, this.#last - 60)}`]), ...limit];
  }

  #count(): string[] {
    return this.#chance(0.4) ? ['COUNT', this.#pick(['1', '2', '5', '0', '-1', 'x', '100'])] : [];
  }

  #entriesRead(): string[] {
    return this.#chance(0.3) ? ['ENTRIESREAD', this.#pick(['0', '3', '-1', '-2', 'x'])] : [];
  }

  /** Of a claim: what every pending entry has, or none. */
  #idle(): string {
    return this.#pick(['0', '0', '0', '-5', '86400000', 'x']);
  }

  #ids(most: number): string[] {
    return Array.from({ length: 1 + this.#int(most) }, () => this.#id());
  }

  #bound(open: string): string {
    return this.#pick([
      open,
      open,
      this.#id(),
      `(${this.#id()}`,
      '(',
      '(-',
      `(0-0`,
      `(${greatest}-${greatest}`,
    ]);
  }

  #id(): string {
    const near = `${Math.max(0, this.#last - this.#int(40))}`;
    return this.#pick([
      near,
      `${near}-${this.#int(3)}`,
      `${near}-${this.#int(3)}`,
      `${near}-${this.#int(3)}`,
      `${near}-${this.#int(3)}`,
      `${near}-${this.#int(3)}`,
      '0-0',
      `${near}-*`,
      this.#chance(0.05) ? `${greatest}-${greatest}` : near,
      this.#chance(0.2)
        ? this.#pick(['x', '1-', '-', '+', '-1', '1-2-3', ' 5', '007', '1--1', `${greatest}0`])
        : near,
    ]);
  }

  #chance(share: number): boolean {
    return this.#draw() < share;
  }

  #int(below: number): number {
    return Math.floor(this.#draw() * below);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#int(items.length)]!;
  }

  #weighted(weights: readonly number[]): number {
    let left = this.#draw() * weights.reduce((sum, weight) => sum + weight, 0);
    return Math.max(
      0,
      weights.findIndex((weight) => (left -= weight) < 0),
    );
  }
}
