/**
 * System calls as strace saw them, from `strace -f -y -o FILE`: each with when it began and when it ended, so that "this had
 * returned before that began" can be asked across threads.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The calls that can make, change, name or acknowledge something. */
export const tracedCalls = [
  'openat',
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'fsync',
  'fdatasync',
  'sync_file_range',
  'rename',
  'renameat',
  'renameat2',
  'link',
  'linkat',
  'unlink',
  'unlinkat',
  'mkdir',
  'mkdirat',
  'rmdir',
  'truncate',
  'ftruncate',
  'fallocate',
  'sendto',
  'sendmsg',
].join(',');

/** strace as a wrapper of a command that follows. */
export function straceCommand(outputFile: string): string[] {
  return [
    'strace',
    '-f',
    '-y',
    '-qq',
    '-s',
    '200000',
    '-e',
    `trace=${tracedCalls}`,
    '-e',
    'signal=none',
    '-o',
    outputFile,
  ];
}

export interface Call {
  readonly name: string;
  /** As strace prints them. */
  readonly args: string;
  /** What it returned; negative for an error. */
  readonly result: number;
  /** Numbers of the lines on which it began and ended. */
  readonly began: number;
  readonly ended: number;
}

export function readTrace(file: string): Call[] {
  const calls: Call[] = [];
  const unfinished = new Map<string, { name: string; args: string; began: number }>();
  for (const [number, line] of readFileSync(file, 'latin1').split('\n').entries()) {
    const began = /^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$/s.exec(line);
    const resumed = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+)/s.exec(line);
    const whole = /^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+)/s.exec(line);
    if (began !== null) {
      unfinished.set(began[1]!, { name: began[2]!, args: began[3]!, began: number });
    } else if (resumed !== null) {
      const start = unfinished.get(resumed[1]!);
      if (start === undefined || start.name !== resumed[2])
        throw new Error(`line ${number + 1}: resumes what did not begin`);
      unfinished.delete(resumed[1]!);
      calls.push({
        name: start.name,
        args: start.args + resumed[3]!,
        result: Number(resumed[4]),
        began: start.began,
        ended: number,
      });
    } else if (whole !== null) {
      calls.push({
        name: whole[2]!,
        args: whole[3]!,
        result: Number(whole[4]),
        began: number,
        ended: number,
      });
    }
  }
  return calls.toSorted((a, b) => a.began - b.began);
}

/** Path behind the descriptor that is a call's first argument: '/tmp/x' of `write(5</tmp/x>, …`, 'socket:[1]' of a socket. */
export function descriptorPath(call: Call): string | undefined {
  return /^\d+<([^>]*)>/.exec(call.args)?.[1];
}

/**
 * What a call does to the files below `dir`, in words: 'create a.tmp EXCL', 'write a', 'sync a', 'sync .',
 * 'rename a -> b', 'unlink a', 'mkdir d'. Undefined for what changes nothing there.
 */
export function fileOperation(call: Call, dir: string, nameOf: (name: string) => string): string | undefined {
  if (call.result < 0) return undefined;
  const short = (path: string): string => nameOf(relative(dir, path) || '.');
  const below = (path: string | undefined): path is string =>
    path !== undefined && (path === dir || path.startsWith(`${dir}/`));
  const paths = [...call.args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!);
  const on = descriptorPath(call);
  switch (call.name) {
    case 'openat': {
      const flags = ['EXCL', 'APPEND', 'TRUNC'].filter((flag) => call.args.includes(`O_${flag}`));
      return below(paths[0]) && call.args.includes('O_CREAT')
        ? ['create', short(paths[0]), ...flags].join(' ')
        : undefined;
    }
    case 'fsync':
    case 'fdatasync':
      return below(on) ? `sync ${short(on)}` : undefined;
    case 'write':
    case 'writev':
    case 'pwrite64':
    case 'pwritev':
    case 'ftruncate':
    case 'fallocate':
    case 'sync_file_range':
      return below(on) ? `${/write/.test(call.name) ? 'write' : call.name} ${short(on)}` : undefined;
    case 'rename':
    case 'renameat':
    case 'renameat2':
    case 'link':
    case 'linkat':
      return below(paths[1])
        ? `${call.name.slice(0, 6).replace('linkat', 'link')} ${short(paths[0]!)} -> ${short(paths[1])}`
        : undefined;
    case 'unlink':
    case 'unlinkat':
    case 'mkdir':
    case 'mkdirat':
    case 'rmdir':
    case 'truncate':
      return below(paths[0]) ? `${call.name.replace(/at$/, '')} ${short(paths[0])}` : undefined;
    default:
      return undefined;
  }
}
