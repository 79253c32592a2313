import type { Edit, Scenario } from './schema.ts';

/** What is in force once the file has been edited so. */
export function edited<T extends Pick<Scenario, 'persistence' | 'appendfsync' | 'settings'>>(
  before: T,
  edit: Edit | undefined,
): T {
  const { aofChecksum = before.settings.aofChecksum, ...rest } = edit ?? {};
  return { ...before, ...rest, settings: { ...before.settings, aofChecksum } };
}

/** What was edited, as whoever did it would say. */
export function editWords({ persistence, appendfsync, aofChecksum }: Edit): string {
  const words = [
    ...(persistence === undefined ? [] : [`persistence ${persistence}`]),
    ...(appendfsync === undefined ? [] : [`appendfsync ${appendfsync}`]),
    ...(aofChecksum === undefined ? [] : [`aof-checksum ${aofChecksum ? 'yes' : 'no'}`]),
  ];
  return `${words.join(' and ')} from now on`;
}
