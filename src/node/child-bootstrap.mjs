/* oxlint-disable house/layers, typescript/no-unsafe-member-access -- a development aid that no build holds */
// Starts a child entry written in TypeScript on a worker thread: registers tsx there, which a worker does not inherit,
// and loads the entry. Plain JavaScript, because it runs before anything could translate it. Never part of a build.
import { workerData } from 'node:worker_threads';

import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
