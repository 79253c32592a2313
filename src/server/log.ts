/**
 * The server's log, in Redis's format: `PID:M DD Mon YYYY HH:MM:SS.mmm * message`, local time.
 *
 * Lines go to standard output, or to the end of `logfile`, which is opened anew for each line so that it may be moved away
 * meanwhile. They are written before the call returns: the last words of a process that ends are not lost.
 */
import { appendFileSync } from 'node:fs';

import type { Log, LogLevel } from '../engine/log.ts';

const order: readonly LogLevel[] = ['debug', 'verbose', 'notice', 'warning'];
const marks: Readonly<Record<LogLevel, string>> = { debug: '.', verbose: '-', notice: '*', warning: '#' };
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface LogOptions {
  /** '' is standard output. */
  logfile(): string;
  /** Lines below it are left out. Asked for each line: CONFIG SET changes it. */
  loglevel(): string;
}

export function serverLog(options: LogOptions): Log {
  return (level, message) => {
    if (order.indexOf(level) < order.findIndex((one) => one === options.loglevel())) return;
    const line = `${process.pid}:M ${formatTime(new Date())} ${marks[level]} ${message}\n`;
    const logfile = options.logfile();
    if (logfile === '') process.stdout.write(line);
    else appendTo(logfile, line);
  };
}

/** A log that cannot be written is no reason to stop serving. */
function appendTo(logfile: string, line: string): void {
  try {
    appendFileSync(logfile, line);
  } catch {
    process.stderr.write(line);
  }
}

/** '08 Nov 2026 12:34:56.789' */
export function formatTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${two(time.getDate())} ${months[time.getMonth()] ?? ''} ${time.getFullYear()}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
