/** How late a server may be: what the machine and its disk kept it from, and what is late beyond that (P21). */
import { dataless } from '../oracle/model/table.ts';
import { isError } from '../oracle/reply.ts';
import { WAITED_KEY } from './administrator.ts';
import { describeCommand } from './argument.ts';
import type { Outstanding, SimClient } from './client.ts';
import { PATIENCE_MS } from './reading.ts';
import { slowestSyncMs } from './schema.ts';
import type { ServiceOptions } from './service-options.ts';

/** The longest that the engine waits before it tries again what the disk did not take. */
export const RETRY_MS = 60_000;

export class Lateness {
  readonly #o: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.#o = options;
  }

  get #nowMs(): number {
    return this.#o.world.scheduler.nowMs;
  }

  /** How much of the time since then the server was kept from running. */
  stalledMs(sinceMs: number): number {
    const { world, watch } = this.#o;
    return world.machine.stalls.within(watch.serverPid, sinceMs, this.#nowMs);
  }

  /** How much of the time since then the server may put down to the machine and its disk. */
  #excusedMs(sinceMs: number): number {
    const { watch, adversity } = this.#o;
    if (adversity.diskErrs) return Infinity;
    const { healedAtMs } = adversity;
    // What mends the log is a rewrite: where its child failed, too, the next one comes as late again.
    const healingMs =
      healedAtMs === undefined
        ? 0
        : Math.max(0, Math.max(healedAtMs, watch.setBackAtMs) + RETRY_MS - sinceMs);
    return healingMs + this.#slownessMs(sinceMs);
  }

  /** How much of it a machine and a disk that are slow, and no more, account for. */
  #slownessMs(sinceMs: number): number {
    const { watch, scenario } = this.#o;
    return this.stalledMs(sinceMs) + 2 * watch.longestSyncMs(sinceMs) + slowestSyncMs(scenario);
  }

  /** Commands that have waited for longer than that, in words. */
  unanswered(clients: readonly SimClient[], administrator: SimClient, patienceMs: number): string[] {
    const late: string[] = [];
    if (!this.#o.server.alive) return late;
    for (const client of clients) {
      const first = client.waiting[0];
      if (first === undefined) continue;
      const { sentAtMs } = first;
      // Who is told nothing of the data waits for no disk, but for those before it on its connection. What arrived together
      // may be answered together.
      const together = client.waiting.filter((other) => other.sentAtMs === sentAtMs);
      const waitsForDisk = first.followsOthers || client === administrator || together.some(tellsOfData);
      const isOrder = client === administrator && this.#mustBeDecided(first.command);
      const excusedMs = isOrder
        ? this.#slownessMs(sentAtMs)
        : waitsForDisk
          ? this.#excusedMs(sentAtMs)
          : this.stalledMs(sentAtMs);
      const waitedMs = this.#nowMs - sentAtMs;
      if (waitedMs < patienceMs + excusedMs) continue;
      late.push(
        `${client.name}: ${describeCommand(first.command)} was not answered for ${Math.round(waitedMs)} ms`,
      );
    }
    return late;
  }

  /**
   * Whoever asks for `always` is refused where the log is known to fail; where it fails later, that ends the server. Only
   * behind a write of his own does he wait for a disk that errs.
   */
  #mustBeDecided(command: readonly string[]): boolean {
    const hasWritten = this.#o.generation.steps.some(
      (step) => step.kind === 'admin' && step.command[1] === WAITED_KEY,
    );
    return command[2] === 'appendfsync' && command[3] === 'always' && !hasWritten;
  }

  /** A server that was told to end has ended, or has said why not. */
  checkSignalled(): void {
    const { adversity, server } = this.#o;
    const { signalledAtMs } = adversity;
    if (signalledAtMs === undefined || !server.alive) return;
    const patientMs = PATIENCE_MS + this.#excusedMs(signalledAtMs);
    const refused = server.log.some((line) => /shutdown failed|can't exit/.test(line));
    if (this.#nowMs - signalledAtMs > patientMs && !refused)
      this.#o.report(
        'P21',
        `the server was told to end ${Math.round(patientMs)} ms ago; it neither has nor said why not`,
      );
  }
}

/** False for what is answered without a look at the data: PING and its kin, and what is refused. */
function tellsOfData({ command, expected }: Outstanding): boolean {
  if (dataless.has(command[0]!.toUpperCase())) return false;
  return !(isError(expected) && /^MISCONF|shutting down$/.test(expected.error));
}
