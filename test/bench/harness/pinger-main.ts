/** The process behind Pinger: `pinger-main.ts PORT:PID…`. */
import { openSync, readSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setPriority } from 'node:os';
import type { PingerAnswer, PingerRequest, Stalls } from './pinger.ts';

const pingEveryMs = 1;
const ping = Buffer.from('PING\r\n');
const newLine = 10;

interface Ping {
  readonly tick: number;
  readonly sentAtMs: number;
  /** For how long the server had waited for a core when the ping left. */
  readonly waitedMs: number;
}

interface Answered {
  readonly tick: number;
  readonly latencyMs: number;
  /** How much of it the server waited for a core. */
  readonly waitedMs: number;
}

/** One server that is asked. */
class Line {
  readonly socket: Socket;
  readonly #scheduling: number;
  readonly #text = Buffer.alloc(128);
  #unanswered: Ping[] = [];
  #answered: Answered[] = [];

  constructor(port: string, pid: string) {
    // "time on a core, time waiting for one, slices"; of the main thread, which is the one with the process's number.
    this.#scheduling = openSync(`/proc/${pid}/task/${pid}/schedstat`, 'r');
    this.socket = connect(Number(port), '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => {
      const now = performance.now();
      const waitedMs = this.#waitedMs();
      for (const byte of chunk) if (byte === newLine) this.#settle(this.#unanswered.shift()!, now, waitedMs);
    });
    this.socket.on('error', () => process.exit(1));
  }

  ask(tick: number): void {
    this.#unanswered.push({ tick, sentAtMs: performance.now(), waitedMs: this.#waitedMs() });
    this.socket.write(ping);
  }

  begin(): void {
    this.#answered = [];
  }

  /** A ping that still waits counts with the time that it has waited. */
  end(): readonly Answered[] {
    const now = performance.now();
    const waitedMs = this.#waitedMs();
    const answered = this.#answered;
    for (const ping of this.#unanswered) this.#settle(ping, now, waitedMs);
    this.#answered = [];
    return answered;
  }

  #settle({ tick, sentAtMs, waitedMs }: Ping, now: number, waitedUntilNowMs: number): void {
    this.#answered.push({ tick, latencyMs: now - sentAtMs, waitedMs: waitedUntilNowMs - waitedMs });
  }

  #waitedMs(): number {
    const length = readSync(this.#scheduling, this.#text, 0, this.#text.length, 0);
    return Number(this.#text.toString('latin1', 0, length).split(' ')[1]) / 1e6;
  }
}

function judge(answered: readonly Answered[], idle: ReadonlyMap<number, number>): Stalls {
  let longestMs = 0;
  let ownMs = 0;
  for (const { tick, latencyMs, waitedMs } of answered) {
    longestMs = Math.max(longestMs, latencyMs);
    ownMs = Math.max(ownMs, latencyMs - waitedMs - (idle.get(tick) ?? 0));
  }
  return { longestMs, ownMs, pings: answered.length };
}

try {
  // So that it is the server that is late and not its client. Only root may.
  setPriority(-15);
} catch {
  // Then the idle server tells how much of it was the client.
}
const lines = process.argv.slice(2).map((word) => {
  const [port, pid] = word.split(':');
  return new Line(port!, pid!);
});
await Promise.all(lines.map((line) => new Promise((resolve) => line.socket.once('connect', resolve))));
let tick = 0;
setInterval(() => {
  tick++;
  for (const line of lines) line.ask(tick);
}, pingEveryMs);
process.on('message', (request: PingerRequest) => {
  if (request === 'begin') for (const line of lines) line.begin();
  const answered = lines.map((line) => line.end());
  const idle = new Map(answered.at(-1)!.map((each) => [each.tick, each.latencyMs]));
  const answer: PingerAnswer = answered.map((each) => judge(each, idle));
  process.send?.(answer);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
