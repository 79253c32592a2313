/** What a client sent is no RESP. */

/**
 * Bytes that break the protocol. The message is Redis's own, "Protocol error: …": a session answers `-ERR <message>`
 * and closes, since nobody knows where the next command would begin.
 */
export class ProtocolError extends Error {
  /** Where in the stream the command begins that is broken, counted from the first byte ever pushed. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'ProtocolError';
    this.offset = offset;
  }
}
