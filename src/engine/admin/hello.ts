/** HELLO and AUTH. There are no passwords: the default user is let in with any, and there is no other user. */
import { errors } from '../../commands/index.ts';
import type { Argv } from '../../resp/index.ts';
import { isClientName, nameError } from './client-name.ts';
import { admin } from './define.ts';
import { serverVersion } from './server-version.ts';
import type { AdminCall, AdminCommand } from './types.ts';

const wrongPass = 'WRONGPASS invalid username-password pair or user is disabled.';
const noPassword =
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?';

function auth({ argv, reply }: AdminCall): void {
  if (argv.count > 3) reply.error(errors.syntax);
  else if (argv.count === 2) reply.error(noPassword);
  else if (isDefaultUser(argv, 1)) reply.ok();
  else reply.error(wrongPass);
}

/** HELLO [protocol [AUTH user password] [SETNAME name]]. Nothing changes unless all of it is right. */
function hello(call: AdminCall): void {
  const { argv, reply, session } = call;
  if (argv.count > 1) {
    const version = argv.text(1);
    if (!/^-?\d{1,18}$/.test(version))
      return reply.error('ERR Protocol version is not an integer or out of range');
    if (version !== '2' && version !== '3') return reply.error('NOPROTO unsupported protocol version');
    let name: string | undefined;
    for (let i = 2; i < argv.count; i++) {
      const left = argv.count - i - 1;
      if (argv.is(i, 'AUTH') && left >= 2) {
        if (!isDefaultUser(argv, i + 1)) return reply.error(wrongPass);
        i += 2;
      } else if (argv.is(i, 'SETNAME') && left >= 1) {
        name = argv.text(++i);
        if (!isClientName(name)) return reply.error(nameError);
      } else {
        return reply.error(`ERR Syntax error in HELLO option '${argv.text(i)}'`);
      }
    }
    if (name !== undefined) session.name = name;
    reply.protocol = version === '3' ? 3 : 2;
  }
  reply.map(7);
  reply.bulkText('server');
  reply.bulkText('redis');
  reply.bulkText('version');
  reply.bulkText(serverVersion);
  reply.bulkText('proto');
  reply.integer(reply.protocol);
  reply.bulkText('id');
  reply.integer(session.id);
  reply.bulkText('mode');
  reply.bulkText('standalone');
  reply.bulkText('role');
  reply.bulkText('master');
  reply.bulkText('modules');
  reply.array(0);
}

function isDefaultUser(argv: Argv, index: number): boolean {
  return argv.text(index) === 'default';
}

export const helloCommands: readonly AdminCommand[] = [
  admin('auth', -2, 'noscript loading stale fast no_auth allow_busy', auth),
  admin('hello', -1, 'noscript loading stale fast no_auth allow_busy', hello),
];
