import type { Edit } from './schema.ts';

/** What was edited, as whoever did it would say. */
export function editWords({ persistence, appendfsync }: Edit): string {
  const words = [
    ...(persistence === undefined ? [] : [`persistence ${persistence}`]),
    ...(appendfsync === undefined ? [] : [`appendfsync ${appendfsync}`]),
  ];
  return `${words.join(' and ')} from now on`;
}
