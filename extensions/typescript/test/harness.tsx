import './dom.ts';
import { act, StrictMode, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach } from 'node:test';
import { PikkuWebSocket, type PikkuOptions, type PikkuRoute } from '../../Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from '../../../Pikku.Akka.Tests/Clients/typescript/unit/fake-socket.ts';

const roots: Root[] = [];
const clients: { close(): void }[] = [];

export const closeAfterTest = <W extends { close(): void }>(client: W): W => {
  clients.push(client);
  return client;
};

beforeEach(() => {
  FakeSocket.made = [];
});

afterEach(async () => {
  for (const root of roots.splice(0)) await act(async () => root.unmount());
  for (const client of clients.splice(0)) client.close();
});

/** Lets all pending promise callbacks and timers without a delay run, and React render what they change. */
export const turns = (): Promise<void> => act(() => new Promise<void>(resolve => setTimeout(() => setImmediate(resolve), 1)));

/** Renders in strict mode, in which React runs each effect twice. */
export async function render(ui: ReactNode) {
  // In the document, because only there a form can be submitted.
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  roots.push(root);
  const rerender = async (next: ReactNode): Promise<void> => {
    await act(async () => root.render(<StrictMode>{next}</StrictMode>));
    await turns();
  };
  await rerender(ui);
  return { container, rerender, unmount: () => rerender(null) };
}

/** Waits until a condition holds, while React renders what changes. */
export async function until(condition: () => boolean, what: () => string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Not within 20 s; what there is: ${what()}`);
    await turns();
  }
}

/** A client with a fake server. */
export const makeClient = (options: PikkuOptions = {}): PikkuWebSocket =>
  closeAfterTest(new PikkuWebSocket('ws://server', { WebSocket: FakeSocket, reconnect: { minDelay: 0 }, ...options }));

/** A route with an open connection. */
export async function connected(): Promise<{ readonly route: PikkuRoute<'todos'>; readonly socket: FakeSocket }> {
  const route = makeClient().getRoute('todos');
  const ready = route.connect();
  await turns();
  FakeSocket.last.accept();
  await ready;
  return { route, socket: FakeSocket.last };
}

/** Loses the connection and accepts the next one. */
export async function reconnect(): Promise<FakeSocket> {
  await act(async () => FakeSocket.last.end(1006));
  await turns();
  await accept();
  return FakeSocket.last;
}

export async function accept(): Promise<void> {
  await act(async () => FakeSocket.last.accept());
  await turns();
}

/** What the client has sent, without the data: `pikku-subscribe board:1`. */
export const sent = (socket = FakeSocket.last): string[] =>
  socket.messages.map(({ action, command, data }) => [action ?? command, data?.topic].filter(Boolean).join(' '));
