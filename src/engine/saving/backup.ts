/**
 * A consistent backup of a server that runs: one generation of files, pinned.
 *
 * `begin` makes everything executed by then durable and names the files that hold it, each with the length that belongs to
 * it. Copies of so much of each file, and the manifest as it is given (not as it lies there: that goes on changing), are a
 * directory that recovers to that moment. While the pin lasts no rewrite removes one of the files: they stay history of the
 * manifest, and go when the last pin is gone. Files only grow at their ends, so it does not matter when they are copied.
 *
 * A pin belongs to a session and ends with it, by `end`, or after its time. Without a log there is nothing to pin: a dump
 * is replaced whole, and whoever has opened it reads one dump to its end.
 */
import { formatManifest, type ManifestFile } from '../../aof/index.ts';
import type { Timer } from '../../ports/clock.ts';
import type { Engine } from '../engine.ts';
import { sizeOf } from '../io.ts';
import type { Session } from '../clients/session.ts';

/** A file of a backup. `path` is relative to the server's `dir`. */
export interface BackupFile {
  readonly path: string;
  readonly bytes: number;
}

export interface Backup {
  readonly files: readonly BackupFile[];
  /** The manifest that belongs to them; undefined without a log. */
  readonly manifest: { readonly path: string; readonly bytes: Uint8Array } | undefined;
}

/** Pins at a time: each may keep a generation of the log on the disk. */
const mostPins = 8;

interface Pin {
  readonly names: ReadonlySet<string>;
  readonly expiry: Timer;
}

export class Backups {
  readonly #engine: Engine;
  readonly #pins = new Map<Session, Pin>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get count(): number {
    return this.#pins.size;
  }

  /** True for a file of the log that a backup still needs. */
  isPinned(name: string): boolean {
    for (const { names } of this.#pins.values()) if (names.has(name)) return true;
    return false;
  }

  /**
   * Pins what holds everything executed by now, for so many seconds. A pin that the session had before ends.
   *
   * @returns what to copy, or why that cannot be said now, for the client
   * @throws DiskError
   */
  async begin(session: Session, seconds: number): Promise<Backup | string> {
    const { journal, rewriter, settings } = this.#engine;
    this.end(session);
    if (!journal.isOpen) {
      if (settings.appendonly) return 'the append-only file is not on yet: try again';
      return this.#dump();
    }
    await journal.drain();
    const { store } = rewriter;
    const at = journal.durableIncrement;
    const place = store.current.increments.findIndex(({ name }) => name === at?.name);
    if (at === undefined || journal.isMoving || !store.isSettled || place < 0)
      return 'the append-only file is moving to a new file: try again';
    if (this.#pins.size >= mostPins) return `${mostPins} backups are under way already`;
    if (session.isClosed) return 'the client has gone';
    const { base, annotation } = store.current;
    // Behind the one that is written may stand one for which a rewrite is getting ready: nothing is in it.
    const increments = store.current.increments.slice(0, place + 1);
    const files = base === undefined ? increments : [base, ...increments];
    const expiry = this.#engine.host.clock.after(seconds * 1000, () => {
      this.#engine.log(
        'warning',
        `A backup was not ended within ${seconds} seconds: its files are given free`,
      );
      this.end(session);
    });
    this.#pins.set(session, { names: new Set(files.map(({ name }) => name)), expiry });
    return this.#describe(files, at, { base, increments, annotation });
  }

  /** Ends the session's pin. False where it had none. What nothing else needs is removed by the cron. */
  end(session: Session): boolean {
    const pin = this.#pins.get(session);
    if (pin === undefined) return false;
    pin.expiry.cancel();
    this.#pins.delete(session);
    this.#engine.rewriter.isSweepDue = true;
    return true;
  }

  async #describe(
    files: readonly ManifestFile[],
    at: { readonly name: string; readonly bytes: number },
    log: Pick<Parameters<typeof formatManifest>[0], 'base' | 'increments' | 'annotation'>,
  ): Promise<Backup> {
    const { host, names, settings } = this.#engine;
    const known = new Map<string, number>();
    for (const { name } of files) {
      const isLast = name === at.name;
      // The others are finished: their whole length belongs to it.
      const bytes = isLast ? at.bytes : (await host.disk.stat(names.inAppendDir(name))).sizeBytes;
      known.set(name, bytes);
    }
    const withBytes = (file: ManifestFile): ManifestFile => ({ ...file, bytes: known.get(file.name)! });
    const manifest = {
      base: log.base === undefined ? undefined : withBytes(log.base),
      history: [],
      increments: log.increments.map(withBytes),
      comments: [],
      annotation: log.annotation,
    };
    return {
      files: [...known].map(([name, bytes]) => ({ path: `${settings.appenddirname}/${name}`, bytes })),
      manifest: {
        path: `${settings.appenddirname}/${names.manifestName}`,
        bytes: formatManifest(manifest, settings.aofChecksum),
      },
    };
  }

  async #dump(): Promise<Backup> {
    const { host, names, settings } = this.#engine;
    const bytes = await sizeOf(host.disk, names.dump);
    return {
      files: bytes === undefined ? [] : [{ path: settings.dbfilename, bytes }],
      manifest: undefined,
    };
  }
}
