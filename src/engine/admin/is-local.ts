/** Whether a client is on this very machine, as `enable-debug-command local` asks. */
import type { Session } from '../clients/session.ts';

/** An address without a colon is a unix socket's, or that of a client inside the process. */
export function isLocal({ address }: Session): boolean {
  return (
    address.startsWith('127.') ||
    address.startsWith('[::1]:') ||
    address.startsWith('/') ||
    !address.includes(':')
  );
}
