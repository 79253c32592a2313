/** The moment at which the lights go out. */
import { expect, test } from 'vitest';
import type { Moment } from '../../../../sim/scenario/schema.ts';
import { Trigger } from '../../../../sim/scenario/trigger.ts';

function trigger(moment: Moment): { readonly trigger: Trigger; readonly fired: () => number } {
  let fired = 0;
  const made = new Trigger(moment, { after: () => {}, fire: () => void fired++ });
  return { trigger: made, fired: () => fired };
}

test('a switch of the log is waited for, and then so many replies', () => {
  const { trigger: waiting, fired } = trigger({ at: 'switched', replies: 2 });
  waiting.switched();
  waiting.arm();
  waiting.replied();
  expect(fired(), 'it was not armed at the switch').toBe(0);
  waiting.switched();
  waiting.replied();
  expect(fired()).toBe(0);
  waiting.replied();
  expect(fired()).toBe(1);
});

test('a switch alone may be the moment', () => {
  const { trigger: waiting, fired } = trigger({ at: 'switched', replies: 0 });
  waiting.arm();
  waiting.replied();
  expect(fired()).toBe(0);
  waiting.switched();
  expect(fired()).toBe(1);
});
