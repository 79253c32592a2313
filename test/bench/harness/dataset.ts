/**
 * The keys that are saved, loaded and weighed: `key:0` … with values of 100 bytes, every second one incompressible.
 *
 * Redis's own DEBUG POPULATE repeats one byte, which LZF turns into nothing: a SAVE of that measures neither the copying
 * nor the compressing. Here the even values are random bytes, the odd ones a short seeded phrase over and over.
 * Written once as RESP, and fed to both sides through a raw socket.
 */
import { createReadStream, openSync, closeSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import seedrandom from 'seedrandom';
import { valueBytes } from '../plan.ts';
import type { Server } from './server.ts';

const pieceBytes = 1 << 20;
const okBytes = '+OK\r\n'.length;

export interface Dataset {
  readonly path: string;
  readonly keys: number;
}

/** Writes the SETs of `keys` keys into a file of `directory`. */
export function writeDataset(directory: string, keys: number, seed: string): Dataset {
  const path = join(directory, `${keys}.resp`);
  const random = seedrandom.alea(`values ${seed}`);
  const piece = Buffer.alloc(pieceBytes);
  const file = openSync(path, 'w');
  let end = 0;
  for (let i = 0; i < keys; i++) {
    if (end > pieceBytes - 256) {
      writeSync(file, piece, 0, end);
      end = 0;
    }
    const key = `key:${i}`;
    end += piece.write(`*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${valueBytes}\r\n`, end, 'latin1');
    if (i % 2 === 0) {
      for (let at = 0; at < valueBytes; at += 4) piece.writeInt32LE(random.int32(), end + at);
    } else {
      const phraseBytes = 16 + ((random.int32() >>> 8) % 16);
      for (let at = 0; at < valueBytes; at++)
        piece[end + at] =
          at < phraseBytes ? 97 + ((random.int32() >>> 8) % 26) : piece[end + at - phraseBytes]!;
    }
    end += valueBytes;
    end += piece.write('\r\n', end, 'latin1');
  }
  writeSync(file, piece, 0, end);
  closeSync(file);
  return { path, keys };
}

/** Feeds the data to a server and sees that all of it arrived. Resolves to the milliseconds that it took. */
export async function feed(server: Server, { path, keys }: Dataset): Promise<number> {
  const socket = connect(server.port, '127.0.0.1');
  let answeredBytes = 0;
  const startedAt = performance.now();
  const answered = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${server.side.name} closed the connection while it was fed`)));
    socket.on('data', (chunk: Buffer) => {
      if (chunk.includes('-'))
        reject(new Error(`${server.side.name} refused: ${chunk.toString().slice(0, 200)}`));
      answeredBytes += chunk.length;
      if (answeredBytes >= keys * okBytes) resolve();
    });
  });
  const stream = createReadStream(path, { highWaterMark: 1 << 18 });
  stream.pipe(socket, { end: false });
  await Promise.all([answered, once(stream, 'end')]);
  const tookMs = performance.now() - startedAt;
  socket.removeAllListeners('close').destroy();
  const count = await server.client.count();
  if (count !== keys) throw new Error(`${server.side.name} holds ${count} keys, expected ${keys}`);
  return tookMs;
}
