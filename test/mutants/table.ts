/**
 * Prints the table "which omission is killable where", every row of it tried:
 *
 *     npx tsx test/mutants/table.ts [words of a step]
 */
import { omissions } from './omissions.ts';
import { tryOmission } from './try-omission.ts';

const wanted = process.argv.slice(2).join(' ');
let wrong = 0;
for (const omission of omissions.filter(({ step }) => step.includes(wanted))) {
  const startedAt = performance.now();
  const { cells, control, states, distinct } = await tryOmission(omission);
  const row = cells.map(({ column, finding, wasCut }) => {
    const fate = finding === undefined ? 'no' : 'yes';
    const isWrong =
      fate !== omission.fates[column] || (fate === 'no' && wasCut && omission.timings === undefined);
    if (isWrong) wrong++;
    return `${column} ${fate}${finding === undefined ? '' : ` (${finding.property})`}${isWrong ? ' !!' : ''}`;
  });
  if (control.length > 0) wrong++;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${omission.step}\n    ${row.join(' · ')}\n    ${states} states, ${distinct} distinct, ${seconds} s`,
  );
  for (const { message } of control) console.log(`    the engine as it is fails, too: ${message}`);
}
if (wrong > 0) {
  console.log(`${wrong} cells are not as the table says`);
  process.exitCode = 1;
}
