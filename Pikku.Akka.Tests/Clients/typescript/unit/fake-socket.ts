import assert from 'node:assert/strict';
import type { PikkuSocket } from '../../../../extensions/Pikku.Akka.Tools/Clients/client.ts';

/** A WebSocket whose server is the test. */
export class FakeSocket implements PikkuSocket {
  static made: FakeSocket[] = [];
  /** What the server says about the session when a connection is ready. */
  static expiresAt: string | undefined;

  readonly url: string;
  readonly protocols: string[];
  readyState = 0;
  protocol = '';
  bufferedAmount = 0;
  binaryType = 'blob';
  sent: (string | Uint8Array)[] = [];
  /** The pings, which are not among the sent messages. */
  pings: unknown[] = [];
  /** False for a server whose process is stopped, or whose `onConnect` has not completed. */
  answersPings = true;
  closedWith: number | undefined;
  readonly #listeners = new Map<string, ((event: unknown) => void)[]>();

  constructor(url = 'ws://given', protocols: string[] = []) {
    this.url = url;
    this.protocols = protocols;
    FakeSocket.made.push(this);
  }

  static get last(): FakeSocket {
    const last = FakeSocket.made.at(-1);
    assert.ok(last, 'no socket was made');
    return last;
  }

  get messages(): any[] {
    return this.sent.map(data => (typeof data === 'string' ? JSON.parse(data) : data));
  }

  send(data: string | Uint8Array): void {
    assert.equal(this.readyState, 1, 'sent on a socket that is not open');
    if (typeof data !== 'string' || !data.startsWith('{"action":"pikku-ping"')) return void this.sent.push(data);
    this.pings.push(JSON.parse(data));
    if (this.answersPings) queueMicrotask(() => this.pong(data.includes('"ready":true')));
  }

  pong(ready = false): void {
    const { expiresAt } = FakeSocket;
    this.receive({ action: 'pikku-pong', ...(ready ? { ready } : {}), ...(ready && expiresAt !== undefined ? { expiresAt } : {}) });
  }

  close(code?: number): void {
    this.closedWith = code;
    this.readyState = 2;
  }

  addEventListener(type: string, listener: (event: any) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  accept(protocol = 'pikku.v1'): void {
    this.readyState = 1;
    this.protocol = protocol;
    this.#emit('open', {});
  }

  receive(data: unknown): void {
    this.#emit('message', { data: typeof data === 'object' && !(data instanceof ArrayBuffer) ? JSON.stringify(data) : data });
  }

  /** The server answers the message at an index. */
  answer(index: number, body: object): void {
    const { data: _, ...head } = this.messages[index];
    this.receive({ ...head, ...body });
  }

  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.#emit('close', { code, reason });
  }

  fail(message?: string): void {
    this.readyState = 3;
    this.#emit('error', message === undefined ? {} : { message });
    this.#emit('close', { code: 1006, reason: '' });
  }

  /** Receives a binary frame in any form. */
  frame(data: unknown): void {
    this.#emit('message', { data });
  }

  #emit(type: string, event: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}
