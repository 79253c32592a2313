/** Clients of one server that wait, beside the one that acts. */
import type { RealClient } from '../../unit/commands/support/real-redis.ts';

type Words = readonly string[];

export class Waiters {
  readonly #actor: RealClient;
  readonly #clients: readonly RealClient[];
  readonly #ids: readonly string[];
  #replies: Promise<string>[] = [];
  #answered = 0;

  private constructor(actor: RealClient, clients: readonly RealClient[], ids: readonly string[]) {
    this.#actor = actor;
    this.#clients = clients;
    this.#ids = ids;
  }

  /** So many clients of the server that `actor` acts on; every other one speaks RESP3. */
  static async beside(actor: RealClient, count: number): Promise<Waiters> {
    const clients = await Promise.all(Array.from({ length: count }, () => actor.another()));
    const ids: string[] = [];
    for (const [i, client] of clients.entries()) {
      await client.call('HELLO', i % 2 === 0 ? '2' : '3');
      ids.push((await client.call('CLIENT', 'ID')).slice(1).trim());
    }
    return new Waiters(actor, clients, ids);
  }

  /** The next of them sends this; resolves when it waits, or has been answered. */
  async add(words: Words): Promise<void> {
    const reply = this.#clients[this.#replies.length]!.call(...words);
    this.#replies.push(reply);
    void reply.then(() => this.#answered++);
    while (this.#answered + (await this.#waiting()) < this.#replies.length);
  }

  async #waiting(): Promise<number> {
    return Number(/blocked_clients:(\d+)/.exec(await this.#actor.call('INFO', 'clients'))![1]);
  }

  /** Sends away who still waits. Gives what the actor was answered to that, and what each of them was answered in the end. */
  async end(how: readonly Words[]): Promise<{ sent: string[]; replies: string[] }> {
    const told = this.#replies;
    this.#replies = [];
    this.#answered = 0;
    // Whatever is wrong with a way to send away, nobody is left behind.
    const commands = told.flatMap((_, i) => [
      ['CLIENT', 'UNBLOCK', this.#ids[i]!, ...how[i]!],
      ['CLIENT', 'UNBLOCK', this.#ids[i]!],
    ]);
    const sent = await this.#actor.pipeline(commands);
    return { sent, replies: await Promise.all(told) };
  }

  close(): void {
    for (const client of this.#clients) client.end();
  }
}
