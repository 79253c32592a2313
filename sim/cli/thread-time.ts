/** How much of a core the present thread has had: on a machine that others share, the wall says little of what a chase takes. */
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const TICK_MS = 10;

/** CPU time of this thread, in ms; where the system does not tell, the time that has passed. */
export function threadMs(): number {
  let stat: string;
  try {
    stat = readFileSync('/proc/thread-self/stat', 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return performance.now();
  }
  // The second field is the thread's name, in parentheses, with whatever in it; user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
