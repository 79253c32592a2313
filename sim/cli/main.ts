/** `npm run sim`. */
import { main } from './program.ts';

// Whoever reads the output may stop reading: `npm run sim | head` is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await main(process.argv.slice(2));
