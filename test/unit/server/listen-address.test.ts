import { expect, test } from 'vitest';

import { bindAddresses } from '../../../src/server/listen-address.ts';

test('bind: all addresses, optional ones with a dash, * and ::* for every interface', () => {
  expect(bindAddresses('127.0.0.1 -::1  *', 6379, 5)).toEqual([
    {
      name: '127.0.0.1:6379',
      options: { host: '127.0.0.1', port: 6379, backlog: 5, ipv6Only: false },
      isOptional: false,
    },
    { name: '::1:6379', options: { host: '::1', port: 6379, backlog: 5, ipv6Only: true }, isOptional: true },
    {
      name: '*:6379',
      options: { host: '0.0.0.0', port: 6379, backlog: 5, ipv6Only: false },
      isOptional: false,
    },
  ]);
  expect(bindAddresses('-::*', 1, 5)).toMatchObject([
    { options: { host: '::', ipv6Only: true }, isOptional: true },
  ]);
});
