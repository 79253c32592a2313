/** Private data of modules in an RDB file: passed over, since nobody here can read it (formats.md 2.2, 2.5). */
import { LightsoutError } from '../errors.ts';
import type { RdbReader } from './reader.ts';
import { Span, uint32BE } from './reader.ts';

/** Passes over the payload of a MODULE_AUX and gives the module's name; undefined where it is not whole. */
export function skipModuleAux(reader: RdbReader): string | undefined {
  const name = readModuleName(reader);
  if (name === undefined) return undefined;
  const text = new Span();
  for (;;) {
    const kind = reader.count();
    if (kind < 0) return undefined;
    if (kind === 0) return name;
    let whole: boolean;
    // Integers use all 64 bits: they are passed over, not counted with.
    if (kind === 1 || kind === 2) whole = reader.length() >= 0;
    else if (kind === 3) whole = reader.skip(4);
    else if (kind === 4) whole = reader.skip(8);
    else if (kind === 5) whole = reader.string(text);
    else throw new LightsoutError('CORRUPT', `data of a module: value of unknown kind ${kind}`);
    if (!whole) return undefined;
  }
}

/** Reads the id of a module and gives the name that is in it, '' where the id is too short for one; undefined where it is not whole. */
export function readModuleName(reader: RdbReader): string | undefined {
  const { buffer, position } = reader.window;
  if (reader.length() < 0) return undefined;
  if (buffer[position] !== 0x81) return '';
  return moduleName(uint32BE(buffer, position + 1), uint32BE(buffer, position + 5));
}

/** The name in the upper 54 bits of a module's id: nine characters of six bits. */
function moduleName(high: number, low: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const bits = (BigInt(high) << 32n) | BigInt(low);
  let name = '';
  for (let shift = 58n; shift >= 10n; shift -= 6n) name += alphabet.charAt(Number((bits >> shift) & 63n));
  return name;
}
