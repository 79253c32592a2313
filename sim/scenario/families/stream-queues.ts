/**
 * Streams that clients wait for: one adds, others wait with XREAD and XREADGROUP, as queues.ts has it for lists, in its
 * database and under its rules. Now and then the group goes that somebody waits with, or the stream.
 */
import type { Stream } from '../../draws/random.ts';
import type { Argument, Command } from '../schema.ts';

export class StreamQueues {
  readonly #draw: Stream;
  readonly #share: number;
  readonly #made = new Set<string>();
  #ids = 0;
  /** What serves the wait that was drawn last. */
  #serving: Command | undefined;

  constructor(draw: Stream) {
    this.#draw = draw;
    this.#share = draw.pick([0, 0, 0, 0.1, 0.25]);
  }

  /** Whether the next command is one of these. */
  isNext(): boolean {
    return this.#draw.chance(this.#share) || this.#serving !== undefined;
  }

  next(): readonly Command[] {
    const serving = this.#serving;
    this.#serving = undefined;
    if (serving !== undefined) return [serving];
    const key = this.#key();
    if (this.#made.has(key)) return [this.#one(key)];
    this.#made.add(key);
    return [['XGROUP', 'CREATE', key, 'g0', '$', 'MKSTREAM']];
  }

  #one(key: string): Command {
    const draw = this.#draw;
    switch (draw.weighted([8, 3, 5, 1.5, 1.5, 0.7, 0.5, 1])) {
      case 0:
        return this.#add(key, 0.1);
      case 1:
        if (draw.chance(0.5)) this.#serving = this.#add(key, 0.6);
        return [
          'XREAD',
          ...this.#count(),
          'BLOCK',
          '0',
          'STREAMS',
          key,
          this.#key(),
          '$',
          draw.pick(['$', '9']),
        ];
      case 2:
        if (draw.chance(0.5)) this.#serving = this.#add(key, 0.6);
        return ['XREADGROUP', 'GROUP', 'g0', this.#consumer(), ...this.#count(), ...this.#wait(key)];
      case 3:
        return ['XACK', key, 'g0', this.#id(), this.#id()];
      case 4:
        return ['XDEL', key, this.#id()];
      case 5:
        this.#made.delete(key);
        return ['DEL', key];
      case 6:
        this.#made.delete(key);
        return ['XGROUP', 'DESTROY', key, 'g0'];
      default:
        return [
          'XREAD',
          'BLOCK',
          draw.pick(['20', '500', '2000']),
          'STREAMS',
          'w:never',
          draw.pick(['$', '0']),
        ];
    }
  }

  #add(key: string, longShare: number): Command {
    return ['XADD', key, ...this.#trimming(), this.#newId(), 'n', this.#value(longShare)];
  }

  #wait(key: string): readonly string[] {
    const noack = this.#draw.chance(0.15) ? ['NOACK'] : [];
    return [...noack, 'BLOCK', '0', 'STREAMS', key, '>'];
  }

  #trimming(): readonly string[] {
    return this.#draw.chance(0.2) ? ['MAXLEN', String(this.#draw.int(4))] : [];
  }

  #count(): readonly string[] {
    return this.#draw.chance(0.3) ? ['COUNT', String(this.#draw.range(1, 2))] : [];
  }

  /** A long one fills a small buffer of the log. */
  #value(longShare: number): Argument {
    const lengthBytes = this.#draw.range(300, 3000);
    return this.#draw.chance(longShare) ? { lengthBytes, salt: this.#ids } : `v${this.#ids}`;
  }

  #newId(): string {
    return `${++this.#ids}-${this.#draw.pick(['0', '0', '*'])}`;
  }

  /** Of one of the last. */
  #id(): string {
    return `${Math.max(1, this.#ids - this.#draw.int(4))}-0`;
  }

  #key(): string {
    return `w:${this.#draw.int(2)}`;
  }

  #consumer(): string {
    return `m${this.#draw.int(2)}`;
  }
}
