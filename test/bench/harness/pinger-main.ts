/** The process behind Pinger: `pinger-main.ts PORT…`. */
import { connect, type Socket } from 'node:net';
import { setPriority } from 'node:os';
import type { PingerAnswer, PingerRequest, Stalls } from './pinger.ts';

const ping = Buffer.from('PING\r\n');
const newLine = 10;

class Line {
  readonly socket: Socket;
  /** When the unanswered PINGs left. */
  #sentAtMs: number[] = [];
  #latenciesMs: number[] = [];

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => {
      const now = performance.now();
      for (const byte of chunk) if (byte === newLine) this.#latenciesMs.push(now - this.#sentAtMs.shift()!);
    });
    this.socket.on('error', () => process.exit(1));
  }

  ask(): void {
    this.#sentAtMs.push(performance.now());
    this.socket.write(ping);
  }

  begin(): void {
    this.#latenciesMs = [];
  }

  /** Counts a PING that still waits with the time that it has waited. */
  end(): Stalls {
    const now = performance.now();
    const all = [...this.#latenciesMs, ...this.#sentAtMs.map((sentAt) => now - sentAt)];
    let longestMs = 0;
    for (const latency of all) longestMs = Math.max(longestMs, latency);
    return { longestMs, over10Ms: all.filter((latency) => latency > 10).length, pings: all.length };
  }
}

try {
  // So that it is the server that is late and not its client. Only root may.
  setPriority(-15);
} catch {
  // Then the idle server tells how much of it was the client.
}
const lines = process.argv.slice(2).map((port) => new Line(Number(port)));
await Promise.all(lines.map((line) => new Promise((resolve) => line.socket.once('connect', resolve))));
setInterval(() => {
  for (const line of lines) line.ask();
}, 1);
process.on('message', (request: PingerRequest) => {
  if (request === 'begin') for (const line of lines) line.begin();
  const answer: PingerAnswer = lines.map((line) => line.end());
  process.send?.(answer);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
