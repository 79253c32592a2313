/** Colours, or none: the same functions either way. */
import pc from 'picocolors';

export interface Colours {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
  lights(text: string): string;
}

export function colours(enabled: boolean): Colours {
  const c = pc.createColors(enabled);
  return { good: c.green, bad: c.red, dim: c.dim, strong: c.bold, lights: (text) => c.bold(c.yellow(text)) };
}
