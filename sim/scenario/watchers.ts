/**
 * Watchers side by side, and the one that tells them all. What passes at an engine's ports goes to each in turn, and so do
 * the beginning of a life and the moment from which it serves. Each looks at what it is about and away from the rest.
 */
import type { DiskError } from '../../src/ports/disk.ts';
import type { Watcher } from './observer.ts';

type WriteEnded = ReturnType<Watcher['writeBegan']>;
type SyncEnded = ReturnType<Watcher['syncBegan']>;

/** A watcher of lives, which looks away from everything. */
export abstract class LifeWatcher implements Watcher {
  /** A process starts, and will recover. */
  begin(_serverPid: number): void {}
  /** It serves, and what it had recovered is known. */
  serve(): void {}
  operation(_pid: number): void {}
  changing(_pid: number): void {}
  created(_pid: number, _path: string): void {}
  writeBegan(_pid: number, _path: string, _offeredBytes: number): WriteEnded {
    return nothing;
  }
  namingFailed(_error: unknown): void {}
  syncBegan(_pid: number, _path: string): SyncEnded {
    return nothing;
  }
  renameBegan(_pid: number, _from: string, _to: string): void {}
  renamed(_pid: number, _from: string, _to: string): void {}
  directorySyncBegan(_pid: number, _path: string): SyncEnded {
    return nothing;
  }
  forked(_pid: number, _childPid: number, _path: string): void {}
  forkFailed(_pid: number, _path: string): void {}
  childKilled(_pid: number, _childPid: number): void {}
  childEnded(_pid: number, _childPid: number, _isWell: boolean): void {}
}

function nothing(): void {}

export class Watchers implements Watcher {
  #all: readonly LifeWatcher[];

  /** In the order in which they are told. */
  constructor(all: readonly LifeWatcher[]) {
    this.#all = all;
  }

  /** What follows is no unit of the history, and nobody's. */
  dismiss(): void {
    this.#all = [];
  }

  begin(serverPid: number): void {
    for (const each of this.#all) each.begin(serverPid);
  }

  serve(): void {
    for (const each of this.#all) each.serve();
  }

  operation(pid: number): void {
    for (const each of this.#all) each.operation(pid);
  }

  changing(pid: number): void {
    for (const each of this.#all) each.changing(pid);
  }

  created(pid: number, path: string): void {
    for (const each of this.#all) each.created(pid, path);
  }

  writeBegan(pid: number, path: string, offeredBytes: number): WriteEnded {
    const ends = this.#all.map((each) => each.writeBegan(pid, path, offeredBytes));
    return (acceptedBytes: number, error: DiskError | undefined) => {
      for (const ended of ends) ended(acceptedBytes, error);
    };
  }

  namingFailed(error: unknown): void {
    for (const each of this.#all) each.namingFailed(error);
  }

  syncBegan(pid: number, path: string): SyncEnded {
    return together(this.#all.map((each) => each.syncBegan(pid, path)));
  }

  renameBegan(pid: number, from: string, to: string): void {
    for (const each of this.#all) each.renameBegan(pid, from, to);
  }

  renamed(pid: number, from: string, to: string): void {
    for (const each of this.#all) each.renamed(pid, from, to);
  }

  directorySyncBegan(pid: number, path: string): SyncEnded {
    return together(this.#all.map((each) => each.directorySyncBegan(pid, path)));
  }

  forked(pid: number, childPid: number, path: string): void {
    for (const each of this.#all) each.forked(pid, childPid, path);
  }

  forkFailed(pid: number, path: string): void {
    for (const each of this.#all) each.forkFailed(pid, path);
  }

  childKilled(pid: number, childPid: number): void {
    for (const each of this.#all) each.childKilled(pid, childPid);
  }

  childEnded(pid: number, childPid: number, isWell: boolean): void {
    for (const each of this.#all) each.childEnded(pid, childPid, isWell);
  }
}

function together(ends: readonly SyncEnded[]): SyncEnded {
  return (ok) => {
    for (const ended of ends) ended(ok);
  };
}
