/** Names a module for a thread to load, in source and in a build alike. */

/**
 * The module `name` beside the module at `moduleUrl`, with the same extension: `.ts` in source, `.js` in a build. The
 * compiler rewrites extensions in imports, but not in URLs.
 *
 * @example siblingModule(import.meta.url, 'child')
 */
export function siblingModule(moduleUrl: string, name: string): URL {
  const extension = /\.[cm]?[jt]s$/.exec(new URL(moduleUrl).pathname)?.[0] ?? '.js';
  return new URL(`./${name}${extension}`, moduleUrl);
}
