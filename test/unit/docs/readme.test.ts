/** What the README shows of seed 42 is what whoever runs it sees. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { colours } from '../../../sim/report/colours.ts';
import { tellStory } from '../../../sim/report/story.ts';
import { generateScenario } from '../../../sim/scenario/generate.ts';
import { runScenario } from '../../../sim/scenario/run.ts';

test('the transcript of seed 42 is of this engine', async () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const result = await runScenario(generateScenario(42));
  expect(readme).toContain(tellStory(result, colours(false)));
  expect(readme).toContain(`trace ${result.trace}`);
});
