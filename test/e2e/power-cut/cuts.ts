/** A trace on a real file system, with the power cut at every `cut` step, beside SimDisks that are at the same step. */
import fs from 'node:fs';
import path from 'node:path';
import type { SimDisk } from '../../../sim/disk/index.ts';
import { play } from '../../unit/sim/disk/trace.ts';
import type { Image } from './image.ts';
import { stateOf } from './legal.ts';
import type { State } from './legal.ts';
import { Player } from './play.ts';

export interface Cut {
  /** The steps before the cut. */
  readonly trace: string;
  /** What the cut left of the real file system. */
  readonly state: State;
  /** The simulated disk after the same steps. */
  readonly disk: SimDisk;
}

/** Plays a trace in a directory of its own; what was there before is durable when it begins. */
export function cutsDuring(image: Image, trace: string, ordinal: number): Cut[] {
  const directory = `t${ordinal}`;
  const root = path.join(image.root, directory);
  fs.mkdirSync(root);
  const player = new Player(root, (file) => image.writeBack(file));
  const done: string[] = [];
  const cuts: Cut[] = [];
  let settled = false;
  try {
    for (const step of trace.split(';').map((text) => text.trim())) {
      if (!settled && !step.startsWith('given')) {
        image.settle();
        settled = true;
      }
      if (step === 'cut') {
        const state = image.cut((at) => stateOf(path.join(at, directory)));
        cuts.push({ trace: done.join('; '), state, disk: play(done.join(';')) });
      } else {
        player.step(step);
        done.push(step);
      }
    }
  } finally {
    player.close();
  }
  return cuts;
}
