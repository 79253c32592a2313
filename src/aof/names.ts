/** The names of the files of an append-only log (formats.md 3.1). `prefix` is `appendfilename`. */

export const aofNames = {
  /** The base `seq`, in RDB or in commands. In `appenddirname`, as the next two. */
  base: (prefix: string, seq: number, format: 'rdb' | 'aof') => `${prefix}.${seq}.base.${format}`,
  increment: (prefix: string, seq: number) => `${prefix}.${seq}.incr.aof`,
  manifest: (prefix: string) => `${prefix}.manifest`,

  /** The manifest before it is renamed; the increment before a first rewrite is through. Both in `appenddirname`. */
  temporaryManifest: (prefix: string) => `temp-${prefix}.manifest`,
  temporaryIncrement: (prefix: string) => `temp-${prefix}.incr`,

  /** What a rewriting child writes, and what it calls it when done. Both in `dir`. */
  temporaryRewrite: (pid: number) => `temp-rewriteaof-${pid}.aof`,
  finishedRewrite: (pid: number) => `temp-rewriteaof-bg-${pid}.aof`,
} as const;
