// This file is only compiled. Lines that must not compile are marked; the compiler reports a mark on a line that compiles.
import {
  PikkuError, PikkuWebSocket, type Board, type PikkuEntries, type PikkuEventInfo, type PikkuLive, type PikkuLossReason, type PikkuPresence, type PikkuPresenceChange,
  type PikkuPresenceEntry, type PikkuRoute, type RoomEvent, type Todo,
} from '../../../../extensions/Pikku.Akka.Tools/Clients/client.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <_ extends true>(): void => {};

declare const socket: import('../../../../extensions/Pikku.Akka.Tools/Clients/client.ts').PikkuSocket;

export async function sending(client: PikkuWebSocket): Promise<void> {
  const todos = client.getRoute('todos');
  is<Equal<typeof todos, PikkuRoute<'todos'>>>();

  const created = await todos.send('create', { title: 'x' });
  is<Equal<typeof created, Todo>>();
  const listed = await todos.send('list');
  is<Equal<typeof listed, Todo[]>>();
  const found = await todos.send('find');
  is<Equal<typeof found, Todo | null>>();
  const cleared = await todos.via('command').send('clear');
  is<Equal<typeof cleared, void>>();
  const answer = await todos.fallback('text');
  is<Equal<typeof answer, string>>();

  await todos.send('create', { title: 'x', priority: 'low' }, { timeout: 1, signal: new AbortController().signal });
  await todos.send('list', undefined, { timeout: 1 });
  await todos.send('find', {}, { timeout: 1 });

  // @ts-expect-error no such channel
  client.getRoute('todo');
  // @ts-expect-error no such action
  await todos.send('creat', { title: 'x' });
  // @ts-expect-error an action of another routing key
  await todos.send('clear');
  // @ts-expect-error an action of the first routing key
  await todos.via('command').send('create', { title: 'x' });
  // @ts-expect-error no such routing key
  todos.via('commands');
  // @ts-expect-error the input is missing
  await todos.send('create');
  // @ts-expect-error a property is missing
  await todos.send('create', {});
  // @ts-expect-error a property is of another type
  await todos.send('create', { title: 1 });
  // @ts-expect-error a value that is not in the list
  await todos.send('create', { title: 'x', priority: 'urgent' });
  // @ts-expect-error no such property
  await todos.send('create', { title: 'x', titel: 'y' });
  // @ts-expect-error an action that takes nothing
  await todos.send('list', { all: true });
  // @ts-expect-error no such option
  await todos.send('list', undefined, { timeOut: 1 });
  // @ts-expect-error no such property in the output
  created.name;
  // @ts-expect-error the default handler takes a string
  await todos.fallback(5);
  // @ts-expect-error the default handler's input is missing
  await todos.fallback();
}

export function listening(client: PikkuWebSocket): void {
  const todos = client.getRoute('todos');
  todos.subscribe('todos:created', todo => is<Equal<typeof todo, Todo>>());
  todos.subscribe('room:1', event => is<Equal<typeof event, RoomEvent>>());
  todos.subscribe(`room:${1 + 1}`, event => is<Equal<typeof event, RoomEvent>>());
  todos.onMessage(message => is<Equal<typeof message, { welcome: string }>>());
  todos.onBinary(bytes => is<Equal<typeof bytes, Uint8Array>>());
  todos.sendBinary(new Uint8Array());
  todos.expose('confirm', ({ text }, { pending, signal }) => {
    is<Equal<typeof text, string>>();
    is<Equal<typeof signal, AbortSignal>>();
    pending('a person');
    return { yes: true };
  });
  todos.expose('confirm', async () => ({ yes: true }));
  todos.onStatus(({ status, previous, missed }) => {
    is<Equal<typeof status, 'idle' | 'connecting' | 'open' | 'waiting' | 'closed'>>();
    is<Equal<typeof previous, typeof status>>();
    is<Equal<typeof missed, boolean>>();
  });

  // @ts-expect-error no such topic
  todos.subscribe('todos:crated', () => {});
  // @ts-expect-error not of the family
  todos.subscribe('rooms:1', () => {});
  // @ts-expect-error another payload
  todos.subscribe('todos:created', (text: string) => text);
  // @ts-expect-error another message
  todos.onMessage((message: number) => message);
  // @ts-expect-error bytes, not text
  todos.sendBinary('text');
  // @ts-expect-error no such function of the client
  todos.expose('confrim', () => ({ yes: true }));
  // @ts-expect-error another result
  todos.expose('confirm', () => ({ no: true }));
  // @ts-expect-error no such status
  todos.status === 'opened';
}

