/**
 * A worker's beginning: plain JavaScript, since Node 20 needs tsx registered before it can load TypeScript.
 */
import { register } from 'tsx/esm/api';

register();

export const { work } = await import('./worker.ts');
