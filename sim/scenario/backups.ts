/**
 * Backups that the administrator makes: what BACKUP BEGIN named is copied as late as can be, when the backup ends or the
 * lights go out, from files that have grown, been rewritten and given up meanwhile. Each copy must then recover to a state
 * between the command and its answer (P25), which `judgement.ts` tries.
 */
import type { Reply } from '../oracle/reply.ts';
import { putText, textOf } from '../oracle/text.ts';
import { filesOf } from '../disk/index.ts';
import { DATA_DIRECTORY } from './server.ts';
import type { ServiceOptions } from './service-options.ts';

export interface BackupCopy {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The states that it may hold. */
  readonly least: number;
  readonly most: number;
}

interface Pinned {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly manifest: { readonly path: string; readonly bytes: Uint8Array };
  readonly least: number;
  readonly most: number;
  /** It was begun for so long: then nothing is promised any more. */
  readonly untilMs: number;
}

interface Asked {
  /** What had been executed. */
  readonly least: number;
  readonly untilMs: number;
}

export class Backups {
  readonly copies: BackupCopy[] = [];
  readonly #o: ServiceOptions;
  /** Each BACKUP BEGIN that is not answered yet. */
  readonly #asked: Asked[] = [];
  #pinned: Pinned | undefined;

  constructor(options: ServiceOptions) {
    this.#o = options;
  }

  /** A backup is asked for, for so many seconds, or ended: one that was pinned before is over. */
  ordered(what: string, seconds: string | undefined): void {
    this.copy();
    if (what !== 'BEGIN') return;
    const { history, world } = this.#o;
    const forMs = seconds === undefined ? Infinity : Number(seconds) * 1000;
    this.#asked.push({ least: history.executed, untilMs: world.scheduler.nowMs + forMs });
  }

  /** BACKUP BEGIN was answered. All that had been executed is durable then. */
  heard(reply: Reply): void {
    const { least, untilMs } = this.#asked.shift()!;
    if (!Array.isArray(reply)) return;
    const { history, situations } = this.#o;
    situations.count('backup-begun');
    history.markDurable(least);
    const fields = new Map<Reply, Reply>();
    for (let i = 0; i < reply.length; i += 2) fields.set(reply[i] as Reply, reply[i + 1] as Reply);
    const text = fields.get('manifest') as string;
    const manifest = new Uint8Array(text.length);
    putText(text, manifest, 0);
    const named = fields.get('files') as readonly (readonly [string, number])[];
    this.#pinned = {
      files: named.map(([path, bytes]) => ({ path: `${DATA_DIRECTORY}/${path}`, bytes })),
      manifest: { path: `${DATA_DIRECTORY}/${fields.get('manifest-path') as string}`, bytes: manifest },
      least,
      most: history.executed,
      untilMs,
    };
  }

  /** Copies what is pinned, as it lies there now. */
  copy(): void {
    const pinned = this.#pinned;
    if (pinned === undefined) return;
    this.#pinned = undefined;
    const { situations, world } = this.#o;
    if (world.scheduler.nowMs > pinned.untilMs) {
      situations.count('backup-run-out');
      return;
    }
    const { least, most, manifest } = pinned;
    const there = filesOf(world.machine.disk);
    const files = new Map([[manifest.path, manifest.bytes]]);
    for (const { path, bytes } of pinned.files) {
      const content = there.get(path);
      if (content === undefined || content.length < bytes) {
        const found = content === undefined ? 'is gone' : `has ${content.length}`;
        this.#o.report('P25', `a backup named ${bytes} bytes of ${path}, which ${found}`);
        return;
      }
      files.set(path, content.slice(0, bytes));
    }
    const serves = textOf(there.get(manifest.path) ?? new Uint8Array(0)).matchAll(
      /^file (\S+) seq \d+ type [bi]/gm,
    );
    const served = new Set([...serves].map(([, name]) => name));
    if (pinned.files.some(({ path }) => !served.has(path.slice(path.lastIndexOf('/') + 1))))
      situations.count('backup-copied-after-a-rewrite');
    this.copies.push({ files, least, most });
  }
}
