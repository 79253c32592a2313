/** Reads a shared image on its own thread, slowly enough for its owner to write meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { openImage } = await import('../../../src/data/index.ts');
const reader = openImage(workerData.image);
const parts = [];
const cursor = reader.records(workerData.database, true);
while (cursor.nextRun()) {
  parts.push(cursor.bytes.slice(cursor.start, cursor.end));
  await new Promise((resolve) => setImmediate(resolve));
}
parentPort.postMessage({ bytes: new Uint8Array(Buffer.concat(parts)), databases: reader.databases });
