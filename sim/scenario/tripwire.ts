/* oxlint-disable no-restricted-globals -- these are what it guards */
/**
 * The tripwire: while a world runs, whatever would bring real time or real chance into it throws.
 *
 * The linter bans these names in the sources; this catches what comes through a dependency or a computed name. Between
 * the events of a world nothing else runs in the process (it gives up the thread only for a macrotask, for which the
 * traps stay), so nobody else meets them.
 */

type Restore = () => void;

/** Thrown by a trap. */
export class TripwireError extends Error {
  constructor(name: string) {
    super(`${name} was used inside a simulated run: time and chance come through the ports only.`);
    this.name = 'TripwireError';
  }
}

const timers = ['setTimeout', 'setInterval'] as const;

/** Sets the traps, and returns what takes them away. */
export function setTripwire(): Restore {
  const restores: Restore[] = [];
  const trap = (owner: object, key: string, name: string): void => {
    const original = Object.getOwnPropertyDescriptor(owner, key);
    if (original === undefined || original.configurable !== true) return;
    Object.defineProperty(owner, key, {
      configurable: true,
      enumerable: original.enumerable === true,
      writable: true,
      value: () => {
        throw new TripwireError(name);
      },
    });
    restores.push(() => Object.defineProperty(owner, key, original));
  };

  trap(Math, 'random', 'Math.random');
  for (const name of timers) trap(globalThis, name, name);
  if (typeof performance === 'object')
    trap(Object.getPrototypeOf(performance) as object, 'now', 'performance.now');
  if (typeof process === 'object') trap(process, 'hrtime', 'process.hrtime');
  if (typeof crypto === 'object') {
    const prototype = Object.getPrototypeOf(crypto) as object;
    trap(prototype, 'getRandomValues', 'crypto.getRandomValues');
    trap(prototype, 'randomUUID', 'crypto.randomUUID');
  }
  restores.push(trapDate());
  return () => {
    for (const restore of restores.reverse()) restore();
  };
}

/** A Date that can be made from a number, and not from now. */
function trapDate(): Restore {
  const Original = globalThis.Date;
  const trapped = new Proxy(Original, {
    construct(target, args: unknown[], newTarget: new () => object): object {
      if (args.length === 0) throw new TripwireError('new Date()');
      return Reflect.construct(target, args, newTarget) as object;
    },
    apply(): never {
      throw new TripwireError('Date()');
    },
    get(target, key, receiver): unknown {
      if (key === 'now') {
        return () => {
          throw new TripwireError('Date.now');
        };
      }
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  globalThis.Date = trapped;
  return () => {
    globalThis.Date = Original;
  };
}
