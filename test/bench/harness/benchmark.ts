/** redis-benchmark, the same program with the same arguments for both sides. */
import { type ChildProcess, spawn } from 'node:child_process';
import { clients, valueBytes } from '../plan.ts';
import type { Server } from './server.ts';

/** Requests a second, as redis-benchmark counts them. `words` are its arguments behind those that all runs share. */
export async function requestsASecond(
  server: Server,
  pipeline: number,
  requests: number,
  words: readonly string[],
): Promise<number> {
  const program = start(server, pipeline, ['-n', `${requests}`, '--csv', ...words]);
  let output = '';
  program.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await endOf(program);
  const rate = Number(/^"[A-Z][^"]*","([\d.]+)"/m.exec(output.split('\n').slice(1).join('\n'))?.[1]);
  if (code !== 0 || !(rate > 0))
    throw new Error(`redis-benchmark against ${server.side.name} ended with ${code}: ${output}`);
  return rate;
}

/** Writes without end, until the function that it gives is called. */
export function writeOn(server: Server, pipeline: number, words: readonly string[]): () => Promise<void> {
  const program = start(server, pipeline, ['-n', '1000000', '-l', '-q', ...words]);
  const ended = endOf(program);
  return async () => {
    program.kill('SIGKILL');
    await ended;
  };
}

function start(server: Server, pipeline: number, words: readonly string[]): ChildProcess {
  const common = [
    '-h',
    '127.0.0.1',
    '-p',
    `${server.port}`,
    '-c',
    `${clients}`,
    '-P',
    `${pipeline}`,
    '-d',
    `${valueBytes}`,
  ];
  const program = spawn('redis-benchmark', [...common, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
  program.stdout.resume();
  const stop = (): void => {
    program.kill('SIGKILL');
  };
  process.once('exit', stop);
  program.once('exit', () => process.off('exit', stop));
  return program;
}

function endOf(program: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    program.once('exit', resolve);
    program.once('error', reject);
  });
}
