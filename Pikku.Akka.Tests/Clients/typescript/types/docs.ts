// The code of docs/clients.md, character by character. It is compiled against the generated client of the sample and never run.
import type { PikkuRoute } from '../../../../extensions/Pikku.Akka.Tools/Clients/client.ts';
import { PikkuError, PikkuWebSocket } from '../conformance.ts';

declare const getToken: (how?: object) => Promise<string | null>;
declare const show: (title: string) => void;
declare const ask: (text: string) => Promise<boolean>;
declare const refresh: () => void;

export async function example(): Promise<void> {
  const client = new PikkuWebSocket('wss://example.com', {
    token: getToken,
    onOpen: async route => {
      if (route.name === 'todos-live') await route.send('subscribe', { topic: 'todo-created' });
    },
  });

  const todos = client.getRoute('todos-live');
  const stop = todos.subscribe('todo-created', ({ todo }) => show(todo.title));
  todos.onStatus(({ status, missed }) => {
    if (status === 'open' && missed) refresh();
  });

  try {
    const { todo } = await todos.send('create', { title: 'Buy milk', priority: 'high' }, { timeout: 5_000 });
    show(todo.id);
  } catch (error) {
    if (error instanceof PikkuError && error.status === 422) show(error.details!.map(d => `${d.path} ${d.message}`).join());
    else throw error;
  }

  stop();
  client.close();
}

export function more(client: PikkuWebSocket): void {
  client.getRoute('rpc').expose('confirm', async ({ text }, { pending }) => {
    pending('asking the user');
    return { yes: await ask(text) };
  });
  client.getRoute('rooms', { roomId: 'r1', limit: 5 }).onMessage(({ openingData }) => show(openingData.roomId));
  client.getRoute('bin').sendBinary(new Uint8Array([1, 2, 3]));
}

// With the example channels of the runtime.
export async function subscribing(route: PikkuRoute<'todos'>, signal: AbortSignal): Promise<void> {
  const stop = route.subscribe('board:{boardId}', { boardId: 1 }, event => show(event.moved), {
    onSubscribed: () => refresh(),
    onDenied: error => show(`You may not see this board: ${error.message}`),
    onEnded: error => show(`You may not see this board any more: ${error.message}`),
  });
  for await (const todo of route.events('todos:updated', { signal })) show(todo.title);
  stop();
}

export function resuming(route: PikkuRoute<'todos'>): () => void {
  const stop = route.subscribe('board:{boardId}', { boardId: 1 }, (event, { at, replayed }) => show(`${event.moved} ${at} ${replayed}`), {
    onSnapshot: board => show(board.moves.join()),
    onLost: ({ topic, reason }) => show(`Events of ${topic} are lost: ${reason}`),
  });
  return stop;
}

export function living(route: PikkuRoute<'todos'>): void {
  const board = route.live('board:{boardId}', { boardId: 1 }, (state, event, { reload }) =>
    state.moves.length > 1_000 ? reload() : { moves: [...state.moves, event.moved] });
  const viewers = route.presence('board:{boardId}:viewers', { boardId: 1 });
  board.onChange(({ value, status, error }) => show(`${status} ${value?.moves.length} ${error?.message}`));
  viewers.onChange(({ infos }, changes) => show(`${infos.join()} ${changes.length}`));
  const cursors = route.state('board:{boardId}:cursors', { boardId: 1 });
  cursors.onChange(({ entries }) => show(`${entries.get('ann')}`));
}

export async function streaming(route: PikkuRoute<'todos'>, signal: AbortSignal): Promise<void> {
  for await (const n of route.stream('count', { to: 3 }, { signal })) show(`${n}`);
}

export function renewing(): PikkuWebSocket {
  const client = new PikkuWebSocket('wss://example.com', { token: ({ reason }) => getToken({ fresh: reason !== 'connect' }) });
  return client;
}
