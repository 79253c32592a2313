/**
 * sim/world: virtual time, processes, randomness; everything but the disk itself.
 *
 * May import: src/ports (types), sim/disk. Of sim/world the disk imports only leaves: choices, hash, random, and the types
 * of scheduler, event-heap and trace.
 */
export { Odometer, SeededChoices } from './choices.ts';
export type { ChoiceRecord, Choices, Unrecorded } from './choices.ts';
export { SimClock } from './clock.ts';
export type { Wall } from './clock.ts';
export type { Owner, ScheduledEvent } from './event-heap.ts';
export { SimForkError } from './fork-error.ts';
export { RollingHash, hashText } from './hash.ts';
export { Machine } from './machine.ts';
export type { MachineOptions, ProcessFaults, Violation } from './machine.ts';
export { SimProcess } from './process.ts';
export type { Main } from './process.ts';
export { Stream, Streams } from './random.ts';
export type { Seed } from './random.ts';
export { BudgetError, Scheduler } from './scheduler.ts';
export type { RunEnd, RunLimits, SchedulerOptions } from './scheduler.ts';
export { Trace } from './trace.ts';
export { createWorld } from './world.ts';
export type { World, WorldOptions } from './world.ts';
