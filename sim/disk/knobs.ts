/**
 * Profiles with knobs: `xfs+xfsNull`, `posix-strict+renameAtomic=false`. A combination that no disk can be is refused, with
 * the rule that it breaks.
 */
import { growthBug, VolatileCache } from './lying.ts';
import type { Knobs, Profile } from './profile.ts';
import { profiles } from './profiles.ts';

/** A profile or a knob that is not, or that cannot be together. The message is one line for people. */
export class ProfileError extends Error {
  /** What would do, and the rule that is broken. */
  readonly expected: string;

  constructor(text: string, expected: string) {
    super(`profile: got ${JSON.stringify(text)}, expected ${expected}`);
    this.name = 'ProfileError';
    this.expected = expected;
  }
}

type KnobName = keyof Knobs;

/** What a knob is by itself; where it can be turned; why not elsewhere. */
interface KnobRule {
  readonly unturned: boolean;
  readonly profiles: readonly string[];
  readonly because: string;
}

const posix = ['posix-strict', 'lying', 'rot'];
const ext4 = ['ext4-ordered', 'ext4-writeback'];

const rules: Readonly<Record<KnobName, KnobRule>> = {
  crossDirTie: {
    unturned: true,
    profiles: posix,
    because: 'R2: elsewhere one transaction holds both sides of a rename',
  },
  renameAtomic: {
    unturned: true,
    profiles: posix,
    because: 'R2: elsewhere one transaction holds both sides of a rename',
  },
  xfsNull: { unturned: false, profiles: ['xfs'], because: 'R5: it is how the sizes of xfs were before 2007' },
  ext4Stale: {
    unturned: false,
    profiles: ['ext4-ordered'],
    because: 'R5: only there a size leads its data and old blocks are never shown by themselves',
  },
  psow: {
    unturned: true,
    profiles: [...posix, ...ext4, 'xfs', 'lazyfs'],
    because: 'durable sectors can be damaged only where pages are rewritten in place and power is lost',
  },
  fdatasyncGrowthBug: {
    unturned: false,
    profiles: [...posix, ...ext4],
    because: 'R1: it is a bug of fdatasync on ext3 and ext4, and what POSIX readers feared',
  },
  nobarrier: {
    unturned: false,
    profiles: [...posix, ...ext4, 'xfs'],
    because: 'R1: it is a mount option of ext4 and xfs',
  },
};

/** A profile by its name, with the knobs that follow it. @throws ProfileError */
export function findProfile(text: string): Profile {
  const [name, ...turns] = text.split('+');
  const base = profiles.get(name!);
  if (base === undefined) throw new ProfileError(text, `one of ${[...profiles.keys()].join(', ')}`);
  const knobs: { -readonly [K in KnobName]?: boolean } = {};
  for (const turn of turns) {
    const [, knob, value] = /^(\w+?)(?:=(true|false))?$/.exec(turn) ?? [];
    const rule = Object.hasOwn(rules, knob ?? '') ? rules[knob as KnobName] : undefined;
    if (rule === undefined)
      throw new ProfileError(
        text,
        `after '+' a knob (${Object.keys(rules).join(', ')}), perhaps with =true or =false; '${turn}' is none`,
      );
    const turned = value === undefined ? !rule.unturned : value === 'true';
    if (turned !== rule.unturned && !rule.profiles.includes(name!))
      throw new ProfileError(text, `${knob} only with ${rule.profiles.join(', ')} (${rule.because})`);
    knobs[knob as KnobName] = turned;
  }
  if (knobs.renameAtomic === false && knobs.crossDirTie === true)
    throw new ProfileError(
      text,
      'no crossDirTie=true beside renameAtomic=false (R2: then no rename is tied)',
    );
  const ways = [knobs.nobarrier, knobs.fdatasyncGrowthBug, base.cheat !== undefined].filter(
    (way) => way === true,
  );
  if (ways.length > 1)
    throw new ProfileError(
      text,
      'at most one of lying, nobarrier and fdatasyncGrowthBug (R1: one floor for each sync)',
    );
  return turns.length === 0 ? base : withKnobs(base, text, knobs);
}

function withKnobs(base: Profile, name: string, knobs: Knobs): Profile {
  return {
    ...base,
    name,
    losesEndsOnly: false,
    honest:
      base.honest && knobs.psow !== false && knobs.nobarrier !== true && knobs.fdatasyncGrowthBug !== true,
    ...(knobs.nobarrier === true ? { cheat: () => new VolatileCache() } : {}),
    ...(knobs.fdatasyncGrowthBug === true ? { cheat: () => growthBug } : {}),
    chooser: (disk, choices, prefix, settings) =>
      base.chooser(disk, choices, prefix, { ...settings, knobs: { ...settings.knobs, ...knobs } }),
  };
}
