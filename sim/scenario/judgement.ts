/**
 * Judging what a recovery gave: which prefix of the history it is, whether the promises allow that one, and, for states
 * that a crash could have left beside the main line, what a recovery makes of them.
 */
import type { Bounds, CrashKind } from '../oracle/bounds.ts';
import type { Snapshot } from '../oracle/model/state.ts';
import { checkEmpty, checkPrefix, fingerprintOf } from '../oracle/prefix.ts';
import type { PrefixVerdict } from '../oracle/prefix.ts';
import type { Property } from '../oracle/violation.ts';
import { cloneDisk, crash, diskFromFiles, filesOf, fingerprint } from '../disk/index.ts';
import type { CrashReport, SimDisk } from '../disk/index.ts';
import { RollingHash } from '../draws/index.ts';
import type { BackupCopy } from './backups.ts';
import { recoverElsewhere } from './elsewhere.ts';
import type { Recovered } from './elsewhere.ts';
import { Past } from './past.ts';
import { DATA_DIRECTORY } from './server.ts';
import { pendingOf } from './stage.ts';
import type { Fall, Stage } from './stage.ts';
import { profileOf } from './world-of.ts';

/** A disk as an instant could leave it. */
export interface OtherState {
  readonly kind: CrashKind;
  readonly disk: SimDisk;
  /** It is recovered twice, with a loss of power in between. */
  readonly again: boolean;
}

/** Every file of a disk, by its path. */
export type Files = ReadonlyMap<string, Uint8Array>;

export type GoodVerdict = Extract<PrefixVerdict, { readonly ok: true }>;
type BadVerdict = Extract<PrefixVerdict, { readonly ok: false }>;

