/**
 * Traces in a few words, and all that a loss of power may leave of them.
 *
 * A trace is steps with `;` between: `given b=old` (a durable file, only first), `create a`, `append a ab`,
 * `write a 0 xy` (at a position), `truncate a 2`, `rename a b`, `link a b`, `unlink a`, `mkdir d`, `sync a`, `datasync a`,
 * `syncdir d`, `close a`, `writeback a` (the kernel may have written it back: it may at any time). A content is text, where `x*5` is five letters: `ab*3c` is abbbc.
 */
import { crash, diskFromFiles, findProfile, SimDisk } from '../../../../sim/disk/index.ts';
import type { OpenFile, SyncCheat } from '../../../../sim/disk/index.ts';
import { append, create, overwrite, ReadableOdometer, show } from './outcomes.ts';

/** Every state, sorted, that a loss of power may leave after a trace, and after every way in which its syncs may lie. */
export function after(
  trace: string,
  name: string,
  { sectorBytes = 4096 }: { readonly sectorBytes?: 512 | 4096 } = {},
): string[] {
  const profile = findProfile(name);
  const found = new Set<string>();
  const odometer = new ReadableOdometer();
  do {
    const disk = play(trace, profile.cheat?.(odometer));
    found.add(show(crash(disk, 'power', profile, odometer, { sectorBytes }).disk));
  } while (odometer.next());
  return [...found].sort();
}

/** The disk after a trace. */
export function play(trace: string, cheat?: SyncCheat): SimDisk {
  const steps = trace.split(';').map((step) => step.trim().split(' '));
  const given = new Map<string, Uint8Array>();
  while (steps[0]?.[0] === 'given') {
    for (const file of steps.shift()!.slice(1)) {
      const [path, content] = file.split('=');
      given.set(path!, new TextEncoder().encode(spelled(content!)));
    }
  }
  const disk = given.size === 0 ? new SimDisk() : diskFromFiles(given);
  disk.cheat = cheat;
  const files = new Map<string, OpenFile>();
  const fileAt = (path: string): OpenFile => {
    const inode = disk.find(path);
    const known = files.get(path);
    const file = known !== undefined && known.inode === inode && known.open ? known : create(disk, path);
    files.set(path, file);
    return file;
  };
  for (const [verb, path, ...rest] of steps) {
    const [first, second] = rest;
    switch (verb) {
      case 'create':
        fileAt(path!);
        break;
      case 'append':
        append(disk, fileAt(path!), spelled(first!));
        break;
      case 'write':
        overwrite(disk, path!, Number(first), spelled(second!));
        break;
      case 'truncate':
        disk.truncate(fileAt(path!), Number(first));
        break;
      case 'rename':
        disk.rename(path!, first!);
        break;
      case 'link':
        disk.link(path!, first!);
        break;
      case 'unlink':
        disk.unlink(path!);
        break;
      case 'mkdir':
        disk.mkdir(path!);
        break;
      case 'close':
        disk.close(fileAt(path!));
        break;
      case 'sync':
      case 'datasync': {
        const file = fileAt(path!);
        disk.syncEnd(file.inode, disk.syncBegin(file), verb === 'datasync');
        break;
      }
      case 'syncdir': {
        const dir = disk.directory(path!, 'sync');
        disk.syncEnd(dir, disk.dirSyncBegin(dir));
        break;
      }
      case 'writeback':
        break;
      default:
        throw new Error(`no step is called ${String(verb)}`);
    }
  }
  return disk;
}

/** Letters with counts, spelled out. */
export function spelled(content: string): string {
  return content.replace(/(.)\*(\d+)/g, (_, letter: string, count: string) => letter.repeat(Number(count)));
}
