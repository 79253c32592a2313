/** A client that asks one question at a time, and times nothing. */
import { connect, type Socket } from 'node:net';

export class Client {
  readonly #socket: Socket;
  #received = '';
  #waiting: { resolve: (reply: string) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
      this.#deliver();
    });
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  /** @throws Error ECONNREFUSED while nobody listens */
  static open(port: number): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.off('error', reject);
        resolve(new Client(socket));
      });
      socket.setNoDelay(true);
      socket.once('error', reject);
    });
  }

  /** Asks, and resolves to the reply: the text of a string or a number. An error reply rejects with its text. */
  ask(...words: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      this.#socket.write(`*${words.length}\r\n${bulks.join('')}`);
    });
  }

  /** One field of INFO, as text; undefined where the server does not tell it. */
  async info(field: string): Promise<string | undefined> {
    const text = await this.ask('INFO', 'everything');
    return new RegExp(`^${field}:(.*?)\r?$`, 'm').exec(text)?.[1];
  }

  async count(): Promise<number> {
    return Number(await this.ask('DBSIZE'));
  }

  end(): void {
    this.#socket.destroy();
  }

  #deliver(): void {
    const waiting = this.#waiting;
    const lineEnd = this.#received.indexOf('\r\n');
    if (waiting === undefined || lineEnd < 0) return;
    const line = this.#received.slice(1, lineEnd);
    let end = lineEnd + 2;
    let reply = line;
    if (this.#received[0] === '$' && line !== '-1') {
      const start = end;
      end += Number(line) + 2;
      if (this.#received.length < end) return;
      reply = this.#received.slice(start, end - 2);
    }
    const isError = this.#received[0] === '-';
    this.#received = this.#received.slice(end);
    this.#waiting = undefined;
    if (isError) waiting.reject(new Error(reply));
    else waiting.resolve(reply);
  }
}
