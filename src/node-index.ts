/**
 * lightsout on a real machine (`lightsout/node`): the ports that `openEngine` takes.
 *
 * ```ts
 * import { defaultSettings, openEngine } from 'lightsout';
 * import { openHost } from 'lightsout/node';
 *
 * const engine = await openEngine(openHost(), { ...defaultSettings(), dir: 'data', appendonly: true });
 * const session = engine.connect({ send: (bytes) => process.stdout.write(bytes), close: () => undefined });
 * session.feed(Buffer.from('SET greeting hello\r\n'));
 * ```
 */
import { siblingModule } from './node/child-entry.ts';
import { nodeHost } from './node/host.ts';
import type { Host } from './ports/process.ts';

export { nodeHost, type NodeHostOptions } from './node/host.ts';

/** What the thread of a forked child loads: it knows the engine's child mains. */
export const childEntry: URL = siblingModule(import.meta.url, 'server/child');

/**
 * Clock, disk and process of this machine. One a process: it takes SIGTERM and SIGINT, and keeps a thread ready for a fork.
 *
 * @param onChildError hears what a child's code threw; by default that is thrown here, where nobody catches it
 */
export function openHost(onChildError: (error: unknown) => void = rethrow): Host {
  return nodeHost({ childEntry, onChildError });
}

function rethrow(error: unknown): never {
  throw error;
}
