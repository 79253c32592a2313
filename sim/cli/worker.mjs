/**
 * A worker's beginning: plain JavaScript, since Node 20 gives its threads no loader of their own and something has to
 * register tsx before TypeScript can be loaded.
 */
// oxlint-disable-next-line house/layers -- the one place that needs the loader itself
import { register } from 'tsx/esm/api';

register();

export const { work } = await import('./worker.ts');
