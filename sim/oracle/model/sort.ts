/** SORT in the form SORT key ALPHA [DESC] [STORE key]: the bytes of the elements decide. */
import { NO_EXPIRY_MS } from '../record.ts';
import type { Expectation } from '../reply.ts';
import { arg, fail, putList, SYNTAX, WRONG_TYPE } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

function sort(call: Call): Expectation {
  const options = call.args.slice(1).map((word) => word.toUpperCase());
  if (options[0] !== 'ALPHA') throw new Error('the model sorts with ALPHA only');
  const record = call.state.get(call.database, arg(call, 0), call.nowMs);
  if (record?.type === 'string' || record?.type === 'hash' || record?.type === 'stream') fail(WRONG_TYPE);
  const elements: string[] =
    record === undefined ? [] : record.type === 'zset' ? [...record.value.keys()] : [...record.value];
  elements.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (options.includes('DESC')) elements.reverse();
  const at = options.indexOf('STORE');
  if (at < 0) return elements;
  const target = call.args[at + 2] ?? fail(SYNTAX);
  putList(call, target, elements, NO_EXPIRY_MS);
  return elements.length;
}

export const sorting: Readonly<Record<string, ModelCommand>> = { SORT: sort };
