/** The beginning of a worker that explores: plain JavaScript, as worker.mjs is, and for the same reason. */
// oxlint-disable-next-line house/layers -- the loader itself, as in worker.mjs
import { register } from 'tsx/esm/api';

register();

export const { exploreTask } = await import('./explore-task.ts');
