/** INFO and TIME. What INFO does not show, the engine does not know: no figure is made up. */
import { admin } from './define.ts';
import { infoSections } from './info-sections.ts';
import type { AdminCall, AdminCommand } from './types.ts';

/** INFO [section ...]: one or several, `default`, `all`, `everything`; unknown ones are empty. */
function info({ engine, argv, reply, nowMs }: AdminCall): void {
  const asked = new Set(Array.from({ length: argv.count - 1 }, (_, i) => argv.lowerText(i + 1)));
  const isAll = asked.size === 0 || asked.has('default') || asked.has('all') || asked.has('everything');
  let text = '';
  for (const { name, lines } of infoSections) {
    if (!isAll && !asked.has(name)) continue;
    if (text !== '') text += '\r\n';
    text += `# ${name[0]!.toUpperCase()}${name.slice(1)}\r\n`;
    for (const [field, value] of lines(engine, nowMs)) text += `${field}:${value}\r\n`;
  }
  reply.verbatim(text);
}

/** Seconds, and microseconds of the second: as exact as the clock. */
function time({ reply, nowMs }: AdminCall): void {
  const seconds = Math.floor(nowMs / 1000);
  reply.array(2);
  reply.bulkText(String(seconds));
  reply.bulkText(String((nowMs - seconds * 1000) * 1000));
}

export const infoCommands: readonly AdminCommand[] = [
  admin('info', -1, 'loading stale', info),
  admin('time', 1, 'loading stale fast', time),
];
