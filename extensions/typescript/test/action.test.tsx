import { act } from 'react';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usePikkuAction, usePikkuStatus } from '@pikku-akka/react';
import type { PikkuRoute } from '../../Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from '../../../Pikku.Akka.Tests/Clients/typescript/unit/fake-socket.ts';
import { accept, connected, makeClient, render, sent, turns } from './harness.tsx';

type Route = PikkuRoute<'todos'>;

/** Shows the state of an action, and hands out what it can do. */
function create(route: Route, options?: { cancelOnUnmount?: boolean }) {
  let actions!: { run(title: string, signal?: AbortSignal): Promise<unknown>; cancel(): void; reset(): void };
  function Create({ of = route }: { of?: Route }) {
    const { run, cancel, reset, status, isPending, data, error } = usePikkuAction(of, 'create', options);
    actions = { run: (title, signal) => run({ title }, { signal }), cancel, reset };
    return <p>{[status, isPending, data?.title, error?.message].join('|')}</p>;
  }
  return { Create, actions: () => actions };
}

const todo = (title: string) => ({ data: { id: '1', title, done: false } });
const answer = (index: number, body: object) => act(async () => FakeSocket.last.answer(index, body));

describe('an action', () => {
  it('is pending until its result arrives', async () => {
    const { route } = await connected();
    const { Create, actions } = create(route);
    const { container } = await render(<Create />);
    assert.equal(container.textContent, 'idle|false||');
    let result: unknown;
    await act(async () => void actions().run('a').then(value => (result = value)));
    assert.equal(container.textContent, 'pending|true||');
    await answer(0, todo('a'));
    assert.equal(container.textContent, 'success|false|a|');
    assert.deepEqual(result, todo('a').data);
  });

  it('shows its error, and a promise that nobody awaits is no unhandled rejection', async () => {
    const { route } = await connected();
    const { Create, actions } = create(route);
    const { container } = await render(<Create />);
    await act(async () => void actions().run('a'));
    await answer(0, todo('a'));
    await act(async () => void actions().run('b'));
    await answer(1, { error: { name: 'UnprocessableContentError', message: 'Too short.', status: 422 } });
    assert.equal(container.textContent, 'error|false|a|Too short.');
    await act(async () => actions().reset());
    assert.equal(container.textContent, 'idle|false||');
    await turns();
  });

  it('shows the last call, in whatever order the answers arrive', async () => {
    const { route } = await connected();
    const { Create, actions } = create(route);
    const { container } = await render(<Create />);
    await act(async () => {
      void actions().run('a');
      void actions().run('b');
    });
    await answer(1, todo('b'));
    await answer(0, todo('a'));
    assert.equal(container.textContent, 'success|false|b|');
  });

  it('is cancelled on the server (R3)', async () => {
    const { route } = await connected();
    const { Create, actions } = create(route);
    const { container } = await render(<Create />);
    await act(async () => void actions().run('a'));
    await act(async () => actions().cancel());
    assert.deepEqual(sent(), ['create', 'pikku-cancel']);
    assert.equal(container.textContent, 'idle|false||');
    const abort = new AbortController();
    await act(async () => void actions().run('b', abort.signal));
    await act(async () => abort.abort());
    assert.deepEqual([sent().at(-1), container.textContent], ['pikku-cancel', 'idle|false||']);
  });

  it('continues when its component is gone, unless cancelOnUnmount is set', async () => {
    for (const cancelOnUnmount of [false, true]) {
      const { route } = await connected();
      const { Create, actions } = create(route, { cancelOnUnmount });
      const { unmount } = await render(<Create />);
      await act(async () => void actions().run('a'));
      await unmount();
      assert.deepEqual(sent(), cancelOnUnmount ? ['create', 'pikku-cancel'] : ['create']);
    }
  });

  it('begins anew with another route', async () => {
    const { route } = await connected();
    const { Create, actions } = create(route);
    const { container, rerender } = await render(<Create />);
    await act(async () => void actions().run('a'));
    await answer(0, todo('a'));
    await rerender(<Create of={makeClient().getRoute('todos')} />);
    assert.equal(container.textContent, 'idle|false||');
  });

  it('may have another routing key', async () => {
    const { route } = await connected();
    let run!: () => Promise<void>;
    function Clear() {
      ({ run } = usePikkuAction(route, 'clear', { key: 'command' }));
      return null;
    }
    await render(<Clear />);
    await act(async () => void run());
    assert.equal(FakeSocket.last.messages[0].command, 'clear');
    await answer(0, {});
  });

  it('shows input that is not JSON as an error', async () => {
    const { route } = await connected();
    const { Create, actions } = create(route);
    const { container } = await render(<Create />);
    await act(async () => void actions().run(1n as never));
    assert.match(container.textContent!, /^error\|false\|\|.*BigInt/);
  });
});

describe('the status', () => {
  it('is that of the route, with the reason of the last change', async () => {
    const route = makeClient().getRoute('todos');
    function Status() {
      const { status, reason, missed } = usePikkuStatus(route);
      return <p>{[status, reason, missed].join('|')}</p>;
    }
    const { container } = await render(<><Status /><Status /></>);
    const shown = () => Array.from(container.children, one => one.textContent);
    assert.deepEqual(shown(), ['idle||false', 'idle||false']);
    assert.equal(FakeSocket.made.length, 0);
    await act(async () => void route.connect());
    assert.deepEqual(shown(), ['connecting||false', 'connecting||false']);
    await accept();
    assert.deepEqual(shown(), ['open||false', 'open||false']);
    act(() => FakeSocket.last.end(1012, 'Restart.')); // The next attempt follows in the next turn.
    assert.deepEqual(shown(), ['waiting|Restart.|false', 'waiting|Restart.|false']);
    await turns();
    await accept();
    assert.deepEqual(shown(), ['open||true', 'open||true']);
  });
});
