/** Where to listen: the words of `bind`, as node:net wants them. */
import type { ListenOptions } from 'node:net';

export interface ListenAddress {
  /** For messages: '127.0.0.1:6379', or the path of a unix socket. */
  readonly name: string;
  readonly options: ListenOptions;
  /** Written with a '-': an address that this machine does not have is passed over. */
  readonly isOptional: boolean;
}

/** `bind`: addresses separated by blanks; '*' and '::*' are all of IPv4 and IPv6. */
export function bindAddresses(bind: string, port: number, backlog: number): ListenAddress[] {
  return bind
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const isOptional = word.startsWith('-');
      const address = isOptional ? word.slice(1) : word;
      const host = address === '*' ? '0.0.0.0' : address === '::*' ? '::' : address;
      return {
        name: `${address}:${port}`,
        options: { host, port, backlog, ipv6Only: host.includes(':') },
        isOptional,
      };
    });
}
