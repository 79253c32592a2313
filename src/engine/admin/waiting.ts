/**
 * WAITAOF and WAIT: a client waits until what it wrote is as safe as it asks for. ROLE: who is asked.
 *
 * There are no replicas, so whoever waits for one waits until the timeout. WAITAOF waits for the disk, whatever the
 * policy; where that never syncs (`appendfsync no`), the wait itself asks for a sync.
 */
import type { Clock } from '../../ports/clock.ts';
import { parseInteger } from '../../bytes/index.ts';
import type { Argv } from '../../resp/index.ts';
import { errors } from '../../commands/index.ts';
import type { Engine } from '../engine.ts';
import { admin } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

const localOutOfRange = 'ERR value is out of range, value must between 0 and 1';
const timeoutNotInteger = 'ERR timeout is not an integer or out of range';
const timeoutNegative = 'ERR timeout is negative';
const logIsOff = 'ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.';

/** WAITAOF numlocal numreplicas timeout: how many logs, ours and replicas', have what this client wrote on their disks. */
function waitaof(call: AdminCall): void | Promise<void> {
  const { engine, session, argv, reply, inExec } = call;
  const local = wholeNumber(argv, 1);
  if (local === undefined) return reply.error(errors.notInteger);
  if (local < 0 || local > 1) return reply.error(localOutOfRange);
  const replicas = wholeNumber(argv, 2);
  if (replicas === undefined || replicas < 0) return reply.error(errors.notPositive);
  const timeoutMs = readTimeout(call, 3);
  if (timeoutMs === undefined) return undefined;
  if (local === 1 && !engine.settings.appendonly) return reply.error(logIsOff);
  const unit = session.lastUnit;
  const answer = (): void => {
    if (local === 1 && !engine.settings.appendonly) return reply.error(logIsOff);
    reply.array(2);
    reply.integer(isDurable(engine, unit) ? 1 : 0);
    reply.integer(0);
  };
  if (inExec || (replicas === 0 && (local === 0 || isDurable(engine, unit)))) return answer();
  const reached = replicas > 0 ? never() : engine.journal.reach(unit);
  return first(engine.host.clock, timeoutMs, reached).then(answer);
}

function isDurable({ journal }: Engine, unit: number): boolean {
  return journal.isOpen && journal.durable >= unit;
}

/** WAIT numreplicas timeout: none ever has it. */
function wait(call: AdminCall): void | Promise<void> {
  const { engine, argv, reply, inExec } = call;
  const replicas = wholeNumber(argv, 1);
  if (replicas === undefined) return reply.error(errors.notInteger);
  if (replicas < 0) return reply.error(errors.notPositive);
  const timeoutMs = readTimeout(call, 2);
  if (timeoutMs === undefined) return undefined;
  if (inExec || replicas === 0) return reply.integer(0);
  return first(engine.host.clock, timeoutMs, never()).then(() => reply.integer(0));
}

function wholeNumber(argv: Argv, index: number): number | undefined {
  return parseInteger(argv.buffer, argv.start(index), argv.end(index));
}

function readTimeout({ argv, reply }: AdminCall, index: number): number | undefined {
  const timeoutMs = wholeNumber(argv, index);
  if (timeoutMs === undefined) reply.error(timeoutNotInteger);
  else if (timeoutMs < 0) reply.error(timeoutNegative);
  else return timeoutMs;
  return undefined;
}

function never(): Promise<void> {
  return new Promise(() => undefined);
}

/** Resolves with `event` or after `timeoutMs`, whichever comes first; 0 waits for ever. */
function first(clock: Clock, timeoutMs: number, event: Promise<void>): Promise<void> {
  if (timeoutMs === 0) return event;
  return new Promise((resolve, reject) => {
    const timer = clock.after(timeoutMs, resolve);
    event.then(() => {
      timer.cancel();
      resolve();
    }, reject);
  });
}

/** A master that has sent nothing to anybody: nobody follows this server. */
function role({ reply }: AdminCall): void {
  reply.array(3);
  reply.bulkText('master');
  reply.integer(0);
  reply.array(0);
}

export const waitingCommands: readonly AdminCommand[] = [
  admin('role', 1, 'noscript loading stale fast', role),
  admin('waitaof', 4, 'noscript', waitaof),
  admin('wait', 3, 'noscript', wait),
];
