/**
 * `client-output-buffer-limit`: for each class of clients a hard limit, a soft one, and how many seconds the soft one may be
 * passed. A line, or a word of CONFIG SET, names one class or several; the others stay as they are.
 *
 *     client-output-buffer-limit pubsub 32mb 8mb 60
 *
 * Nobody is cut off by them here; they are kept.
 */
import { type ConfigOption, keptValues } from './option.ts';
import { int32Max, integer, memory } from './values.ts';
import type { Settings } from './settings.ts';

const name = 'client-output-buffer-limit';

type Limits = ReadonlyMap<string, string>;

/** By class, in the order in which Redis tells them. */
const defaults: Limits = new Map([
  ['normal', '0 0 0'],
  ['slave', '268435456 67108864 60'],
  ['pubsub', '33554432 8388608 60'],
]);

const hardAndSoft = memory();
const softSeconds = integer(0, int32Max);

function limitsOf(settings: Settings): Limits {
  const stored = keptValues(settings).get(name);
  if (stored === undefined) return defaults;
  const limits = new Map(defaults);
  const words = stored.split(' ');
  for (let i = 0; i < words.length; i += 4) limits.set(words[i]!, words.slice(i + 1, i + 4).join(' '));
  return limits;
}

function format(settings: Settings): string {
  return [...limitsOf(settings)].map(([client, limits]) => `${client} ${limits}`).join(' ');
}

function lines(settings: Settings): readonly string[] {
  return [...limitsOf(settings)]
    .filter(([client, limits]) => limits !== defaults.get(client))
    .map(([client, limits]) => {
      const [hard, soft, seconds] = limits.split(' ').map(Number) as [number, number, number];
      const shown = client === 'slave' ? 'replica' : client;
      return `${shown} ${hardAndSoft.line!(hard)} ${hardAndSoft.line!(soft)} ${seconds}`;
    });
}

function read(words: readonly string[]): ReturnType<ConfigOption['read']> {
  const parts = words.flatMap((word) => word.split(' ')).filter((word) => word !== '');
  if (parts.length % 4 !== 0)
    return { ok: false, why: 'Wrong number of arguments in buffer limit configuration.' };
  const changed = new Map<string, string>();
  for (let i = 0; i < parts.length; i += 4) {
    const [given, hard, soft, seconds] = parts.slice(i, i + 4) as [string, string, string, string];
    const client = given.toLowerCase() === 'replica' ? 'slave' : given.toLowerCase();
    if (!defaults.has(client))
      return { ok: false, why: 'Invalid client class specified in buffer limit configuration.' };
    const read = [hardAndSoft.read(hard), hardAndSoft.read(soft), softSeconds.read(seconds)];
    const numbers = read.map((one) => (one.ok ? String(one.value) : undefined));
    if (numbers.includes(undefined))
      return {
        ok: false,
        why: 'Error in hard, soft or soft_seconds setting in buffer limit configuration.',
      };
    changed.set(client, numbers.join(' '));
  }
  return {
    ok: true,
    value: (settings) => {
      const limits = new Map([...limitsOf(settings), ...changed]);
      keptValues(settings).set(name, [...limits].map(([client, text]) => `${client} ${text}`).join(' '));
    },
  };
}

export const bufferLimits: ConfigOption = {
  name,
  aliases: [],
  changeable: 'live',
  isHidden: false,
  isForOnce: false,
  format,
  lines,
  read,
};
