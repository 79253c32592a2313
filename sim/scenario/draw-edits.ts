/**
 * What somebody changes in the configuration file between two lives (P22): never what a start with it would have to forget.
 *
 * A dump goes over into a log, and a log into one of the other form. The way back, from a log to nothing but dumps, is left
 * out: a server without `appendonly` does not look at the log, here as in Redis.
 */
import { findProfile } from '../disk/index.ts';
import { keepsLog } from '../oracle/bounds.ts';
import type { Persistence } from '../oracle/bounds.ts';
import type { Stream } from '../draws/random.ts';
import type { Configuration, Filters } from './configuration.ts';
import { appendfsyncs } from './schema.ts';
import type { Edit } from './schema.ts';

const nextForms: Readonly<Record<Persistence, readonly Persistence[]>> = {
  none: [],
  rdb: ['rdb+hybrid', 'rdb+aof'],
  aof: ['hybrid'],
  hybrid: ['aof'],
  'rdb+aof': ['rdb+hybrid'],
  'rdb+hybrid': ['rdb+aof'],
};

/** How often a start has another form of persistence, and how often another policy. A dump meets its first log more often. */
const SHARE_OF_FIRST_LOGS = 0.15;
const SHARE_OF_FORMS = 0.04;
const SHARE_OF_POLICIES = 0.06;
/** How often annotations are turned on or off, where a log may go without. */
const SHARE_OF_ANNOTATIONS = 0.2;

export class Edits {
  readonly #draw: Stream;
  readonly #annotations: Stream;
  readonly #filters: Filters;

  constructor(draw: Stream, annotations: Stream, filters: Filters) {
    this.#draw = draw;
    this.#annotations = annotations;
    this.#filters = filters;
  }

  /** What is edited before generation `index`, after which what was in force is no longer; undefined for nothing. */
  next(index: number, { profile, persistence, appendfsync, settings }: Configuration): Edit | undefined {
    const draw = this.#draw;
    const share = persistence === 'rdb' ? SHARE_OF_FIRST_LOGS : SHARE_OF_FORMS;
    const [hasForm, hasPolicy] = [draw.chance(share), draw.chance(SHARE_OF_POLICIES)];
    const [form, policy] = [draw.float(), draw.float()];
    const turnsAnnotations = this.#annotations.chance(SHARE_OF_ANNOTATIONS);
    if (index === 0) return undefined;
    const forms = among(nextForms[persistence], this.#filters.persistences);
    const policies = among(appendfsyncs, this.#filters.appendfsyncs).filter((name) => name !== appendfsync);
    const edit: { -readonly [K in keyof Edit]: Edit[K] } = {};
    if (hasForm && forms.length > 0) edit.persistence = forms[Math.floor(form * forms.length)]!;
    if (hasPolicy && keepsLog(edit.persistence ?? persistence) && policies.length > 0)
      edit.appendfsync = policies[Math.floor(policy * policies.length)]!;
    if (turnsAnnotations && findProfile(profile).losesEndsOnly) edit.aofChecksum = !settings.aofChecksum;
    return Object.keys(edit).length === 0 ? undefined : edit;
  }
}

/** Those of `choices` that a filter leaves; an empty or missing one leaves all. */
function among<T>(choices: readonly T[], allowed: readonly T[] | undefined): readonly T[] {
  return allowed === undefined || allowed.length === 0
    ? choices
    : choices.filter((choice) => allowed.includes(choice));
}
