/**
 * The exclusive lock of a directory: a name that only one living process can hold.
 *
 * On Linux it is a listening unix socket in the abstract namespace, named after the directory's device and inode. The
 * kernel gives such a name to one socket at a time, keeps no file for it, and takes it back when the last descriptor
 * is closed, which happens with the death of the process, however it dies; the descriptor is close-on-exec, so no
 * started program inherits it. A path, a symbolic link and a bind mount of one directory lead to one inode, hence to
 * one lock; a directory that was moved keeps its lock.
 *
 * Two limits. The namespace belongs to a network namespace: two containers that share a volume but not a network do not
 * see each other's locks. And names are not owned: another local user could occupy one, which would refuse a start
 * but harm no data.
 *
 * Elsewhere Node offers nothing that dies with its process (flock(2) is out of its reach, and a file holding a pid
 * survives a crash and lies after the pid is reused). A lock that does not lock would be worse than none: it throws.
 */
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';

import type { Lock } from '../ports/disk.ts';
import { LightsoutError } from '../errors.ts';
import { NodeDiskError, codeOf, diskError } from './disk-error.ts';

/** Takes the lock of `directory`: undefined when it is held already. @throws DiskError ENOENT, ENOTDIR */
export async function lockDirectory(directory: string): Promise<Lock | undefined> {
  if (process.platform !== 'linux') {
    throw new LightsoutError(
      'CONFIG',
      `cannot lock '${directory}': no lock that dies with its process is known for '${process.platform}', only for linux. ` +
        'Run lightsout on Linux (a container will do).',
    );
  }
  const name = await lockName(directory);
  const server = await listenOn(name, directory);
  if (server === undefined) return undefined;
  let released: Promise<void> | undefined;
  return {
    release() {
      released ??= new Promise((resolve) => server.close(() => resolve()));
      return released;
    },
  };
}

async function lockName(directory: string): Promise<string> {
  const found = await new Promise<fs.BigIntStats>((resolve, reject) => {
    fs.stat(directory, { bigint: true }, (error, stats) => {
      if (error === null) resolve(stats);
      else reject(diskError('lock', directory, error));
    });
  });
  if (!found.isDirectory()) throw new NodeDiskError('lock', directory, 'ENOTDIR', 'no');
  return `\0lightsout-${found.dev}-${found.ino}`;
}

function listenOn(name: string, directory: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // Nobody has business here; whoever connects is sent away.
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      if (codeOf(error) === 'EADDRINUSE') resolve(undefined);
      else reject(diskError('lock', directory, error));
    });
    // `exclusive`: a worker of node:cluster would otherwise be handed its primary's socket, and both would hold the lock.
    server.listen({ path: name, exclusive: true }, () => {
      server.removeAllListeners('error').on('error', () => {});
      server.unref();
      resolve(server);
    });
  });
}
