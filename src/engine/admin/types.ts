/**
 * Commands about the server rather than the data. They see the engine and the client's session.
 *
 * One that returns a promise holds back the later commands of its session until it settles, and nobody else's; it is not
 * allowed inside MULTI (flag `no_multi`).
 */
import type { CommandInfo } from '../../commands/context.ts';
import type { Argv, ReplyWriter } from '../../resp/index.ts';
import type { Engine } from '../engine.ts';
import type { Session } from '../clients/session.ts';

export interface AdminCall {
  readonly engine: Engine;
  readonly session: Session;
  /** Valid until the command returns; copy what a promise needs. */
  readonly argv: Argv;
  /** Where the one reply goes, also from a promise. */
  readonly reply: ReplyWriter;
  readonly nowMs: number;
  /** True inside EXEC. */
  readonly inExec: boolean;
}

export interface AdminCommand extends CommandInfo {
  administer(call: AdminCall): void | Promise<void>;
}