export class Judgement {
  /** U - L at each judged state. */
  readonly slack: number[] = [];
  /** k - L at each of them. */
  readonly kept: number[] = [];
  /** Crash states recovered beside the main line. */
  states = 0;
  /** Events of the worlds beside this one, and a hash of all that happened there. */
  sideEvents = 0;
  readonly side = new RollingHash();
  readonly past = new Past();
  readonly #stage: Stage;
  readonly #images = new Map<string, Recovered>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get distinctImages(): number {
    return this.#images.size;
  }

  check(snapshot: Snapshot, wallMs: number, bounds: Bounds): PrefixVerdict {
    const { scenario, history, honest } = this.#stage;
    if (!honest && scenario.persistence !== 'none')
      return checkPrefix(history, snapshot, wallMs, {
        lower: history.base,
        upper: history.executed,
        only: undefined,
        because: 'any state that once was will do on this disk',
      });
    return scenario.persistence === 'none'
      ? checkEmpty(snapshot)
      : checkPrefix(history, snapshot, wallMs, bounds);
  }

  /** True when a disk that may do so has brought back a state of an earlier life. */
  isOfOld(snapshot: Snapshot, wallMs: number): boolean {
    const { honest, history, situations } = this.#stage;
    if (honest || !this.past.knows(history, snapshot, wallMs)) return false;
    situations.count('state-of-an-earlier-life');
    return true;
  }

  /**
   * True when a disk may make the engine refuse to start. The refusal must say where the damage is, and (where the caller
   * has looked at the disk before) have left everything as it was: somebody may mend it yet (P13).
   */
  mayRefuse(why: string, before?: Files, where?: string): boolean {
    const { honest, situations, world, scenario } = this.#stage;
    if (honest) return false;
    // Whoever accepts a loss is served; only what cannot be read at all stands in the way.
    if (scenario.settings.recover === 'accept-loss' && !why.includes('EIO')) return false;
    situations.count('refused-damaged-disk');
    const broken = (message: string): void =>
      this.#stage.report({ property: 'P13', message, ...(where === undefined ? {} : { where }) });
    if (!why.includes(`${DATA_DIRECTORY}/`)) broken(`the refusal names no file: ${why}`);
    if (before === undefined) return true;
    const changed = changedFiles(before, filesOf(world.machine.disk));
    if (changed.length > 0) broken(`the start refused and has changed ${changed.join(', ')}: ${why}`);
    return true;
  }

  /**
   * P13 on media that rot: where less came back than was promised, the engine says so. (What a disk that lies never wrote
   * leaves nothing behind to be seen, and without annotations syntax is all that can be judged.)
   */
  judgeReport(verdict: GoodVerdict, bounds: Bounds, outcome: string | undefined, where: string): void {
    const { scenario, situations } = this.#stage;
    if (outcome === undefined || !this.mustReport(verdict, bounds)) return;
    if (outcome === 'torn-tail-cut' || outcome === 'loss-accepted') {
      situations.count('loss-reported');
      return;
    }
    this.#stage.report({
      property: 'P13',
      message: `recovered S_${verdict.k} of at least S_${bounds.lower}, and the report says '${outcome}' (${scenario.persistence})`,
      where,
    });
  }

  mustReport({ allK }: GoodVerdict, { lower }: Bounds): boolean {
    const { scenario } = this.#stage;
    const isJudged = scenario.persistence !== 'none' && scenario.settings.aofChecksum;
    return isJudged && profileOf(scenario).decay !== undefined && Math.max(...allK) < lower;
  }

  /** Notes how a verdict lies between its bounds. */
  weigh(verdict: GoodVerdict, bounds: Bounds, kind: CrashKind): void {
    const { situations, scenario, history } = this.#stage;
    this.slack.push(bounds.upper - bounds.lower);
    this.kept.push(verdict.k - bounds.lower);
    if (bounds.upper === bounds.lower) return;
    if (verdict.allK.includes(bounds.lower)) situations.count('k-is-lower-bound');
    else if (verdict.allK.includes(bounds.upper)) situations.count('k-is-upper-bound');
    else situations.count('k-inside-bounds');
    if (kind === 'power' && scenario.appendfsync === 'everysec' && verdict.k < history.observed)
      situations.count('everysec-loss-within-window');
    if (verdict.k > history.durable && verdict.k > bounds.lower) situations.count('unsynced-survived');
  }

  /** Reports a recovered state that the promises do not allow. */
  reportPrefix(
    verdict: BadVerdict,
    bounds: Bounds,
    kind: CrashKind,
    where: string,
    report: CrashReport | undefined,
  ): void {
    const k = verdict.allK.length === 0 ? 'no prefix of the history' : `S_${verdict.allK.join(', S_')}`;
    const reach =
      bounds.only === undefined
        ? `S_${bounds.lower} to S_${bounds.upper}`
        : `one of S_${bounds.only.join(', S_')}`;
    this.#stage.report({
      property: this.#propertyOf(verdict, kind),
      message: `recovered ${k}, expected ${reach}: ${bounds.because}`,
      bounds,
      allK: verdict.allK,
      ...(verdict.difference === undefined ? {} : { difference: verdict.difference }),
      ...(report === undefined ? {} : pendingOf(report)),
      where,
    });
  }

  /**
   * More of the states that this instant could leave: of a loss of power, and of a kill. What a recovery accepts of the
   * latter is in the page cache only, and the power that fails next must not take it back (P11). Where nothing is in flight
   * a kill leaves one state only: the main line's, if that is one (`mainLine`) and no child is left to go on writing.
   */
  otherStates(mainLine: CrashKind): OtherState[] {
    const { scenario, world, situations, generation } = this.#stage;
    const profile = profileOf(scenario);
    const { machine, choices } = world;
    const { crashStates } = scenario;
    const make = (kind: CrashKind, i: number, again: boolean): OtherState => {
      const prefix = `${kind === 'kill' ? 'killed' : 'state'} ${generation}.${i + 1}`;
      const { disk, report } = crash(machine.disk, kind, profile, choices, { prefix });
      situations.addAll(report.situations);
      disk.space.capacityBytes = Infinity;
      return { kind, disk, again };
    };
    const losses = profile.losesPower ? crashStates : 0;
    const kills = profile.losesPower ? Math.min(1, crashStates) : crashStates;
    const isOne = mainLine === 'kill' && machine.disk.inflight.size === 0 && machine.processes.size <= 1;
    return [
      ...Array.from({ length: losses }, (_, i) => make('power', i, i === 0 && generation === 1)),
      ...Array.from({ length: kills }, (_, i) => [i, this.#isTriedAgain(`${generation}.${i + 1}`)] as const)
        .filter(([, again]) => again || !isOne)
        .map(([i, again]) => make('kill', i, again)),
    ];
  }

  async judgeOthers(
    states: readonly OtherState[],
    fall: Fall,
  ): Promise<{ readonly distinct: number; readonly worstK: number }> {
    const { generation, world } = this.#stage;
    const { report } = fall;
    const mainLine = report.kind === 'power' ? fingerprint(world.machine.disk) : undefined;
    const seen = new Set<string>();
    let worstK = Infinity;
    for (const [i, { kind, disk, again }] of states.entries()) {
      this.states++;
      const bounds = fall[kind];
      // After a kill equal bytes are not equal disks: what is pending differs.
      const image = kind === 'kill' ? `killed ${generation}.${i} ${fingerprint(disk)}` : fingerprint(disk);
      seen.add(image);
      // What the main line recovers is judged there.
      if (image === mainLine && !again) continue;
      const where = `crash state ${i + 1} beside ${report.kind === 'power' ? 'power loss' : 'kill'} ${generation}`;
      const recovered = await this.#recoverImage(disk, image, where, again);
      if (!recovered.ok) {
        const { property, why } = recovered;
        if (recovered.refused === true && this.mayRefuse(why, undefined, where)) continue;
        this.#stage.report({ property, message: why, where, ...pendingOf(report) });
        continue;
      }
      const wallMs = Math.max(recovered.wallMs, this.#stage.wallMs);
      const verdict = this.check(recovered.snapshot, wallMs, bounds);
      if (!verdict.ok && this.isOfOld(recovered.snapshot, wallMs)) continue;
      if (!verdict.ok) {
        this.reportPrefix(verdict, bounds, kind, where, report);
        continue;
      }
      this.judgeReport(verdict, bounds, recovered.outcome, where);
      this.weigh(verdict, bounds, kind);
      if (verdict.k < worstK) worstK = verdict.k;
    }
    return { distinct: seen.size, worstK: worstK === Infinity ? fall.power.lower : worstK };
  }

  /** P25: what was copied recovers to a state between the command and its answer. */
  async judgeBackups(copies: readonly BackupCopy[]): Promise<void> {
    const { generation } = this.#stage;
    for (const [i, { files, least, most }] of copies.entries()) {
      const where = `backup ${i + 1} of life ${generation}`;
      const broken = (message: string): void => this.#stage.report({ property: 'P25', message, where });
      this.states++;
      const recovered = await this.#recoverImage(diskFromFiles(files), where, where, false);
      if (!recovered.ok) {
        broken(recovered.why);
        continue;
      }
      const bounds = { lower: least, upper: most, only: undefined, because: 'the backup is of then' };
      const verdict = this.check(recovered.snapshot, Math.max(recovered.wallMs, this.#stage.wallMs), bounds);
      if (verdict.ok) continue;
      const got = verdict.allK.length === 0 ? 'no prefix of the history' : `S_${verdict.allK.join(', S_')}`;
      broken(`it holds ${got}, and was begun between S_${least} and S_${most}`);
    }
  }

  /** Whether a state that a kill left is recovered twice: half of them are, since it costs as much as the next state. */
  #isTriedAgain(state: string): boolean {
    return this.#stage.world.choices.uniform(`again ${state}`) < 0.5;
  }

  /** What a recovery gives when nothing disturbs it: P11 holds it against one that was cut short. */
  async tryUndisturbed(fall: Fall): Promise<void> {
    const { world, generation } = this.#stage;
    const disk = cloneDisk(world.machine.disk).disk;
    const image = fingerprint(disk);
    this.states++;
    const recovered = await this.#recoverImage(disk, image, `undisturbed ${generation}`, false);
    if (!recovered.ok) return;
    const bounds = fall.lostPower ? fall.power : fall.kill;
    const { snapshot, wallMs } = recovered;
    if (this.check(snapshot, wallMs, bounds).ok) fall.undisturbed = { snapshot, wallMs };
  }

  /** Recovers an image in a world of its own, once: an equal image gives the same again. */
  async #recoverImage(disk: SimDisk, image: string, where: string, again: boolean): Promise<Recovered> {
    const { scenario, module, wallMs } = this.#stage;
    // Another configuration may make another thing of it.
    const key = `${image} ${scenario.persistence} ${scenario.appendfsync}`;
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const elsewhere = await recoverElsewhere({
      scenario,
      module,
      disk,
      seed: `${scenario.seed}/${where}`,
      startWallMs: wallMs,
      again,
    });
    this.sideEvents += elsewhere.events;
    this.side.text(elsewhere.digest);
    this.#images.set(key, elsewhere.first);
    const { first, second } = elsewhere;
    if (first.ok && second !== undefined && this.#stage.honest)
      this.#judgeAgain(first, second, elsewhere.probeLost, where);
    return first;
  }

  /** P11: a second recovery gives what the first one gave. */
  #judgeAgain(
    first: Extract<Recovered, { readonly ok: true }>,
    second: Recovered,
    probeLost: boolean,
    where: string,
  ): void {
    const { situations, history } = this.#stage;
    const broken = (message: string): void => this.#stage.report({ property: 'P11', message, where });
    situations.count('recovered-again');
    if (!second.ok) {
      broken(`the first recovery served, the second did not: ${second.why}`);
      return;
    }
    if (probeLost) broken('a write that was acknowledged after the recovery is gone after the next one');
    const before = fingerprintOf(history, first.snapshot, second.wallMs);
    const after = fingerprintOf(history, second.snapshot, second.wallMs);
    if (before !== after) broken('the second recovery gave something else than the first');
  }

  #propertyOf(verdict: BadVerdict, kind: CrashKind): Property {
    const { persistence, appendfsync } = this.#stage.scenario;
    if (persistence === 'none') return 'P7';
    if (!this.#stage.honest) return 'P13';
    if (this.#stage.isReconfigured) return 'P22';
    if (persistence === 'rdb') return 'P5';
    if (verdict.broken === 'prefix') return 'P1';
    if (appendfsync === 'always') return 'P2';
    return kind === 'kill' ? 'P4' : 'P3';
  }
}

/** The paths at which two disks differ. */
function changedFiles(before: Files, after: Files): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.filter((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    return old?.length !== now?.length || old?.some((byte, i) => byte !== now![i]) === true;
  });
}
