/**
 * Scripts: those that the model knows, over the keys of the other families. A script writes several times in one unit,
 * fails halfway, draws, asks for the time; what it leaves is logged as effects, all of them or none.
 */
import { modelScripts } from '../../oracle/model/scripts.ts';
import type { ModelScript } from '../../oracle/model/scripts.ts';
import type { Stream } from '../../draws/random.ts';
import type { Command } from '../schema.ts';
import { Vocabulary } from '../vocabulary.ts';
import type { Manner } from '../vocabulary.ts';

const scripts = [...modelScripts.values()];
const readers = scripts.filter(({ isReader }) => isReader === true);

export class Scripts {
  readonly #words: Vocabulary;
  readonly #share: number;

  constructor(draw: Stream, manner: Manner) {
    this.#words = new Vocabulary(draw, manner, 'v');
    this.#share = draw.pick([0, 0, 0.06, 0.12]);
  }

  /** Whether the next command is one of these. */
  isNext(): boolean {
    return this.#words.draw.chance(this.#share);
  }

  next(): readonly Command[] {
    return [this.#send(this.#words.draw.pick(scripts))];
  }

  read(): Command {
    return this.#send(this.#words.draw.pick(readers));
  }

  #send(script: ModelScript): Command {
    const { draw } = this.#words;
    const keys = script.keys.map((family) => this.#words.key(family));
    const name = script.isReader === true && draw.chance(0.5) ? 'EVAL_RO' : 'EVAL';
    return [
      name,
      script.text,
      String(keys.length),
      ...keys,
      ...script.args.map((kind) => this.#argument(kind)),
    ];
  }

  #argument(kind: ModelScript['args'][number]): string {
    const words = this.#words;
    switch (kind) {
      case 'number':
        return words.number(1, 9);
      case 'word':
        return words.word();
      case 'ms':
        return String(words.lifetimeMs());
      case 'database':
        return words.number(0, 2);
    }
  }
}
