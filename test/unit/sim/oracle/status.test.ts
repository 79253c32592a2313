/** P18: what INFO tells may be modest, never boastful. */
import { expect, test } from 'vitest';
import { untruths } from '../../../../sim/oracle/status.ts';
import type { Known } from '../../../../sim/oracle/status.ts';

const info = (saves: number, dirty: number, write = 'ok'): string =>
  `# Persistence\r\nrdb_changes_since_last_save:${dirty}\r\nrdb_saves:${saves}\r\naof_last_write_status:${write}\r\n`;
const known = (saves: number, unsaved: number, logIsBroken = false): Known => ({
  saves,
  unsaved,
  logIsBroken,
});

test('saves that have no durable name are not counted; those not counted yet are no lie', () => {
  expect(untruths(info(2, 1), known(2, 1))).toEqual([]);
  expect(untruths(info(1, 1), known(2, 1))).toEqual([]);
  expect(untruths(info(3, 1), known(2, 1))).toEqual([
    'INFO tells of 3 saves, and 2 dumps have their name durably',
  ]);
});

test('there are changes when units came after the last save', () => {
  expect(untruths(info(1, 0), known(1, 0))).toEqual([]);
  expect(untruths(info(1, 7), known(1, 0))).toEqual([]);
  expect(untruths(info(1, 0), known(1, 2))).toHaveLength(1);
});

test('a log whose sync has failed is not written well', () => {
  expect(untruths(info(0, 1, 'err'), known(0, 1, true))).toEqual([]);
  expect(untruths(info(0, 1, 'ok'), known(0, 1, false))).toEqual([]);
  expect(untruths(info(0, 1, 'ok'), known(0, 1, true))).toHaveLength(1);
});

test('an INFO that tells nothing tells no lies', () => {
  expect(untruths('# Persistence\r\n', known(0, 5, true))).toEqual([]);
});
