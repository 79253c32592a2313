/**
 * sim/draws: everything that a seed decides by itself: named streams of draws, choices by key, and the hashes beneath.
 *
 * May import: nothing of sim.
 */
export { Odometer, SeededChoices } from './choices.ts';
export type { ChoiceRecord, Choices, Unrecorded } from './choices.ts';
export { hashText, RollingHash } from './hash.ts';
export { Stream, Streams } from './random.ts';
export type { Seed } from './random.ts';