export async function subscribing(client: PikkuWebSocket): Promise<void> {
  const todos = client.getRoute('todos');
  const stop = todos.subscribe('todos:updated', (todo, info) => {
    is<Equal<typeof todo, Todo>>();
    is<Equal<typeof info, PikkuEventInfo>>();
  });
  is<Equal<typeof stop, () => void>>();
  todos.subscribe('board:{boardId}', { boardId: 1 }, (event, { topic }) => {
    is<Equal<typeof event, { moved: string }>>();
    is<Equal<typeof topic, string>>();
  });
  todos.subscribe('board:{boardId}', { boardId: 1 }, async () => {}, {
    onSubscribed: () => {},
    onDenied: error => is<Equal<typeof error, PikkuError>>(),
    onEnded: ({ name, status, retryable }) => is<Equal<[typeof name, typeof status, typeof retryable], [string, number, boolean]>>(),
  });
  todos.subscribe('{tenant}/files:{path}', { tenant: 'a', path: 'b' }, event => is<Equal<typeof event, string>>(), {});
  todos.subscribe('room:1', (event, { topic }) => is<Equal<[typeof event, typeof topic], [RoomEvent, string]>>());

  for await (const event of todos.events('board:{boardId}', { boardId: 1 }, { signal: new AbortController().signal, buffer: 5 }))
    is<Equal<typeof event, { moved: string }>>();
  for await (const event of todos.events('todos:updated')) is<Equal<typeof event, Todo>>();
  for await (const event of todos.events('room:7', { buffer: 1 })) is<Equal<typeof event, RoomEvent>>();

  // @ts-expect-error no such topic
  todos.subscribe('todos:upated', () => {});
  // @ts-expect-error the name of one topic instead of its family
  todos.subscribe('board:1', () => {});
  // @ts-expect-error the key is missing
  todos.subscribe('board:{boardId}', () => {});
  // @ts-expect-error a property of the key is missing
  todos.subscribe('{tenant}/files:{path}', { tenant: 'a' }, () => {});
  // @ts-expect-error a value of another type
  todos.subscribe('board:{boardId}', { boardId: '1' }, () => {});
  // @ts-expect-error no such property of the key
  todos.subscribe('board:{boardId}', { boardId: 1, cardId: 2 }, () => {});
  // @ts-expect-error a topic without a key
  todos.subscribe('todos:updated', { boardId: 1 }, () => {});
  // @ts-expect-error another event
  todos.subscribe('board:{boardId}', { boardId: 1 }, (event: { moved: number }) => event);
  // @ts-expect-error no such property of the event
  todos.subscribe('board:{boardId}', { boardId: 1 }, event => event.gone);
  // @ts-expect-error no such option
  todos.subscribe('board:{boardId}', { boardId: 1 }, () => {}, { onDeny: () => {} });
  // @ts-expect-error the handler is missing
  todos.subscribe('board:{boardId}', { boardId: 1 });
  // @ts-expect-error nothing can be denied
  todos.subscribe('todos:created', () => {}, { onDenied: () => {} });
  // @ts-expect-error the key is missing
  todos.events('board:{boardId}');
  // @ts-expect-error the key is missing
  todos.events('board:{boardId}', { signal: new AbortController().signal });
  // @ts-expect-error no such option
  todos.events('todos:updated', { timeout: 1 });
}

export function resuming(client: PikkuWebSocket): void {
  const todos = client.getRoute('todos');
  todos.subscribe('board:{boardId}', { boardId: 1 }, (_, { at, replayed }) => is<Equal<[typeof at, typeof replayed], [string | undefined, boolean]>>(), {
    onSnapshot: board => is<Equal<typeof board, Board>>(),
    onLost: ({ reason }) => is<Equal<typeof reason, PikkuLossReason>>(),
  });
  todos.subscribe('todos:updated', () => {}, { onLost: () => {} });
  const board = todos.live('board:{boardId}', { boardId: 1 }, (state, event, { reload, at }) => {
    is<Equal<[typeof state, typeof event, typeof at], [Board, { moved: string }, string | undefined]>>();
    return event.moved ? { moves: [...state.moves, event.moved] } : reload();
  });
  is<Equal<typeof board, PikkuLive<Board>>>();
  is<Equal<typeof board.value, Board | undefined>>();
  is<Equal<typeof board.error, PikkuError | undefined>>();
  is<Equal<typeof board.status, 'loading' | 'live' | 'stale' | 'closed'>>();
  is<Equal<ReturnType<typeof board.onChange>, () => void>>();
  const viewers = todos.presence('board:{boardId}:viewers', { boardId: 1 });
  is<Equal<typeof viewers, PikkuPresence<string>>>();
  is<Equal<[typeof viewers.infos, typeof viewers.entries], [string[], readonly PikkuPresenceEntry<string>[]]>>();
  viewers.onChange((_, changes) => is<Equal<typeof changes, readonly PikkuPresenceChange<string>[]>>());
  const cursors = todos.state('board:{boardId}:cursors', { boardId: 1 });
  is<Equal<typeof cursors, PikkuEntries<number>>>();
  is<Equal<typeof cursors.entries, ReadonlyMap<string, number>>>();

  // @ts-expect-error a topic without a snapshot
  todos.subscribe('todos:updated', () => {}, { onSnapshot: () => {} });
  // @ts-expect-error another type of snapshot
  todos.subscribe('board:{boardId}', { boardId: 1 }, () => {}, { onSnapshot: (board: { cards: string[] }) => board });
  // @ts-expect-error nothing resumes
  todos.subscribe('todos:created', () => {}, { onLost: () => {} });
  // @ts-expect-error a topic without a snapshot
  todos.live('todos:updated', (state: Todo) => state);
  // @ts-expect-error another state
  todos.live('board:{boardId}', { boardId: 1 }, () => ({ cards: [] }));
  // @ts-expect-error the function is missing
  todos.live('board:{boardId}', { boardId: 1 });
  // @ts-expect-error the key is missing
  todos.live('board:{boardId}', state => state);
  // @ts-expect-error a topic that is no presence
  todos.presence('board:{boardId}', { boardId: 1 });
  // @ts-expect-error the key is missing
  todos.presence('board:{boardId}:viewers');
  // @ts-expect-error a topic that is no state
  todos.state('board:{boardId}:viewers', { boardId: 1 });
  // @ts-expect-error the value is read-only
  board.value = { moves: [] };
  // @ts-expect-error a channel without topics
  client.getRoute('rooms', { roomId: 'r1' }).live('board:{boardId}', { boardId: 1 }, state => state);
}

