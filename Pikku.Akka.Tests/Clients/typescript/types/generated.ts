// The generated client of the sample: what the compiler lets through, and what it does not. Compiled, never run.
import { Level, PikkuWebSocket, type Book, type Parameters, type Scalars, type Todo, type TodoEvent, type TodoPriority } from '../conformance.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <_T extends true>(): void => {};

export async function checked(client: PikkuWebSocket): Promise<void> {
  // @ts-expect-error no such channel
  client.getRoute('todo-live');
  const todos = client.getRoute('todos-live');

  const { todo } = await todos.send('create', { title: 'Buy milk', priority: 'high' });
  is<Equal<typeof todo, Todo>>();
  is<Equal<Todo['priority'], TodoPriority>>();
  await todos.send('list');
  await todos.send('list', { completed: true });
  // @ts-expect-error no such action
  await todos.send('remove', {});
  // @ts-expect-error the title is required
  await todos.send('create', {});
  // @ts-expect-error no such field
  await todos.send('create', { title: 'x', titel: 'y' });
  // @ts-expect-error a field of another type
  await todos.send('create', { title: 1 });
  // @ts-expect-error no such value
  await todos.send('create', { title: 'x', priority: 'urgent' });
  // @ts-expect-error the input is missing
  await todos.send('complete');

  todos.subscribe('todo-created', event => is<Equal<typeof event, TodoEvent>>());
  // @ts-expect-error no such topic
  todos.subscribe('todo-removed', () => {});

  const types = client.getRoute('types');
  const book = await types.send('firstBook', { books: [], byName: {}, notes: [null], grid: [[1]] });
  is<Equal<typeof book, Book | null>>();
  is<Equal<Scalars['level'], 1 | 10>>();
  is<Equal<Scalars['genre'], 'fiction' | 'non-fiction'>>();
  await types.send('drawing', { shapes: [{ kind: 'circle', radius: 1 }, { kind: 'square', side: 2, turned: Level.High }] });
  // @ts-expect-error of another case
  await types.send('drawing', { shapes: [{ kind: 'circle', side: 1 }] });
  // @ts-expect-error null where none may be
  await types.send('optional', { title: 'x', limit: null });
  await types.send('strict', { 'full-name': 'x', class: null });

  // A function with simple parameters: its input has them by name, and those with a default or with null may be left out.
  const id = '11111111-1111-1111-1111-111111111111';
  const placed = await types.send('parameters', { id, rating: 1, genres: ['fiction'] });
  is<Equal<typeof placed, Parameters>>();
  await types.send('parameters', { id, rating: 1, genres: [], note: null, level: Level.High, limit: null });
  // @ts-expect-error a parameter without a default
  await types.send('parameters', { id, genres: [] });
  // @ts-expect-error a parameter of another type
  await types.send('parameters', { id, rating: '1', genres: [] });
  // @ts-expect-error null where none may be
  await types.send('parameters', { id, rating: 1, genres: [], level: null });
  // @ts-expect-error no such parameter
  await types.send('parameters', { id, rating: 1, genres: [], limits: 1 });
  // @ts-expect-error all parameters that are required are missing
  await types.send('parameters');
  const difference: number = await types.send('allOptional');
  await types.send('allOptional', { to: difference });

  client.getRoute('rooms', { roomId: 'r1', tags: ['a'] });
  // @ts-expect-error the opening data are required
  client.getRoute('rooms');

  const rpc = client.getRoute('rpc');
  rpc.expose('confirm', question => ({ yes: question.text === 'sure?' }));
  // @ts-expect-error no such function
  rpc.expose('deny', () => ({ yes: false }));
  // @ts-expect-error an answer of another type
  rpc.expose('confirm', () => ({ yes: 'no' }));

  client.getRoute('bin').sendBinary(new Uint8Array(1));
  // @ts-expect-error takes no binary frames
  client.getRoute('chat').sendBinary(new Uint8Array(1));
  const upper: string = await client.getRoute('text').fallback('x');
  client.getRoute('events').subscribe(`any:${upper}`, payload => is<Equal<typeof payload, unknown>>());
}
