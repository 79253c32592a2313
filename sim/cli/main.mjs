/**
 * `npm run sim`. The only file of JavaScript: it bundles the program (`bundle.ts`, which it loads through tsx) and runs that
 * as Node runs any module. Under tsx the bundle would be parsed and written anew at every start, which takes a second.
 */
import { register } from 'tsx/esm/api';

// Whoever reads the output may stop reading: `npm run sim | head` is no error.
process.stdout.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const unregister = register();
const { bundle } = await import('./bundle.ts');
const program = await bundle('program');
await unregister();
process.setSourceMapsEnabled(true);
// oxlint-disable-next-line house/layers -- It is the bundle of program.ts.
const { main } = /** @type {typeof import('./program.ts')} */ (await import(program));
process.exitCode = await main(process.argv.slice(2));
