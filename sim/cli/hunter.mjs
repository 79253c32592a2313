/** The beginning of a thread that hunts mutants: see worker.mjs. */
// oxlint-disable-next-line house/layers -- one of the two places that need the loader itself
import { register } from 'tsx/esm/api';

register();

export const { chase } = await import('./hunter.ts');
