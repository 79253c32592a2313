/** Whether what a power cut left is one of the states that a profile calls legal. */
import fs from 'node:fs';
import path from 'node:path';
import { crash, filesOf } from '../../../sim/disk/index.ts';
import type { Profile, SimDisk } from '../../../sim/disk/index.ts';
import { Odometer } from '../../../sim/draws/index.ts';

/** What is left: contents by path. A byte of WILD in a legal state stands for any byte. */
export type State = ReadonlyMap<string, Uint8Array>;

const WILD = 0x3f;

class WildOdometer extends Odometer {
  override noise(_key: string, bytes: Uint8Array, start: number, end: number): void {
    bytes.fill(WILD, start, end);
  }
}

/** The files below a real directory. */
export function stateOf(root: string): State {
  const files = new Map<string, Uint8Array>();
  const visit = (at: string): void => {
    for (const name of fs.readdirSync(path.join(root, at)).sort()) {
      const inner = `${at}/${name}`;
      if (fs.statSync(path.join(root, inner)).isDirectory()) visit(inner);
      else files.set(inner, fs.readFileSync(path.join(root, inner)));
    }
  };
  visit('');
  return files;
}

export type Verdict = 'legal' | 'illegal' | 'too many states';

/** Walks the legal states until one is as the real one; gives up after `limit` of them. */
export function judge(disk: SimDisk, profile: Profile, state: State, limit = 200_000): Verdict {
  const odometer = new WildOdometer();
  do {
    if (odometer.passes > limit) return 'too many states';
    if (matches(filesOf(crash(disk, 'power', profile, odometer, { sectorBytes: 4096 }).disk), state))
      return 'legal';
  } while (odometer.next());
  return 'illegal';
}

/** Whether nothing at all was lost. */
export function isWhole(disk: SimDisk, state: State): boolean {
  return matches(filesOf(disk), state);
}

function matches(legal: State, real: State): boolean {
  if (legal.size !== real.size) return false;
  for (const [name, bytes] of legal) {
    const content = real.get(name);
    if (content === undefined || content.length !== bytes.length) return false;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== content[i] && bytes[i] !== WILD) return false;
  }
  return true;
}

/** A state in one line, for people: long runs of a letter as 'letter*count', zeros as '.'. */
export function tell(state: State): string {
  return [...state].map(([name, bytes]) => `${name.slice(1)}=${tellBytes(bytes)}`).join(' ') || 'nothing';
}

function tellBytes(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length;) {
    let end = i;
    while (end < bytes.length && bytes[end] === bytes[i]) end++;
    const letter = bytes[i] === 0 ? '.' : String.fromCharCode(bytes[i]!);
    out += end - i > 8 ? `${letter}*${end - i}` : letter.repeat(end - i);
    i = end;
  }
  return out;
}
