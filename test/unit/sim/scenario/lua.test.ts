/** One Lua serves every engine of a thread, and none of them can tell. */
import { expect, test } from 'vitest';
import { modelScripts } from '../../../../sim/oracle/model/scripts.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { sharedLua } from '../../../../sim/scenario/lua.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';
import type { Scenario } from '../../../../sim/scenario/schema.ts';

const frame = (...words: string[]): Uint8Array =>
  Buffer.from(words.map((word) => `${word.length}:${word}`).join(''), 'latin1');

function sendsScripts({ generations }: Scenario): boolean {
  return generations.some(({ steps }) =>
    steps.some((step) => step.kind === 'command' && step.command[0] === 'EVAL'),
  );
}

test('what ran in a thread before changes no trace', async () => {
  const scenarios = Array.from({ length: 40 }, (_, seed) => generateScenario(seed)).filter(sendsScripts);
  const [first, ...others] = scenarios;
  expect(others.length).toBeGreaterThan(5);
  const { trace } = await runScenario(first!);
  for (const other of others.slice(0, 5)) await runScenario(other);
  expect((await runScenario(first!)).trace).toBe(trace);
});

test('every script that the model knows compiles', () => {
  const machine = sharedLua(() => Buffer.from('7.0.15'));
  for (const [text, { name }] of modelScripts)
    expect({ name, answer: [...machine.run(frame('compile', name, text))] }).toEqual({ name, answer: [] });
});

test('who asks is answered by its own host, and a host that throws breaks it for nobody else', () => {
  const script = "return redis.call('ECHO', ARGV[1])";
  const asked = frame('eval', 'd', script, '2', '0', 'word');
  const answering = (answer: string) =>
    sharedLua((code) =>
      Buffer.from(String.fromCharCode(code) === 'c' ? `$${answer.length}\r\n${answer}\r\n` : '7.0.15'),
    );
  const throwing = sharedLua(() => {
    throw new Error('the host');
  });
  const one = answering('one');
  const other = answering('other');
  expect(Buffer.from(one.run(asked)).toString()).toBe('$3\r\none\r\n');
  expect(Buffer.from(other.run(asked)).toString()).toBe('$5\r\nother\r\n');
  expect(() => throwing.run(asked)).toThrow('the host');
  expect(Buffer.from(one.run(asked)).toString()).toBe('$3\r\none\r\n');
});
