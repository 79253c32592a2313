/**
 * What a recovery did: one paragraph for the log, and fields of INFO persistence.
 *
 * It says what it knows. What a power cut took before it reached the file leaves no trace in it; how much that can have
 * been is the promise of `appendfsync`, not a finding.
 */
import type { Settings } from '../config/settings.ts';

/**
 * - `empty`: there was nothing.
 * - `whole`: every byte that was there is served.
 * - `torn-tail-cut`: what a crash left at the end was cut; nothing that was known durable.
 * - `loss-accepted`: data that was durable is damaged or missing, and `recover accept-loss` let the start go on without.
 */
export type RecoveryOutcome = 'empty' | 'whole' | 'torn-tail-cut' | 'loss-accepted';

/** No unit of a log is shorter: FLUSHDB as a RESP array. */
const shortestUnitBytes = 17;

export class RecoveryReport {
  hadFiles = false;
  /** The last batch that is served; undefined without annotations. */
  lastBatch: number | undefined;
  /** Units of the increments that are served, and those of them without annotation where others had one. */
  units = 0;
  foreignUnits = 0;
  /** Bytes of the log that are not served. */
  cutBytes = 0;
  /** Names of the files that hold what was left out, in the directory of what they come from. */
  readonly quarantined: string[] = [];
  /** What was damaged or missing and is accepted as lost. */
  readonly losses: string[] = [];
  /** Whole files were lost without a trace of how much was in them. */
  isLossUnbounded = false;
  /** The manifest carried its seal, and nothing that it names is missing: what it does not name is nothing. */
  isManifestWhole = false;
  /** Other things worth a sentence. */
  readonly remarks: string[] = [];

  get outcome(): RecoveryOutcome {
    if (this.losses.length > 0) return 'loss-accepted';
    if (this.cutBytes > 0) return 'torn-tail-cut';
    return this.hadFiles ? 'whole' : 'empty';
  }

  /** Units that the bytes left out can have held at most; -1 where nobody can know. */
  get lostUnitsAtMost(): number {
    return this.isLossUnbounded ? -1 : Math.floor(this.cutBytes / shortestUnitBytes);
  }

  /** How long before the crash something can have been acknowledged that is lost; -1 where nobody can know. */
  lostMsAtMost({ appendonly, appendfsync, hz }: Settings): number {
    if (!appendonly || this.losses.length > 0) return -1;
    if (appendfsync === 'always') return 0;
    return appendfsync === 'everysec' ? 1000 + Math.ceil(1000 / hz) : -1;
  }

  /** All of it in words. */
  paragraph(settings: Settings): string {
    const said: string[] = [];
    const { lastBatch, units, foreignUnits, cutBytes, quarantined, losses, remarks } = this;
    said.push(
      {
        empty: 'Recovery: there was nothing to recover.',
        whole: 'Recovery: everything that was there is served.',
        'torn-tail-cut':
          'Recovery: the end of the log was torn, as a crash leaves it; nothing that was known to be durable is lost.',
        'loss-accepted':
          'Recovery: DATA THAT WAS DURABLE IS LOST, and accepted as lost because of recover accept-loss.',
      }[this.outcome],
    );
    for (const loss of losses) said.push(`Lost: ${loss}.`);
    if (settings.appendonly && this.hadFiles) {
      const reached = lastBatch === undefined ? '' : `, up to batch ${lastBatch}`;
      said.push(`Replayed ${units} units${reached}.`);
    }
    if (foreignUnits > 0)
      said.push(
        `${foreignUnits} of them without annotation: another server wrote them, and only their syntax was checked.`,
      );
    if (cutBytes > 0) said.push(`${cutBytes} bytes are cut, at most ${this.lostUnitsAtMost} units.`);
    else if (this.isLossUnbounded) said.push('How many units are lost cannot be known.');
    if (quarantined.length > 0) said.push(`Put aside in ${quarantined.join(', ')}.`);
    if (settings.appendonly && this.hadFiles && losses.length === 0) said.push(this.#promise(settings));
    said.push(...remarks);
    return said.join(' ');
  }

  #promise(settings: Settings): string {
    if (settings.appendfsync === 'always') return 'Under appendfsync always nothing acknowledged is lost.';
    if (settings.appendfsync === 'no')
      return 'Under appendfsync no a power loss may have taken whatever the system had not written.';
    const ms = this.lostMsAtMost(settings);
    return `Under appendfsync everysec a power loss may have taken the last ${ms} ms, and as long as syncs were under way; the end of a process alone takes nothing.`;
  }
}
