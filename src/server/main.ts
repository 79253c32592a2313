#!/usr/bin/env node
/**
 * lightsout-server: the engine on a real disk, behind real sockets, started and configured as redis-server is.
 *
 * In this order: read the configuration, take the addresses, open the engine (lock, recovery), let clients in.
 */
import { unlinkSync, writeFileSync } from 'node:fs';

import { serverVersion } from '../engine/admin/server-version.ts';
import { optionText } from '../engine/config/table.ts';
import { Engine } from '../engine/engine.ts';
import type { Log } from '../engine/log.ts';
import { RefusedRdb } from '../engine/recovery/refused-rdb.ts';
import type { Settings } from '../engine/config/settings.ts';
import { isLightsoutError } from '../errors.ts';
import { siblingModule } from '../node/child-entry.ts';
import { nodeHost } from '../node/host.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { help } from './help.ts';
import { lua } from './lua.ts';
import { rdbRefusal } from './rdb-refusal.ts';
import { redisWords } from './redis-words.ts';
import { Listener } from './listener.ts';
import { serverLog } from './log.ts';

const argv = process.argv.slice(2);
if (argv[0] === '--help' || argv[0] === '-h') process.stdout.write(help);
else if (argv[0] === '--version' || argv[0] === '-v')
  process.stdout.write(`Redis server v=${serverVersion} (lightsout) bits=64\n`);
else await start(configure());

/** Wrong usage ends here: one line on standard error. */
function configure(): Arguments {
  try {
    return readArguments(argv);
  } catch (error) {
    if (!isLightsoutError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

async function start({ settings, configFile }: Arguments): Promise<void> {
  const log = serverLog({
    logfile: () => optionText(settings, 'logfile'),
    loglevel: () => optionText(settings, 'loglevel'),
  });
  // Whoever read our log may be gone; that is no reason to end.
  process.stdout.on('error', () => undefined);
  // Rejections that nobody handles come here too.
  process.on('uncaughtException', (error) => {
    log('warning', `internal error: ${error.stack ?? error.message}`);
    process.exit(1);
  });
  log(
    'warning',
    `lightsout is starting, pid=${process.pid}, standing for Redis version=${serverVersion}, bits=64`,
  );
  log(
    'warning',
    configFile === undefined ? 'no config file specified, using the default config' : 'Configuration loaded',
  );
  const host = nodeHost({
    childEntry: siblingModule(import.meta.url, 'child'),
    onChildError: (error) =>
      log('warning', `child: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  const listener = new Listener(settings);
  try {
    await listener.open();
    const engine = await Engine.open(host, settings, {
      log,
      scripts: lua(),
      ...(configFile !== undefined && { configFile }),
    });
    writePidFile(settings, log);
    listener.serve(engine);
  } catch (error) {
    if (!isLightsoutError(error)) throw error;
    const words = redisWords(error);
    if (words.length === 0 && error instanceof RefusedRdb)
      words.push(...(await rdbRefusal(host.disk, error, host.clock.wallMs())));
    for (const line of words) log('warning', line);
    log('warning', error.message.replaceAll('\n', ' '));
    process.exit(error.code === 'CONFIG' ? 2 : 1);
  }
  if (optionText(settings, 'aof-timestamp-enabled') === 'yes')
    log('warning', 'aof-timestamp-enabled: timestamps are read, and not written');
  const unixSocket = optionText(settings, 'unixsocket');
  if (unixSocket !== '') log('notice', `The server is now ready to accept connections at ${unixSocket}`);
  if (optionText(settings, 'port') !== '0') log('notice', 'Ready to accept connections');
}

/** As redis-server does, a failure is told and ignored. */
function writePidFile(settings: Settings, log: Log): void {
  const path = optionText(settings, 'pidfile');
  if (path === '') return;
  try {
    writeFileSync(path, `${process.pid}\n`);
    process.on('exit', () => unlinkSync(path));
  } catch (error) {
    log('warning', `Failed to write PID file: ${String(error)}`);
  }
}
