/**
 * The trace: one rolling hash over everything that happens in a world, in order.
 *
 * Every event goes in with its operation, arguments, bytes, results, draws and replies. The same scenario at the same
 * commit gives the same trace on every machine; a run whose trace differs is nondeterminism, which is a fault of the
 * simulator or of the engine, never noise. Recording the events as text is off unless asked for: it is for
 * `--doublecheck` (where do two runs part?) and for the reports of failures.
 */
import { RollingHash } from '../draws/hash.ts';

/** What follows a label, so that a text and the same bytes differ. */
const TEXT = 0x7e87;
const BYTES = 0xb17e;

export class Trace {
  readonly #hash = new RollingHash();
  readonly #lines: string[] | undefined;
  readonly #now: () => number;
  #items = 0;

  /** `now` gives the virtual time in milliseconds, for the recorded lines. */
  constructor(options: { readonly record?: boolean; readonly now?: () => number } = {}) {
    this.#lines = options.record === true ? [] : undefined;
    this.#now = options.now ?? (() => 0);
  }

  /** True when the events are kept as text: only then is it worth making a text. */
  get recording(): boolean {
    return this.#lines !== undefined;
  }

  /** Takes an event: a label that comes from a fixed set, and up to three integers. */
  event(label: string, a = 0, b = 0, c = 0): void {
    this.#items++;
    const hash = this.#hash;
    hash.text(label);
    hash.number(a);
    hash.int(b);
    hash.int(c);
    if (this.#lines !== undefined) this.#lines.push(`${this.#now()} ${label} ${a} ${b} ${c}`);
  }

  /** Takes an event about a text: a path, a reply, an error. */
  text(label: string, text: string, a = 0): void {
    this.#items++;
    const hash = this.#hash;
    hash.text(label);
    hash.int(TEXT);
    hash.text(text);
    hash.number(a);
    if (this.#lines !== undefined) this.#lines.push(`${this.#now()} ${label} ${JSON.stringify(text)} ${a}`);
  }

  /** Takes an event about bytes: what was written, read, sent. */
  bytes(label: string, bytes: Uint8Array, a = 0): void {
    this.#items++;
    const hash = this.#hash;
    hash.text(label);
    hash.int(BYTES);
    hash.bytes(bytes);
    hash.number(a);
    if (this.#lines !== undefined) this.#lines.push(`${this.#now()} ${label} ${excerpt(bytes)} ${a}`);
  }

  /** How many events went in. */
  get length(): number {
    return this.#items;
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return this.#hash.digest();
  }

  /** The recorded events, one a line; empty when not recording. */
  lines(): readonly string[] {
    return this.#lines ?? [];
  }
}

/** The first bytes as JSON text (latin1) and the length. */
function excerpt(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length && i < 64; i++) text += String.fromCharCode(bytes[i]!);
  return `${JSON.stringify(text)}${bytes.length > 64 ? '…' : ''} (${bytes.length} B)`;
}
