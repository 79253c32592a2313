/**
 * The other side of a fork: what runs on a child's thread.
 *
 * `serveChildren` waits for one order, builds a Host that belongs to this thread alone, runs the main that the order
 * names and ends the thread with its exit code. Whatever the main throws is left uncaught on purpose: the thread dies
 * of it, and Node carries the error to the parent with its stack.
 */
import { strict as assert } from 'node:assert';
import { parentPort } from 'node:worker_threads';
import { randomFillSync } from 'node:crypto';

import type { Child, ChildMain, Host, Process } from '../ports/process.ts';
import type { Farewell, Order } from './child-message.ts';
import { NodeClock } from './clock.ts';
import { NodeDisk } from './disk.ts';
import { NodeForkError } from './fork-error.ts';

/**
 * Makes this thread a child in waiting. To be called once, at the top of the entry module that `NodeProcess` was given.
 *
 * @param registry the mains by name, as `fork` names them
 */
export function serveChildren(registry: ReadonlyMap<string, ChildMain>): void {
  assert(
    parentPort !== null,
    'serveChildren runs on a worker thread that NodeProcess started, not in a process itself',
  );
  parentPort.once('message', (order: Order) => void serve(registry, order));
}

async function serve(registry: ReadonlyMap<string, ChildMain>, order: Order): Promise<void> {
  const main = registry.get(order.mainName);
  assert(
    main !== undefined,
    `no child main '${order.mainName}'; there are: ${[...registry.keys()].join(', ')}`,
  );
  const host: Host = {
    clock: new NodeClock(),
    disk: new NodeDisk({ onCallingThread: true }),
    process: new ChildProcess(order.pid),
  };
  await host.process.exit(await main(host, order.image, order.args));
}

/** The process that a child is: it has a pid, entropy and an end, but no signals to hear and no children. */
class ChildProcess implements Process {
  readonly pid: number;

  constructor(pid: number) {
    this.pid = pid;
  }

  entropy(lengthBytes: number): Uint8Array {
    return randomFillSync(new Uint8Array(lengthBytes));
  }

  fork(): Child {
    throw new NodeForkError('EAGAIN', 'a child has no children of its own');
  }

  exit(code: number): Promise<never> {
    const farewell: Farewell = { code };
    parentPort?.postMessage(farewell);
    // On a worker thread this ends the thread.
    process.exit(code);
  }

  onSignal(): void {
    // Whatever is sent to a child ends it; there is nothing that it could hear.
  }
}