export async function streaming(client: PikkuWebSocket): Promise<void> {
  const todos = client.getRoute('todos');
  for await (const item of todos.stream('count', { to: 3 }, { signal: new AbortController().signal, timeout: 1, buffer: 5 }))
    is<Equal<typeof item, number>>();
  for await (const item of todos.stream('watch')) is<Equal<typeof item, Todo>>();
  for await (const item of todos.via('command').stream('export', undefined, { buffer: 5 })) is<Equal<typeof item, string>>();

  // @ts-expect-error no such stream
  todos.stream('coun', { to: 3 });
  // @ts-expect-error an action that is no stream
  todos.stream('list');
  // @ts-expect-error a stream
  await todos.send('count', { to: 3 });
  // @ts-expect-error a stream of another routing key
  todos.stream('export');
  // @ts-expect-error an action that is no stream
  todos.via('command').stream('clear');
  // @ts-expect-error the input is missing
  todos.stream('count');
  // @ts-expect-error of another type
  todos.stream('count', { to: '3' });
  // @ts-expect-error a channel without streams
  client.getRoute('rooms', { roomId: 'r1' }).stream('count', { to: 3 });
}

export function opening(): void {
  const client = new PikkuWebSocket('wss://example.com', {
    token: ({ reason }) => {
      is<Equal<typeof reason, 'connect' | 'expiring' | 'refused'>>();
      return reason === 'refused' ? null : Promise.resolve('token');
    },
    pingInterval: 10_000,
    onOpen: async route => {
      // Each name is the name of one channel.
      if (route.name === 'todos') await route.send('list');
      // @ts-expect-error another channel has this action, or it has none
      if (route.name === 'rooms') await route.send('list');
    },
    reconnect: { minDelay: 1, maxDelay: 2, maxAttempts: 3 },
  });
  new PikkuWebSocket(new URL('wss://example.com'), { reconnect: false, offline: 'refuse' });
  new PikkuWebSocket(socket);

  const room = client.getRoute('rooms', { roomId: 'r1', limit: 5, tags: ['a'] });
  room.onMessage(message => is<Equal<typeof message, unknown>>());
  // @ts-expect-error the opening data are missing
  client.getRoute('rooms');
  // @ts-expect-error a path parameter is missing
  client.getRoute('rooms', { limit: 5 });
  // @ts-expect-error of another type
  client.getRoute('rooms', { roomId: 'r1', limit: '5' });
  // @ts-expect-error this channel takes none
  client.getRoute('todos', { roomId: 'r1' });
  // @ts-expect-error this channel has no actions
  void room.send('create');
  // @ts-expect-error this channel has no default handler
  void room.fallback('text');
  // @ts-expect-error this channel has no binary handler
  room.sendBinary(new Uint8Array());
  // @ts-expect-error this channel has no topics
  room.subscribe('todos:created', () => {});
  // @ts-expect-error this channel calls no functions
  room.expose('confirm', () => ({ yes: true }));
  // @ts-expect-error no such option
  new PikkuWebSocket('wss://example.com', { tokens: () => 'token' });
  // @ts-expect-error no token
  new PikkuWebSocket('wss://example.com', { token: () => 5 });
  // @ts-expect-error no such word
  new PikkuWebSocket('wss://example.com', { offline: 'drop' });
}

export function failing(error: PikkuError): void {
  is<Equal<typeof error.status, number>>();
  is<Equal<typeof error.errorId, string | undefined>>();
  error.details?.map(({ path, message }) => path + message);
}
