/**
 * sim/disk: a disk that forgets what was not synced.
 *
 * May import: src/ports (types), sim/draws, and the types of sim/world's scheduler and trace.
 */
export { Arena } from './arena.ts';
export { cloneDisk } from './clone.ts';
export type { Clone } from './clone.ts';
export { choosePortion, countPending, crash, performPortion } from './crash.ts';
export type { Crash, CrashKind, CrashOptions } from './crash.ts';
export { CrashTally } from './crash-report.ts';
export type { CrashReport, PendingRow, Situation } from './crash-report.ts';
export { DiskDoor } from './door.ts';
export type { DoorContext, Tenant } from './door.ts';
export { errorModels } from './error-model.ts';
export type { ErrorModel, ErrorModelName } from './error-model.ts';
export { SimDiskError } from './error.ts';
export { Faults } from './faults.ts';
export type { FaultPlan } from './faults.ts';
export { diskFromFiles, filesOf, syncEverything } from './files.ts';
export { fingerprint } from './fingerprint.ts';
export type { InflightOperation } from './inflight.ts';
export { Latency } from './latency.ts';
export type { LatencyOptions } from './latency.ts';
export type { ChosenSize, CrashChooser, CrashSettings, Knobs, Profile, SyncCheat } from './profile.ts';
export { never } from './never.ts';
export { OpenFile } from './open-file.ts';
export { btrfs } from './btrfs.ts';
export { ext4Ordered, ext4Writeback } from './ext4.ts';
export { lazyfs } from './lazyfs.ts';
export { posixStrict } from './posix-strict.ts';
export { findProfile, ProfileError } from './knobs.ts';
export { lossless, procKill, profiles } from './profiles.ts';
export { xfs } from './xfs.ts';
export { SimDisk } from './sim-disk.ts';
export type { Condition, SimDiskOptions } from './sim-disk.ts';
export type { WriteBackFate } from './write-back.ts';
