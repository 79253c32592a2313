/** What is measured is the built program: tsx would charge its compiling to every start. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Builds dist/ where a source is newer than it. @throws where it does not build */
export function buildIfStale(): void {
  const built = statSync('dist/src/server/main.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (newestIn('src') <= built && newestIn('sim') <= built) return;
  execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' });
}

function newestIn(directory: string): number {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return Math.max(...names.map((name) => statSync(join(directory, name)).mtimeMs));
}
