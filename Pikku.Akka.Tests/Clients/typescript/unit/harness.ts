// What the tests of the client against a fake server and a fake clock share.
import { afterEach, beforeEach, mock } from 'node:test';
import { PikkuError, PikkuWebSocket, type PikkuOptions, type PikkuStatusChange } from '../../../../extensions/Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from './fake-socket.ts';

let clients: PikkuWebSocket[] = [];

/** The result of Math.random. Just below one, so that every random delay is close to its maximum. */
export const chance = { random: 1 };

/** Resets the fake server and the fake clock for each test, and closes what a test has left open. */
export function isolate(): void {
  beforeEach(() => {
    FakeSocket.made = [];
    FakeSocket.expiresAt = undefined;
    clients = [];
    chance.random = 1;
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    mock.method(Math, 'random', () => chance.random);
  });
  afterEach(() => {
    for (const client of clients) client.close();
    mock.timers.reset();
    mock.restoreAll();
  });
}

/** Lets all pending promise callbacks run. */
export const turns = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

export const pass = async (ms: number): Promise<void> => {
  mock.timers.tick(ms);
  await turns();
};

export function make(options: PikkuOptions = {}, url: string | URL = 'ws://server'): PikkuWebSocket {
  const client = new PikkuWebSocket(url, { WebSocket: FakeSocket, ...options });
  clients.push(client);
  return client;
}

/** Closes a client that a test has made itself after the test. */
export const keep = (client: PikkuWebSocket): void => void clients.push(client);

/** A route with an open connection. */
export async function connected(options: PikkuOptions = {}) {
  const client = make(options);
  const route = client.getRoute('todos');
  const states: PikkuStatusChange[] = [];
  route.onStatus(change => void states.push(change));
  const ready = route.connect();
  await turns();
  FakeSocket.last.accept();
  await turns();
  if (!options.onOpen) await ready;
  return { client, route, states, socket: FakeSocket.last };
}

/** Loses the connection of a route and accepts the next one. */
export async function reconnect(): Promise<FakeSocket> {
  FakeSocket.last.end(1006);
  await pass(2000);
  FakeSocket.last.accept();
  await turns();
  return FakeSocket.last;
}

export async function reconnected(options: PikkuOptions = {}) {
  const before = await connected(options);
  return { ...before, socket: await reconnect() };
}

export const named = (name: string, status?: number) => (error: unknown): boolean =>
  error instanceof PikkuError && error.name === name && (status === undefined || error.status === status);

/** Runs a test as in a browser with a page. `fire` raises an event of the window or the document. */
export async function withPage(
  test: (page: { visibilityState: string; listeners: Map<string, () => void> }, fire: (event: string) => void) => Promise<void>,
): Promise<void> {
  const listeners = new Map<string, () => void>();
  const target = {
    addEventListener: (type: string, listener: () => void) => void listeners.set(type, listener),
    removeEventListener: (type: string) => void listeners.delete(type),
  };
  const page = { ...target, visibilityState: 'visible', listeners };
  Object.assign(globalThis, { ...target, document: page });
  try {
    await test(page, event => listeners.get(event)?.());
  } finally {
    for (const name of ['addEventListener', 'removeEventListener', 'document']) Reflect.deleteProperty(globalThis, name);
  }
}
