import { act, useState } from 'react';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usePikkuLive, usePikkuReducer, usePikkuState, usePikkuTopic, usePresence } from '@pikku-akka/react';
import type { PikkuRoute } from '../../Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from '../../../Pikku.Akka.Tests/Clients/typescript/unit/fake-socket.ts';
import { accept, connected, makeClient, reconnect, render, sent, turns } from './harness.tsx';

type Route = PikkuRoute<'todos'>;
const title = (text: string) => ({ id: '1', title: text, done: false });

function Updates({ route, limit }: { route: Route; limit?: number }) {
  const { events, last, missed, status, error } = usePikkuTopic(route, 'todos:updated', { limit });
  return <p>{[status, events.map(one => one.title).join(), last?.title, missed?.reason, error?.message].join('|')}</p>;
}

function Moves({ route, boardId }: { route: Route; boardId: number }) {
  const { value, missed, status, reset } = usePikkuReducer(route, 'board:{boardId}', { boardId }, (all: string[], { moved }) => [...all, moved], []);
  return <p onClick={reset}>{[status, value.join(), missed?.reason].join('|')}</p>;
}

function Board({ route, boardId, suffix = '' }: { route: Route; boardId: number; suffix?: string }) {
  const { value, status, error, reload } = usePikkuLive(
    route, 'board:{boardId}', { boardId }, (state, event) => ({ moves: [...state.moves, event.moved + suffix] }));
  return <p onClick={reload}>{[status, value?.moves.join(), error?.message].join('|')}</p>;
}

function Viewers({ route, label = '' }: { route: Route; label?: string }) {
  const { entries, infos, status } = usePresence(route, 'board:{boardId}:viewers', { boardId: 1 });
  return <p>{[label + status, entries.length, infos.join()].join('|')}</p>;
}

function Cursors({ route }: { route: Route }) {
  const { entries, status } = usePikkuState(route, 'board:{boardId}:cursors', { boardId: 1 });
  return <p>{[status, ...[...entries].map(([name, value]) => `${name}=${value}`)].join('|')}</p>;
}

const receive = (message: object, socket = FakeSocket.last) => act(async () => socket.receive(message));
const answer = (index: number, body: object, socket = FakeSocket.last) => act(async () => socket.answer(index, body));
const click = (container: HTMLElement) => act(async () => container.querySelector('p')!.click());

describe('a topic', () => {
  it('is subscribed to once on the wire in strict mode, and not any more when the component is gone', async () => {
    const { route } = await connected();
    const { container, unmount } = await render(<Updates route={route} />);
    assert.deepEqual(sent(), ['pikku-subscribe todos:updated']);
    assert.equal(container.textContent, 'loading||||');
    await answer(0, { data: {} });
    await receive({ topic: 'todos:updated', data: title('a') });
    await receive({ topic: 'todos:updated', data: title('b') });
    assert.equal(container.textContent, 'live|a,b|b||');
    await unmount();
    assert.deepEqual(sent(), ['pikku-subscribe todos:updated', 'pikku-unsubscribe todos:updated']);
  });

  it('opens the connection when it is first used, not while React renders', async () => {
    const route = makeClient().getRoute('todos');
    function Late() {
      usePikkuTopic(route, 'todos:updated');
      usePresence(route, 'board:{boardId}:viewers', { boardId: 1 });
      assert.equal(FakeSocket.made.length, 0);
      return null;
    }
    await render(<Late />);
    assert.equal(FakeSocket.made.length, 1);
    await accept();
    assert.deepEqual(sent(), ['pikku-subscribe todos:updated', 'pikku-subscribe board:1:viewers']);
  });

  it('keeps as many events as the limit says', async () => {
    const { route } = await connected();
    const { container, rerender } = await render(<Updates route={route} limit={2} />);
    await answer(0, { data: {} });
    for (const text of ['a', 'b', 'c']) await receive({ topic: 'todos:updated', data: title(text) });
    assert.equal(container.textContent, 'live|b,c|c||');
    await rerender(<Updates route={route} limit={1} />);
    await receive({ topic: 'todos:updated', data: title('d') });
    assert.equal(container.textContent, 'live|d|d||');
    assert.equal(sent().length, 1);
  });

  it('resumes after a reconnect and says what is missed (P2)', async () => {
    const { route } = await connected();
    const { container } = await render(<Moves route={route} boardId={1} />);
    await answer(0, { data: { recovery: 'none', position: 'x.1' } });
    await receive({ topic: 'board:1', data: { moved: 'a' }, at: 'x.2' });
    await act(async () => FakeSocket.last.end(1006));
    assert.equal(container.textContent, 'stale|a|');
    await turns();
    await accept();
    assert.equal(FakeSocket.last.messages[0].data.since, 'x.2');
    await answer(0, { data: { recovery: 'complete', position: 'x.2', replayed: 1 } });
    await receive({ topic: 'board:1', data: { moved: 'b' }, at: 'x.3' });
    assert.equal(container.textContent, 'live|a,b|');
    await reconnect();
    await answer(0, { data: { recovery: 'lost', reason: 'expired', position: 'x.9' } });
    assert.equal(container.textContent, 'live|a,b|expired');
    await click(container);
    assert.equal(container.textContent, 'live||');
  });

  it('changes with its key, and the old subscription ends', async () => {
    const { route } = await connected();
    const { container, rerender } = await render(<Moves route={route} boardId={1} />);
    await answer(0, { data: { position: 'x.1' } });
    await receive({ topic: 'board:1', data: { moved: 'a' }, at: 'x.2' });
    await rerender(<Moves route={route} boardId={2} />);
    assert.deepEqual(sent(), ['pikku-subscribe board:1', 'pikku-subscribe board:2', 'pikku-unsubscribe board:1']);
    assert.equal(container.textContent, 'loading||');
  });

  it('is closed with the error of a denial, or of the end of a subscription', async () => {
    const { route } = await connected();
    const { container, rerender } = await render(<Updates route={route} />);
    await answer(0, { error: { name: 'ForbiddenError', message: 'No.', status: 403 } });
    assert.equal(container.textContent, 'closed||||No.');
    await rerender(<Moves route={route} boardId={1} />);
    await answer(1, { data: { position: 'x.1' } });
    await receive({ action: 'pikku-unsubscribed', subscribed: 'board:1', error: { name: 'ForbiddenError', message: 'No more.', status: 403 } });
    assert.equal(container.textContent, 'closed||');
  });

  it('is closed with the route, and an application that renders it goes on', async () => {
    const { route } = await connected();
    route.close();
    const { container } = await render(<><Updates route={route} /><Board route={route} boardId={1} /><Viewers route={route} /></>);
    assert.deepEqual(Array.from(container.children, one => one.textContent), [
      'closed||||The route was closed.', 'closed||The route was closed.', 'closed|0|',
    ]);
  });
});

