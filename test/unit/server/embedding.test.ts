import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { defaultSettings, openEngine } from '../../../src/index.ts';
import { openHost } from '../../../src/node-index.ts';

test('the engine lives in another program, with its children and without a socket', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lightsout-embedded-'));
  try {
    const engine = await openEngine(openHost(), { ...defaultSettings(), dir, appendonly: true, save: [] });
    let received = '';
    const session = engine.connect({
      send: (bytes) => {
        received += Buffer.from(bytes).toString('latin1');
      },
      close: () => undefined,
    });
    session.feed(Buffer.from('SET greeting hello\r\nGET greeting\r\nBGSAVE\r\n'));
    await expect.poll(() => received).toBe('+OK\r\n$5\r\nhello\r\n+Background saving started\r\n');
    await expect.poll(() => readdirSync(dir).toSorted(), { timeout: 15_000 }).toEqual(['appendonlydir', 'dump.rdb']);
    await engine.shutdown('nosave');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
