// The code of docs/react.md, character by character. It is compiled and never run.
import { createPikkuContext, usePikkuAction, usePikkuLive, usePikkuReducer, usePikkuState, usePikkuStatus, usePikkuStream, usePikkuTopic, usePresence } from '@pikku-akka/react';
import { PikkuWebSocket } from '../examples/board/client.ts';

export const client = new PikkuWebSocket('wss://example.com');
export const { PikkuProvider, usePikkuRoute } = createPikkuContext<PikkuWebSocket>();

export const Page = () => <PikkuProvider client={client}><Chat /></PikkuProvider>;

function CreateTodo() {
  const { run, cancel, isPending, data, error } = usePikkuAction(usePikkuRoute('todos-live'), 'create', { timeout: 5_000 });
  return (
    <>
      <button disabled={isPending} onClick={() => run({ title: 'Buy milk' })}>Add</button>
      {isPending && <button onClick={cancel}>Cancel</button>}
      <p>{error ? error.message : data?.todo.title}</p>
    </>
  );
}

function Count({ to }: { to: number }) {
  const { items, last, status, error, restart } = usePikkuStream(usePikkuRoute('boards'), 'count', { to }, { limit: 10 });
  return <p onClick={restart}>{error?.message ?? status} {items.length} {last}</p>;
}

function Chat() {
  const route = usePikkuRoute('boards');
  const { events, missed, clear } = usePikkuTopic(route, 'public:{name}', { name: 'news' }, { limit: 50 });
  const { value: count } = usePikkuReducer(route, 'public:{name}', { name: 'news' }, (n: number) => n + 1, 0);
  return <p onClick={clear}>{missed && `Events are missing: ${missed.reason}`} {events.length} of {count}</p>;
}

function State() {
  const { value, status, reload } = usePikkuLive(usePikkuRoute('boards'), 'state:{name}', { name: 'news' }, (state, event) => ({ state: `${state.state} ${event}` }));
  return <p onClick={reload}>{status} {value?.state}</p>;
}

function People({ boardId }: { boardId: string }) {
  const route = usePikkuRoute('boards');
  const { entries: people } = usePresence(route, 'viewers:{boardId}', { boardId });
  const { entries: cursors } = usePikkuState(route, 'cursors:{boardId}', { boardId });
  return <p>{people.length} people, {cursors.size} cursors, {cursors.get('ann')?.x}</p>;
}

function Connection() {
  const { status, reason } = usePikkuStatus(usePikkuRoute('boards'));
  return status === 'open' ? null : <p>{status} {reason}</p>;
}

export const all = [CreateTodo, Count, State, People, Connection];
