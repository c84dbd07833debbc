import { act } from 'react';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usePikkuStream } from '@pikku-akka/react';
import type { PikkuRoute } from '../../Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from '../../../Pikku.Akka.Tests/Clients/typescript/unit/fake-socket.ts';
import { connected, render, sent, turns } from './harness.tsx';

type Route = PikkuRoute<'todos'>;

function Count({ route, to, limit }: { route: Route; to: number; limit?: number }) {
  const { status, items, last, error, restart } = usePikkuStream(route, 'count', { to }, { limit });
  return <p onClick={restart}>{[status, items.join(), last, error?.message].join('|')}</p>;
}

function Export({ route }: { route: Route }) {
  const { status, items } = usePikkuStream(route, 'export', undefined, { key: 'command' });
  return <p>{[status, items.join()].join('|')}</p>;
}

const answer = (index: number, body: object, socket = FakeSocket.last) => act(async () => socket.answer(index, body));

/** The messages without their ids. */
const messages = (): unknown[] => FakeSocket.last.messages.map(({ id, ...rest }) => rest);

describe('a stream', () => {
  it('is called once on the wire in strict mode, and its items and its end are shown', async () => {
    const { route } = await connected();
    const { container } = await render(<Count route={route} to={3} />);
    assert.deepEqual(messages(), [{ action: 'count', data: { to: 3 } }]);
    assert.equal(container.textContent, 'loading|||');
    await answer(0, { item: 1 });
    await answer(0, { item: 2 });
    assert.equal(container.textContent, 'streaming|1,2|2|');
    await answer(0, { done: true });
    assert.equal(container.textContent, 'done|1,2|2|');
  });

  it('is cancelled on the server when the component is gone', async () => {
    const { route } = await connected();
    const { unmount } = await render(<Count route={route} to={3} />);
    await answer(0, { item: 1 });
    await unmount();
    await turns();
    assert.deepEqual(sent().length, 2);
    assert.equal(FakeSocket.last.messages[1].action, 'pikku-cancel');
  });

  it('is called again for another input, without items of the one before', async () => {
    const { route } = await connected();
    const { container, rerender } = await render(<Count route={route} to={3} />);
    await answer(0, { item: 1 });
    await rerender(<Count route={route} to={4} />);
    assert.equal(container.textContent, 'loading|||');
    await answer(0, { item: 2 });
    assert.equal(container.textContent, 'loading|||');
    const second = FakeSocket.last.messages.findIndex(one => one.data?.to === 4);
    await answer(second, { item: 7 });
    assert.equal(container.textContent, 'streaming|7|7|');
  });

  it('shows an error after its items, and begins again when it is asked to', async () => {
    const { route } = await connected();
    const { container } = await render(<Count route={route} to={3} />);
    await answer(0, { item: 1 });
    await answer(0, { error: { name: 'NotFoundError', status: 404, message: 'It is gone.' } });
    assert.equal(container.textContent, 'error|1|1|It is gone.');
    await act(async () => container.querySelector('p')!.click());
    await turns();
    assert.equal(container.textContent, 'loading|||');
    await answer(1, { item: 5 });
    assert.equal(container.textContent, 'streaming|5|5|');
  });

  it('keeps as many items as the limit says', async () => {
    const { route } = await connected();
    const { container } = await render(<Count route={route} to={9} limit={2} />);
    for (const item of [1, 2, 3]) await answer(0, { item });
    assert.equal(container.textContent, 'streaming|2,3|3|');
  });

  it('may have another routing key', async () => {
    const { route } = await connected();
    const { container } = await render(<Export route={route} />);
    assert.deepEqual(messages(), [{ command: 'export' }]);
    await answer(0, { item: 'a' });
    assert.equal(container.textContent, 'streaming|a');
  });
});
