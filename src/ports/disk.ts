/**
 * A disk, as POSIX promises it and no better.
 *
 * What is not promised: that a write reaches the disk before a sync of its file; that a new, renamed or removed name
 * is durable before a sync of its directory; that a sync of a file makes its name durable; that a write is whole; that
 * an operation which failed did nothing. Everything the engine may do to a disk goes through here, directory syncs
 * and the exclusive lock included: what the interface leaves out, no test can find.
 *
 * Paths are absolute or relative to the process's working directory, separated by '/'.
 */

/** What a failed operation may have done: nothing, a part (see the operation), or nobody knows. */
export type Applied = 'no' | 'partial' | 'unknown';

/** The one kind of error that a Disk rejects with. `code` is the POSIX name: ENOENT, EEXIST, ENOSPC, EIO, EMFILE … */
export interface DiskError extends Error {
  readonly code: string;
  readonly applied: Applied;
  /** The operation's name as in this file, for messages: 'write', 'rename' … */
  readonly operation: string;
  readonly path: string;
}

/** Flags of open(2). At least one of `read` and `write`. */
export interface OpenFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  /** O_CREAT: makes an empty file where there is none. */
  readonly create?: boolean;
  /** O_EXCL: with `create`, EEXIST where there is one. */
  readonly exclusive?: boolean;
  /** O_TRUNC */
  readonly truncate?: boolean;
  /** O_APPEND: every write goes to the end as it is then. Without it writes go to the descriptor's own position, which `truncate` does not move. */
  readonly append?: boolean;
}

export interface Stat {
  readonly kind: 'file' | 'directory';
  readonly sizeBytes: number;
}

/** How much a file system holds. */
export interface Room {
  readonly totalBytes: number;
  /** What this process may still fill. */
  readonly freeBytes: number;
}

export interface Disk {
  /** @throws DiskError ENOENT, EEXIST, EISDIR, EMFILE, ENOSPC, EACCES, EROFS, EIO */
  open(path: string, flags: OpenFlags): Promise<File>;
  /** Opens a directory, so that it can be synced. @throws DiskError ENOENT, ENOTDIR, EMFILE, EIO */
  openDir(path: string): Promise<Dir>;
  /**
   * Gives the file at `from` the name `to`, replacing what had it; atomic for everyone who looks, durable only after a
   * sync of the directory. After an error with `applied: 'unknown'` both outcomes are possible.
   */
  rename(from: string, to: string): Promise<void>;
  /** Removes a name. Durable only after a sync of the directory. */
  unlink(path: string): Promise<void>;
  /** Makes one directory. @throws DiskError EEXIST when the name is taken */
  mkdir(path: string): Promise<void>;
  /** The names in a directory without '.' and '..', in no order: sort before anything depends on it. */
  readdir(path: string): Promise<string[]>;
  /** @throws DiskError ENOENT */
  stat(path: string): Promise<Stat>;
  /** The room on the file system that `path` is on, as it is now: others may take it. @throws DiskError ENOENT */
  statfs(path: string): Promise<Room>;
  /**
   * Takes the exclusive lock of a directory for this process: undefined when another living process holds it. It
   * vanishes with its process, however that ends, is not inherited by children, and touches no file in the directory.
   */
  lock(directory: string): Promise<Lock | undefined>;
}

/** Completion of a hot operation. `written` counts the bytes accepted, also beside an error. May be called before the operation returns. */
export type WriteDone = (error: DiskError | undefined, written: number) => void;
export type SyncDone = (error: DiskError | undefined) => void;

/** An open file description. After `close` every call rejects with EBADF. */
export interface File {
  /**
   * Writes at the end (`append`) or at the descriptor's position. May accept fewer bytes than given without an error
   * (a short write); what was accepted is in the page cache, not on the disk. `bytes` is lent: it must not change
   * before `done`. One write a file at a time: the caller waits for `done` before the next.
   */
  write(bytes: Uint8Array, done: WriteDone): void;
  /** Reads into `into` from `position`; resolves to the number of bytes, 0 only at the end. May be short. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes at a position and moves none; resolves to the number of bytes accepted. Not for descriptors with `append`, which write at the end all the same. */
  pwrite(bytes: Uint8Array, position: number): Promise<number>;
  /** Sets the size. Never moves the descriptor's position. */
  truncate(sizeBytes: number): Promise<void>;
  /** fsync(2): what was written *before this call* is durable when it is done without an error. After an error the file's durable content is unknown, and a later success says nothing about it. */
  sync(done: SyncDone): void;
  /** fdatasync(2): as `sync`, but only what is needed to read the data back (the size included). */
  datasync(done: SyncDone): void;
  /**
   * Asks the system to begin writing back what was written (sync_file_range(2)). A hint: nothing is durable because of it,
   * neither data nor size, and a file system may ignore it.
   */
  hintSync(): Promise<void>;
  /**
   * Makes the file at least `sizeBytes` long, with room on the disk for all of it (posix_fallocate(3)): what is beyond
   * the old end reads as zeros. Not durable before a sync.
   *
   * @throws DiskError ENOSPC, EDQUOT with nothing or a part done (`applied: 'partial'`)
   */
  allocate(sizeBytes: number): Promise<void>;
  /** Syncs nothing. May report an error of an earlier write; the descriptor is closed all the same. */
  close(): Promise<void>;
}

export interface Dir {
  /** Makes the names that were made, renamed or removed in this directory before this call durable; not the files' contents, not directories below or above. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Lock {
  release(): Promise<void>;
}
