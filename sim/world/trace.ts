/**
 * The trace: one rolling hash over everything that happens in a world, in order.
 *
 * Every event goes in with its operation, arguments, bytes, results, draws and replies. The same scenario at the same
 * commit gives the same trace on every machine; a run whose trace differs is nondeterminism, which is a fault of the
 * simulator or of the engine, never noise. Recording the events as text is off unless asked for: it is for
 * `--doublecheck` (where do two runs part?) and for `replay --strict`, which has only milestones of the other run.
 */
import { RollingHash } from '../draws/hash.ts';
import type { Milestones, TraceEvent } from './divergence.ts';

/** What follows a label, so that a text and the same bytes differ. */
const TEXT = 0x7e87;
const BYTES = 0xb17e;
/** A trace keeps so many milestones at most: with one more, every other is dropped. A power of two. */
const MOST_MILESTONES = 1024;

export class Trace {
  readonly #hash = new RollingHash();
  readonly #events: TraceEvent[] | undefined;
  readonly #now: () => number;
  #items = 0;
  #milestones: number[] = [];
  #every = 1;

  /** `now` gives the virtual time in milliseconds, for the recorded lines. */
  constructor(options: { readonly record?: boolean; readonly now?: () => number } = {}) {
    this.#events = options.record === true ? [] : undefined;
    this.#now = options.now ?? (() => 0);
  }

  /** True when the events are kept as text: only then is it worth making a text. */
  get recording(): boolean {
    return this.#events !== undefined;
  }

  /** Takes an event: a label that comes from a fixed set, and up to three integers. */
  event(label: string, a = 0, b = 0, c = 0): void {
    const hash = this.#hash;
    hash.text(label);
    hash.number(a);
    hash.int(b);
    hash.int(c);
    this.#took();
    if (this.#events !== undefined) this.#record(`${label} ${a} ${b} ${c}`);
  }

  /** Takes an event about a text: a path, a reply, an error. */
  text(label: string, text: string, a = 0): void {
    const hash = this.#hash;
    hash.text(label);
    hash.int(TEXT);
    hash.text(text);
    hash.number(a);
    this.#took();
    if (this.#events !== undefined) this.#record(`${label} ${JSON.stringify(text)} ${a}`);
  }

  /** Takes an event about bytes: what was written, read, sent. */
  bytes(label: string, bytes: Uint8Array, a = 0): void {
    const hash = this.#hash;
    hash.text(label);
    hash.int(BYTES);
    hash.bytes(bytes);
    hash.number(a);
    this.#took();
    if (this.#events !== undefined) this.#record(`${label} ${excerpt(bytes)} ${a}`);
  }

  /** How many events went in. */
  get length(): number {
    return this.#items;
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return this.#hash.digest();
  }

  /** The recorded events; empty when not recording. */
  events(): readonly TraceEvent[] {
    return this.#events ?? [];
  }

  /** The hash at regular distances: enough to say between which two of them another run became another. */
  milestones(): Milestones {
    return { every: this.#every, marks: this.#milestones };
  }

  #took(): void {
    this.#items++;
    if ((this.#items & (this.#every - 1)) !== 0) return;
    if (this.#milestones.length === MOST_MILESTONES) {
      this.#milestones = this.#milestones.filter((_, index) => index % 2 === 1);
      this.#every *= 2;
      if ((this.#items & (this.#every - 1)) !== 0) return;
    }
    this.#milestones.push(this.#hash.mark());
  }

  #record(what: string): void {
    this.#events!.push({ atMs: this.#now(), what, mark: this.#hash.mark() });
  }
}

/** The first bytes as JSON text (latin1) and the length. */
function excerpt(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length && i < 64; i++) text += String.fromCharCode(bytes[i]!);
  return `${JSON.stringify(text)}${bytes.length > 64 ? '…' : ''} (${bytes.length} B)`;
}
