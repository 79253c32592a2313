/**
 * What a server did to its files, and when it answered: system calls with all their data, from
 * `strace -f -xx -ttt -o FILE`.
 */
import { readFileSync } from 'node:fs';

const traced = [
  'open,openat,creat,close,dup,dup2,dup3,lseek',
  'write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg',
  'fsync,fdatasync,ftruncate,truncate,fallocate',
  'rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir',
  'accept,accept4,clone,clone3,fork,vfork',
].join(',');

/** strace as a wrapper of the command that follows. `slowSyncMs`: every sync takes so much longer. */
export function recorderCommand(outputFile: string, slowSyncMs = 0): string[] {
  const slow = slowSyncMs === 0 ? [] : ['-e', `inject=fsync,fdatasync:delay_enter=${slowSyncMs * 1000}`];
  return 'strace -f --seccomp-bpf -xx -ttt -qq -s 100000000 -e signal=none -e'
    .split(' ')
    .concat(`trace=${traced}`, slow, '-o', outputFile);
}

export interface SystemCall {
  readonly pid: number;
  readonly name: string;
  /** As strace prints them, strings as \x01\x02. */
  readonly args: string;
  /** Negative for an error. */
  readonly result: number;
  /** Lines on which it began and ended. */
  readonly began: number;
  readonly ended: number;
  /** Wall time at which it began, in seconds. */
  readonly beganS: number;
}

const line = /^(\d+) +(\d+\.\d+) (.*)$/s;
const whole = /^(\w+)\((.*)\) += (-?\d+)/s;
const interrupted = /^(\w+)\((.*) <unfinished \.\.\.>$/s;
const resumption = /^<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)/s;

/** The calls of a trace, in the order in which they began. @throws Error where a call goes on that never began */
export function readSystemCalls(file: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<number, Pick<SystemCall, 'pid' | 'name' | 'args' | 'began' | 'beganS'>>();
  for (const [number, text] of readFileSync(file, 'latin1').split('\n').entries()) {
    const parts = line.exec(text);
    if (parts === null) continue;
    const [pid, beganS, call] = [Number(parts[1]), Number(parts[2]), parts[3]!];
    const [begun, resumed, complete] = [interrupted.exec(call), resumption.exec(call), whole.exec(call)];
    if (begun !== null) {
      unfinished.set(pid, { pid, name: begun[1]!, args: begun[2]!, began: number, beganS });
    } else if (resumed !== null) {
      const start = unfinished.get(pid);
      if (start === undefined || start.name !== resumed[1])
        throw new Error(`${file}:${number + 1}: resumes what did not begin`);
      unfinished.delete(pid);
      calls.push({ ...start, args: start.args + resumed[2]!, result: Number(resumed[3]), ended: number });
    } else if (complete !== null) {
      const [, name = '', args = '', result] = complete;
      calls.push({ pid, name, args, result: Number(result), began: number, ended: number, beganS });
    }
  }
  return calls.toSorted((a, b) => a.began - b.began);
}

/** The strings among a call's arguments: paths as text, data as bytes. */
export function stringsOf(args: string): Buffer[] {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) =>
    Buffer.from(hex.replaceAll(String.raw`\x`, ''), 'hex'),
  );
}

/** The last argument, as a number: a size, an offset. */
export function lastNumber(args: string): number {
  return Number(/(-?\d+)\s*$/.exec(args)?.[1]);
}
