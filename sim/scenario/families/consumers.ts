/**
 * Streams with consumer groups, whose entries are called by ids that this workload has given them: so XDEL, XACK, XCLAIM
 * and their kin find what they name.
 *
 * Ids are counted and never depend on the clock, and the last few are remembered. Streams, groups and consumers are few, so
 * that entries change hands again and again, are deleted while they are pending, and are asked for once more. No other
 * family has these keys, or draws from this stream.
 */
import type { Stream } from '../../draws/random.ts';
import { NOON_MS } from '../configuration.ts';
import type { Command } from '../schema.ts';

/** Ids that are spoken of again. */
const REMEMBERED = 6;

export class Consumers {
  readonly #draw: Stream;
  readonly #share: number;
  readonly #keys: readonly string[];
  #ids = 0;
  /** The last ids of each stream, oldest first. */
  readonly #sent = new Map<string, string[]>();

  constructor(draw: Stream) {
    this.#draw = draw;
    this.#share = draw.pick([0, 0, 0.1, 0.25]);
    this.#keys = draw.pick([['c:0'], ['c:0'], ['c:0', 'c:1']]);
  }

  /** Whether the next command is one of these. */
  isNext(): boolean {
    return this.#draw.chance(this.#share);
  }

  /** One command, or two that belong together. */
  next(): readonly Command[] {
    const key = this.#draw.pick(this.#keys);
    if (this.#sent.has(key)) return this.#draw.chance(0.015) ? this.#setBack(key) : [this.#one(key)];
    // Without a group there is little to do.
    this.#sent.set(key, []);
    return [['XGROUP', 'CREATE', key, 'g0', '0', 'MKSTREAM']];
  }

  #one(key: string): Command {
    const draw = this.#draw;
    const group = draw.pick(['g0', 'g0', 'g0', 'g1']);
    switch (draw.weighted([8, 1, 6, 2.5, 2, 2.5, 0.7, 4, 3, 0.6, 1, 2, 0.3])) {
      case 0:
        return this.#add(key);
      case 1:
        return ['XGROUP', 'CREATE', key, group, draw.pick(['$', '0', this.#id(key)]), 'MKSTREAM'];
      case 2:
        return this.#readNew(key, group);
      case 3:
        return [
          'XREADGROUP',
          'GROUP',
          group,
          this.#consumer(),
          'STREAMS',
          key,
          draw.pick(['0', this.#id(key)]),
        ];
      case 4:
        return ['XACK', key, group, ...this.#someIds(key)];
      case 5:
        return ['XDEL', key, ...this.#someIds(key)];
      case 6:
        return ['XTRIM', key, ...this.#trimming(key)];
      case 7:
        return this.#claim(key, group);
      case 8: {
        const count = draw.chance(0.4) ? ['COUNT', this.#number(1, 3)] : [];
        const start = draw.pick(['0', '-', this.#id(key)]);
        return [
          'XAUTOCLAIM',
          key,
          group,
          this.#consumer(),
          this.#idleMs(),
          start,
          ...count,
          ...this.#justId(),
        ];
      }
      case 9:
        return this.#setId(key);
      case 10:
        return this.#changeGroup(key, group);
      case 11:
        return this.read();
      default:
        this.#sent.delete(key);
        return draw.pick([
          ['DEL', key],
          ['RENAME', key, 'c:1'],
          ['COPY', key, 'c:1', 'REPLACE'],
        ]);
    }
  }

  read(): Command {
    const draw = this.#draw;
    const key = draw.pick(this.#keys);
    const group = draw.pick(['g0', 'g0', 'g1']);
    switch (draw.int(6)) {
      case 0:
        return ['XPENDING', key, group];
      case 1:
        return ['XPENDING', key, group, 'IDLE', this.#idleMs(), '-', '+', this.#number(1, 9)];
      case 2:
        return ['XPENDING', key, group, '-', this.#id(key), '9', this.#consumer()];
      case 3:
        return ['XREAD', 'COUNT', this.#number(1, 3), 'STREAMS', key, 'c:1', this.#id(key), '0'];
      case 4:
        return ['XREVRANGE', key, '+', this.#id(key), 'COUNT', this.#number(1, 3)];
      default:
        return ['XRANGE', key, this.#id(key), '+'];
    }
  }

  #add(key: string): Command {
    const draw = this.#draw;
    const ms = ++this.#ids;
    const isCounted = draw.chance(0.2);
    const id = `${ms}-${isCounted ? '*' : draw.int(2)}`;
    const sent = this.#sent.get(key)!;
    sent.push(id.replace('*', '0'));
    if (sent.length > REMEMBERED) sent.shift();
    const trim = draw.chance(0.15) ? this.#trimming(key) : [];
    const makes = draw.chance(0.1) ? ['NOMKSTREAM'] : [];
    const more = draw.chance(0.2) ? ['more', `w${ms}`] : [];
    return ['XADD', key, ...makes, ...trim, id, 'n', `v${ms}`, ...more];
  }

  #trimming(key: string): readonly string[] {
    const exact = this.#draw.pick([[], ['=']]);
    return this.#draw.chance(0.5)
      ? ['MAXLEN', ...exact, this.#number(0, 5)]
      : ['MINID', ...exact, this.#id(key)];
  }

  #readNew(key: string, group: string): Command {
    const draw = this.#draw;
    const count = draw.chance(0.6) ? ['COUNT', this.#number(1, 3)] : [];
    const noack = draw.chance(0.1) ? ['NOACK'] : [];
    const more = draw.chance(0.1) ? [key, 'c:1', '>'] : [key];
    return ['XREADGROUP', 'GROUP', group, this.#consumer(), ...count, ...noack, 'STREAMS', ...more, '>'];
  }

  #claim(key: string, group: string): Command {
    const draw = this.#draw;
    const time = draw.pick([
      [],
      [],
      ['IDLE', draw.pick(['0', '100', '5000', '99999999'])],
      // Of a moment that may be yet to come.
      ['TIME', String(NOON_MS + draw.range(-2000, 60_000))],
    ]);
    const retry = draw.chance(0.2) ? ['RETRYCOUNT', this.#number(0, 9)] : [];
    const force = draw.chance(0.25) ? ['FORCE'] : [];
    const lastId = draw.chance(0.1) ? ['LASTID', this.#id(key)] : [];
    const options = [...time, ...retry, ...force, ...this.#justId(), ...lastId];
    return ['XCLAIM', key, group, this.#consumer(), this.#idleMs(), ...this.#someIds(key), ...options];
  }

  /** The newest entry goes, and the last id with it: it is then behind what was deleted. */
  #setBack(key: string): readonly Command[] {
    const [before = '1-0', newest = '1-0'] = this.#sent.get(key)!.slice(-2);
    return [
      ['XDEL', key, newest],
      ['XSETID', key, before],
    ];
  }

  /** The last id goes ahead, or back to where it is still legal or is not. */
  #setId(key: string): Command {
    const draw = this.#draw;
    const id = draw.chance(0.5) ? `${++this.#ids}-0` : this.#id(key);
    const added = draw.chance(0.3) ? ['ENTRIESADDED', this.#number(0, 99)] : [];
    const deleted = draw.chance(0.3) ? ['MAXDELETEDID', this.#id(key)] : [];
    return ['XSETID', key, id, ...added, ...deleted];
  }

  #changeGroup(key: string, group: string): Command {
    const draw = this.#draw;
    switch (draw.weighted([3, 2, 3, 0.5])) {
      case 0: {
        const read = draw.chance(0.3) ? ['ENTRIESREAD', this.#number(0, 20)] : [];
        return ['XGROUP', 'SETID', key, group, draw.pick(['$', '0', this.#id(key)]), ...read];
      }
      case 1:
        return ['XGROUP', 'CREATECONSUMER', key, group, this.#consumer()];
      case 2:
        return ['XGROUP', 'DELCONSUMER', key, group, this.#consumer()];
      default:
        return ['XGROUP', 'DESTROY', key, group];
    }
  }

  #id(key: string): string {
    const sent = this.#sent.get(key) ?? [];
    return sent.length === 0 ? '1-0' : this.#draw.pick(sent);
  }

  #someIds(key: string): readonly string[] {
    return this.#draw.chance(0.6) ? [this.#id(key)] : [this.#id(key), this.#id(key)];
  }

  #consumer(): string {
    return `m${this.#draw.int(3)}`;
  }

  #idleMs(): string {
    return this.#draw.pick(['0', '0', '0', '1', '20', '500', '5000']);
  }

  #justId(): readonly string[] {
    return this.#draw.chance(0.3) ? ['JUSTID'] : [];
  }

  #number(least: number, most: number): string {
    return String(this.#draw.range(least, most));
  }
}
