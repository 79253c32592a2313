/** RESP: clients' commands, servers' replies, and both as bytes. */
export { Argv } from './argv.ts';
export { commandBytes, commandHeader, commandInteger, commandText, encodeCommand } from './command.ts';
export type { CommandPart } from './command.ts';
export { clientLimits, logLimits, RequestParser } from './parser.ts';
export type { RequestLimits } from './parser.ts';
export { ProtocolError } from './protocol-error.ts';
export { ReplyWriter } from './reply.ts';
export type { Protocol } from './reply.ts';
export { ReplyParser } from './reply-parser.ts';
export type { Reply } from './reply-parser.ts';
