/** The fan-out: everything reaches everyone, in order, and so does the end of what takes its time. */
import { expect, test } from 'vitest';
import { LifeWatcher, Watchers } from '../../../../sim/scenario/watchers.ts';

type Told = keyof LifeWatcher;
/** What is told, and whether it has an end. */
const all = Object.getOwnPropertyNames(LifeWatcher.prototype).filter(
  (name) => name !== 'constructor',
) as Told[];
const lasting = new Set<Told>(['writeBegan', 'syncBegan', 'directorySyncBegan']);

class Recorder extends LifeWatcher {}

function recorder(name: string, seen: string[]): LifeWatcher {
  const watcher = new Recorder();
  for (const told of all)
    Object.defineProperty(watcher, told, {
      value: (...words: unknown[]) => {
        seen.push(`${name} ${told} ${words.join(' ')}`);
        return (...end: unknown[]) => void seen.push(`${name} ${told} ended ${end.join(' ')}`);
      },
    });
  return watcher;
}

test.each(all)('%s reaches all who watch, in order', (told) => {
  const seen: string[] = [];
  const watchers = new Watchers([recorder('first', seen), recorder('second', seen)]);
  const tell = watchers[told].bind(watchers) as (...words: unknown[]) => unknown;
  const end = tell(7, 'a', 'b');
  const words = ['7', 'a', 'b'].slice(0, LifeWatcher.prototype[told].length).join(' ');
  const expected = [`first ${told} ${words}`, `second ${told} ${words}`];
  if (lasting.has(told)) {
    (end as (...words: unknown[]) => void)(true);
    expect(seen.splice(2).map((line) => line.replace(/ ended true.*/, ' ended true'))).toEqual([
      `first ${told} ended true`,
      `second ${told} ended true`,
    ]);
  }
  expect(seen).toEqual(expected);
});

test('who is dismissed is told nothing more', () => {
  const seen: string[] = [];
  const watchers = new Watchers([recorder('first', seen)]);
  watchers.dismiss();
  watchers.operation(1);
  watchers.syncBegan(1, 'a')(true);
  expect(seen).toEqual([]);
});
