/** Commands about the server rather than the data, by name. One file a family. */
import { backupCommands } from './backup.ts';
import { commandCommands } from './command.ts';
import { clientCommands } from './client.ts';
import { configCommands } from './config.ts';
import { connectionCommands } from './connection.ts';
import { debugCommands } from './debug.ts';
import { functionCommands } from './functions.ts';
import { helloCommands } from './hello.ts';
import { infoCommands } from './info.ts';
import { latencyCommands } from './latency.ts';
import { memoryCommands } from './memory.ts';
import { persistenceCommands } from './persistence.ts';
import { scriptingCommands } from './scripting.ts';
import { shutdownCommands } from './shutdown.ts';
import { slowlogCommands } from './slowlog.ts';
import { transactionCommands } from './transactions.ts';
import type { AdminCommand } from './types.ts';
import { waitingCommands } from './waiting.ts';

export const adminCommands: ReadonlyMap<string, AdminCommand> = new Map(
  [
    ...connectionCommands,
    ...helloCommands,
    ...clientCommands,
    ...transactionCommands,
    ...scriptingCommands,
    ...functionCommands,
    ...persistenceCommands,
    ...backupCommands,
    ...shutdownCommands,
    ...infoCommands,
    ...latencyCommands,
    ...memoryCommands,
    ...slowlogCommands,
    ...waitingCommands,
    ...configCommands,
    ...debugCommands,
    // COMMAND tells about all the others; it is handed the table, which it must not import.
    ...commandCommands(() => adminCommands),
  ].map((command) => [command.name, command]),
);
