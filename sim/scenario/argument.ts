/**
 * Arguments as text: short ones are themselves, long ones are made from a length and a salt, so that a scenario file
 * stays readable. Half of the salts give noise that nothing compresses, CR, LF and `#` included; the others a pattern.
 */
import { fillNoise } from '../draws/hash.ts';
import { textOf } from '../oracle/text.ts';
import type { Argument, Command } from './schema.ts';

const NOISE_BYTES = 64 * 1024;

const noise = makeNoise();

function makeNoise(): string {
  const bytes = new Uint8Array(NOISE_BYTES);
  fillNoise(0x11675007, bytes);
  return textOf(bytes);
}

export function argumentText(argument: Argument): string {
  if (typeof argument === 'string') return argument;
  const { lengthBytes, salt } = argument;
  const stamp = `<${salt}:${lengthBytes}>`;
  if (salt % 2 === 0) {
    const pattern = `${stamp}the lights go out `;
    return pattern.repeat(Math.ceil(lengthBytes / pattern.length)).slice(0, lengthBytes);
  }
  const from = (salt * 977) % (NOISE_BYTES / 2);
  return (stamp + noise.slice(from, from + Math.min(lengthBytes, NOISE_BYTES / 2))).slice(0, lengthBytes);
}

export function commandText(command: Command): string[] {
  return command.map(argumentText);
}

/** A command as people write it, long arguments shortened. */
export function describeCommand(command: readonly string[]): string {
  const shown = command
    .slice(0, 6)
    .map((text) =>
      text.length > 20 ? `${printable(text.slice(0, 12))}…(${text.length} bytes)` : printable(text),
    );
  return shown.join(' ') + (command.length > 6 ? ' …' : '');
}

function printable(text: string): string {
  return /^[!-~]+$/.test(text) ? text : JSON.stringify(text);
}
