/** A client as CLIENT LIST and CLIENT INFO show it: what is known of it, under Redis's names. */
import type { Session } from '../clients/session.ts';

export function describeClient(session: Session, nowMs: number): string {
  const { transaction } = session;
  const fields: readonly [name: string, value: string | number][] = [
    ['id', session.id],
    ['addr', session.address],
    ['name', session.name],
    ['age', seconds(nowMs - session.createdAtMs)],
    ['idle', seconds(nowMs - session.lastCommandAtMs)],
    ['flags', flagsOf(session)],
    ['db', session.dbIndex],
    ['sub', 0],
    ['psub', 0],
    ['ssub', 0],
    ['multi', transaction.isOpen ? transaction.queue.length : -1],
    ['watch', transaction.watched.length],
    ['cmd', session.lastCommand === '' ? 'NULL' : session.lastCommand],
    ['user', 'default'],
    ['redir', -1],
    ['resp', session.reply.protocol],
    ['lib-name', session.libraryName],
    ['lib-ver', session.libraryVersion],
  ];
  return fields.map(([name, value]) => `${name}=${value}`).join(' ');
}

/** b: waits for a key, x: in MULTI, d: a watched key has changed, N: nothing special. */
function flagsOf({ transaction, isBlocked }: Session): string {
  const flags = (isBlocked ? 'b' : '') + (transaction.isOpen ? 'x' : '') + (transaction.isStale ? 'd' : '');
  return flags === '' ? 'N' : flags;
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}

/** The types of clients that Redis knows. All here are normal. */
export function isClientType(type: string): boolean {
  return (
    type === 'normal' || type === 'master' || type === 'replica' || type === 'slave' || type === 'pubsub'
  );
}
