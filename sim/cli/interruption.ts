/** SIGINT and SIGTERM: the first lets a command end with what it has by then, a second one ends the process. */
import { EXIT } from './exit-status.ts';

export interface Interruption {
  readonly happened: boolean;
  /** Resolves when it happens. */
  readonly promise: Promise<undefined>;
  /** Signals are nobody's business any more. */
  end(): void;
}

export function onInterrupt(): Interruption {
  let happened = false;
  let resolve: (value: undefined) => void = () => {};
  const promise = new Promise<undefined>((settle) => {
    resolve = settle;
  });
  const stop = (): void => {
    if (happened) process.exit(EXIT.interrupted);
    happened = true;
    resolve(undefined);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    promise,
    get happened() {
      return happened;
    },
    end: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
