/** A shrunk scenario as a test that needs nothing but this package and vitest. */
import { propertyNames } from '../oracle/violation.ts';
import { describeScenario } from '../shrink/describe.ts';
import type { Shrunk } from '../shrink/shrink.ts';

/** The source of the test. `origin` is the file that the scenario came from. */
export function pastedTest({ scenario, violation }: Shrunk, origin: string): string {
  const story = describeScenario(scenario).map((line) => `//   ${line}`);
  const title = `${violation.property} ${propertyNames[violation.property]}`;
  return `import { parseScenario, runScenario } from 'lightsout/sim';
import { expect, test } from 'vitest';

// Shrunk from ${origin}:
${story.join('\n')}
test(${quoted(title)}, async () => {
  const result = await runScenario(parseScenario(${JSON.stringify(scenario, undefined, 2).replaceAll('\n', '\n  ')}));
  expect(result.fault).toBeUndefined();
  expect(result.violations).toEqual([]);
});
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
