/** What readers of hashes, sets and sorted sets have in common: a place that tells which form the value has, and a table where it is large. */
import type { Spot } from './spot.ts';
import { readWord } from './stored-string.ts';
import type { TableContext } from './table-view.ts';
import { TableView } from './table-view.ts';

export abstract class TableReader {
  // Declared only: as fields they would be defined first and set then, anew for each class that extends this one.
  declare protected readonly context: TableContext;
  declare protected readonly spot: Spot;
  /** Of the table's records: bare members, or fields with a value. */
  protected abstract readonly recordKind: 'field' | 'member';
  #view: TableView | undefined;

  constructor(context: TableContext, spot: Spot) {
    this.context = context;
    this.spot = spot;
  }

  /** One of `recordType`. */
  protected get type(): number {
    return this.spot.bytes[this.spot.typeAt]!;
  }

  /** Of a large value: its table. Good until the next call for another value. */
  protected view(): TableView {
    this.#view ??= new TableView(this.context, this.recordKind);
    return this.#view.attach(readWord(this.spot.bytes, this.spot.valueAt));
  }
}
