/**
 * sim/world: virtual time and processes; everything but the disk itself.
 *
 * May import: src/ports (types), sim/draws, sim/disk. The disk knows the types of scheduler, event-heap and trace.
 */
export { SimClock } from './clock.ts';
export type { LateTimers, Wall } from './clock.ts';
export type { Owner, ScheduledEvent } from './event-heap.ts';
export { SimForkError } from './fork-error.ts';
export { Machine } from './machine.ts';
export type { MachineOptions, MemoryBudget, ProcessFaults, Violation } from './machine.ts';
export { SimProcess } from './process.ts';
export type { Main } from './process.ts';
export { BudgetError, Scheduler } from './scheduler.ts';
export type { RunEnd, RunLimits, SchedulerOptions } from './scheduler.ts';
export { Stalls } from './stalls.ts';
export { findDivergence, leftMilestones } from './divergence.ts';
export type { Divergence, Milestones, Stretch, TraceEvent } from './divergence.ts';
export { Trace } from './trace.ts';
export { createWorld } from './world.ts';
export type { World, WorldOptions } from './world.ts';