describe('a live state', () => {
  it('is the snapshot and the events, and is loaded again when events are lost (P9)', async () => {
    const { route } = await connected();
    const { container } = await render(<Board route={route} boardId={1} />);
    assert.deepEqual(sent(), ['pikku-subscribe board:1']);
    await answer(0, { data: { recovery: 'none', position: 'x.1', snapshot: { moves: ['a'] } } });
    await receive({ topic: 'board:1', data: { moved: 'b' }, at: 'x.2' });
    assert.equal(container.textContent, 'live|a,b|');
    await reconnect();
    assert.equal(container.textContent, 'stale|a,b|');
    await answer(0, { data: { recovery: 'lost', reason: 'limit', position: 'x.9', snapshot: { moves: ['c'] } } });
    assert.equal(container.textContent, 'live|c|');
    await click(container);
    assert.equal(container.textContent, 'stale|c|');
  });

  it('uses the function of the last render, without another subscription', async () => {
    const { route } = await connected();
    const { container, rerender } = await render(<Board route={route} boardId={1} suffix="1" />);
    await answer(0, { data: { position: 'x.1', snapshot: { moves: [] } } });
    await receive({ topic: 'board:1', data: { moved: 'a' }, at: 'x.2' });
    await rerender(<Board route={route} boardId={1} suffix="2" />);
    await receive({ topic: 'board:1', data: { moved: 'b' }, at: 'x.3' });
    assert.deepEqual([container.textContent, sent().length], ['live|a1,b2|', 1]);
  });
});

describe('presence and state', () => {
  const list = { data: { recovery: 'none', position: 'x.1', snapshot: ['ann'], keys: ['1'] } };

  it('are shared by the components that show them (P10)', async () => {
    const { route } = await connected();
    const { container, rerender } = await render(<Viewers route={route} />);
    await answer(0, list);
    await receive({ topic: 'board:1:viewers', data: { key: '2', joined: 'bob' }, at: 'x.2' });
    assert.equal(container.textContent, 'live|2|ann,bob');
    // One component in place of another, and a second one: they show the list at once.
    await rerender(<div><Viewers route={route} label="A" /><Viewers route={route} label="B" /></div>);
    assert.equal(container.textContent, 'Alive|2|ann,bobBlive|2|ann,bob');
    assert.deepEqual(sent(), ['pikku-subscribe board:1:viewers']);
    await rerender(null);
    assert.deepEqual(sent(), ['pikku-subscribe board:1:viewers', 'pikku-unsubscribe board:1:viewers']);
  });

  it('begin anew after nobody has shown them', async () => {
    const { route } = await connected();
    const { rerender, container } = await render(<Viewers route={route} />);
    await answer(0, list);
    await rerender(null);
    await answer(1, { data: {} });
    await rerender(<Viewers route={route} />);
    assert.equal(container.textContent, 'loading|0|');
    assert.equal(sent().length, 3);
  });

  it('show the entries by their key (P11)', async () => {
    const { route } = await connected();
    const { container } = await render(<Cursors route={route} />);
    await answer(0, { data: { position: 'x.1', snapshot: { ann: 1 } } });
    await receive({ topic: 'board:1:cursors', data: { key: 'bob', value: 2 }, at: 'x.2' });
    await receive({ topic: 'board:1:cursors', data: { key: 'ann', removed: true }, at: 'x.3' });
    assert.equal(container.textContent, 'live|bob=2');
  });
});

it('what a render shows that is never committed leaves nothing behind', async () => {
  const { route, socket } = await connected();
  const never = new Promise<never>(() => {});
  function Suspended(): never {
    usePikkuTopic(route, 'todos:updated');
    usePresence(route, 'board:{boardId}:viewers', { boardId: 1 });
    useState(0);
    throw never;
  }
  const { Suspense } = await import('react');
  await render(<Suspense fallback="wait"><Suspended /></Suspense>);
  assert.deepEqual(sent(socket), []);
});
