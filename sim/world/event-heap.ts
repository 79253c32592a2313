/**
 * A binary heap of events, ordered by (virtual time, sequence number). No two events compare equal, so the order is
 * total and the heap's inner layout decides nothing.
 */

/** Whoever an event happens to: when it is no longer alive, the event does not happen. */
export interface Owner {
  readonly alive: boolean;
}

export interface ScheduledEvent {
  /** Virtual time in whole microseconds. Changes, as does `sequence`, only outside the heap. */
  atUs: number;
  sequence: number;
  readonly label: string;
  readonly owner: Owner | undefined;
  /** Undefined once it has run or was cancelled. */
  run: (() => void) | undefined;
}

export class EventHeap {
  #items: ScheduledEvent[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): ScheduledEvent | undefined {
    return this.#items[0];
  }

  push(event: ScheduledEvent): void {
    const items = this.#items;
    let i = items.length;
    items.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const other = items[parent]!;
      if (!before(event, other)) break;
      items[i] = other;
      i = parent;
    }
    items[i] = event;
  }

  /** Takes out an owner's events that would happen before `untilUs`, in the order in which they would have. */
  take(owner: Owner, untilUs: number): ScheduledEvent[] {
    const items = this.#items;
    const taken = items.filter((event) => event.owner === owner && event.atUs < untilUs);
    if (taken.length === 0) return taken;
    this.#items = [];
    for (const event of items) if (event.owner !== owner || event.atUs >= untilUs) this.push(event);
    return taken.sort((a, b) => (before(a, b) ? -1 : 1));
  }

  pop(): ScheduledEvent | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    const count = items.length;
    if (last === undefined || count === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= count) break;
      if (child + 1 < count && before(items[child + 1]!, items[child]!)) child++;
      const other = items[child]!;
      if (!before(other, last)) break;
      items[i] = other;
      i = child;
    }
    items[i] = last;
    return first;
  }
}

function before(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.sequence < b.sequence);
}
