/**
 * The weather of a run's disk: which of its errors are on at present. A scenario's steps change it; a crash clears it, so
 * that every recovery finds a disk that works.
 */
import type { FaultPlan } from '../disk/index.ts';
import type { World } from '../world/index.ts';
import type { DiskPlan } from './schema.ts';

type Changing = { -readonly [K in keyof FaultPlan]: FaultPlan[K] };

export class DiskWeather {
  /** What the disk goes by: given to the world, and changed here. */
  readonly plan: Changing;
  /** There was an error on in this life. */
  wasBad = false;
  readonly #always: FaultPlan;
  #world: World | undefined;
  #errs = false;
  #isFull = false;

  /** `always`: what the disk's own manner is. */
  constructor(always: FaultPlan = {}) {
    this.#always = always;
    this.plan = { ...always };
  }

  /** The world whose disk this is. */
  attach(world: World): void {
    this.#world = world;
  }

  get isGood(): boolean {
    return !this.#errs && !this.#isFull;
  }

  change(plan: DiskPlan): void {
    for (const name of Object.keys(this.plan)) delete this.plan[name as keyof FaultPlan];
    Object.assign(this.plan, this.#always, plan);
    this.#errs = Object.keys(plan).length > 0;
    this.wasBad ||= this.#errs;
  }

  /** Leaves so much room on the disk; undefined: as much as anybody wants. */
  leave(freeBytes: number | undefined): void {
    const { disk } = this.#world!.machine;
    disk.space.capacityBytes = freeBytes === undefined ? Infinity : disk.space.usedBytes + freeBytes;
    this.#isFull = freeBytes !== undefined;
    this.wasBad ||= this.#isFull;
  }

  /** All is well from now on; nothing was bad in the life that begins. */
  clear(): void {
    this.change({});
    this.leave(undefined);
    this.wasBad = false;
  }
}
