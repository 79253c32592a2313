/**
 * Waiting for the moment at which the lights go out.
 *
 * What happens in the run is told here as it happens; when it is what the plan waits for, `fire` is called once. The
 * present event ends first, with all that it sets off at the same instant: so "right after a reply" is before anything
 * that takes time, such as the sync that the reply should have waited for.
 */
import type { Moment } from './schema.ts';

/** In words, for the report. */
export function describeMoment(moment: Moment): string {
  switch (moment.at) {
    case 'end':
      return moment.afterMs > 1000 ? 'after a while of idling' : 'after the last command';
    case 'time':
      return 'at some moment';
    case 'reply':
      return 'right after a reply left';
    case 'writing':
      return 'inside a write of the log';
    case 'write':
      return 'with writes of the log pending';
    case 'sync':
      return 'inside a sync';
    case 'rename':
      return 'between a rename and the sync of its directory';
    case 'child':
      return 'while a child was running';
    case 'switched':
      return 'right after the log went over to another increment';
    case 'saved':
      return 'right after a save was done';
    case 'served':
      return 'right after a client that had waited was served';
    case 'event':
      return `after event ${moment.ordinal}`;
  }
}

export interface TriggerSurroundings {
  after(delayMs: number, run: () => void): void;
  fire(): void;
}

export class Trigger {
  readonly #moment: Moment;
  readonly #around: TriggerSurroundings;
  #left: number;
  #armed = false;
  #fired = false;
  #hasSwitched = false;
  /** The sync that is waited in. */
  #insideSync = false;

  constructor(moment: Moment, around: TriggerSurroundings) {
    this.#moment = moment;
    this.#around = around;
    this.#left = howOften(moment);
  }

  get fired(): boolean {
    return this.#fired;
  }

  /** From now on the moment is looked for. */
  arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    if (this.#moment.at === 'time') this.#around.after(this.#moment.afterMs, () => this.#fire());
  }

  replied(): void {
    this.#count('reply');
    if (this.#hasSwitched) this.#count('switched');
  }

  /** The log goes over to another increment within this event. */
  switched(): void {
    if (this.#moment.at !== 'switched' || !this.#armed) return;
    this.#hasSwitched = true;
    if (this.#moment.replies === 0) this.#fire();
  }

  writing(): void {
    this.#count('writing');
  }

  wrote(): void {
    this.#count('write');
  }

  renamed(): void {
    this.#count('rename');
  }

  childOperated(): void {
    this.#count('child');
  }

  saved(): void {
    this.#count('saved');
  }

  /** A client that had waited for a key has its reply. */
  served(): void {
    this.#count('served');
  }

  /** So many events of the run are over. */
  happened(events: number): void {
    if (this.#moment.at === 'event' && events >= this.#moment.ordinal) this.#fire();
  }

  syncBegan(): void {
    if (this.#moment.at !== 'sync' || !this.#armed || this.#fired || this.#insideSync) return;
    if (--this.#left > 0) return;
    this.#insideSync = true;
    this.#around.after((this.#moment.permille * 0.5) / 1000, () => this.#fire());
  }

  /** The sync ended before its share of the time was over: this is as late inside it as can be. */
  syncEnded(): void {
    if (this.#insideSync) this.#fire();
  }

  #count(what: Moment['at']): void {
    if (this.#moment.at !== what || !this.#armed || this.#fired) return;
    if (--this.#left <= 0) this.#fire();
  }

  #fire(): void {
    if (this.#fired) return;
    this.#fired = true;
    this.#around.fire();
  }
}

function howOften(moment: Moment): number {
  if ('ordinal' in moment) return moment.ordinal;
  if (moment.at === 'child') return moment.operations;
  return moment.at === 'switched' ? moment.replies : 1;
}
