import './dom.ts';
import { Component, type ReactNode } from 'react';
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { renderToString } from 'react-dom/server';
import { createPikkuContext, usePikkuAction, usePikkuLive, usePikkuReducer, usePikkuState, usePikkuStatus, usePikkuTopic, usePresence } from '@pikku-akka/react';
import type { PikkuWebSocket } from '../../Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from '../../../Pikku.Akka.Tests/Clients/typescript/unit/fake-socket.ts';
import { makeClient, render } from './harness.tsx';

const { PikkuProvider, usePikkuClient, usePikkuRoute } = createPikkuContext<PikkuWebSocket>();

describe('the context', () => {
  it('has the client and its routes', async () => {
    const client = makeClient();
    const routes = new Set<unknown>();
    function Room({ roomId }: { roomId: string }) {
      routes.add(usePikkuRoute('rooms', { roomId }));
      assert.equal(usePikkuClient(), client);
      return null;
    }
    const { rerender, unmount } = await render(<PikkuProvider client={client}><Room roomId="1" /></PikkuProvider>);
    await rerender(<PikkuProvider client={client}><Room roomId="1" /></PikkuProvider>);
    assert.deepEqual([...routes], [client.getRoute('rooms', { roomId: '1' })]);
    await rerender(<PikkuProvider client={client}><Room roomId="2" /></PikkuProvider>);
    assert.equal(routes.size, 2);
    await unmount();
    assert.equal(client.getRoute('rooms', { roomId: '1' }).status, 'idle');
  });

  it('says which provider is missing', async () => {
    class Boundary extends Component<{ children: ReactNode }> {
      override state = { message: '' };
      static getDerivedStateFromError = ({ message }: Error) => ({ message });
      override render = () => this.state.message || this.props.children;
    }
    function Lost() {
      usePikkuRoute('todos');
      return null;
    }
    mock.method(console, 'error', () => {}); // React reports what the boundary has caught.
    mock.method(console, 'warn', () => {});
    const { container } = await render(<Boundary><Lost /></Boundary>);
    mock.restoreAll();
    assert.match(container.textContent!, /There is no client\. Render the component inside of the PikkuProvider/);
  });
});

describe('on a server', () => {
  it('everything renders what there is before a connection, and no connection is opened', () => {
    const client = makeClient();
    function Page() {
      const route = usePikkuRoute('todos');
      const key = { boardId: 1 };
      return (
        <>
          {usePikkuStatus(route).status} {usePikkuAction(route, 'list').status} {usePikkuTopic(route, 'todos:updated').status}{' '}
          {usePikkuReducer(route, 'board:{boardId}', key, (n: number) => n + 1, 7).value} {usePikkuLive(route, 'board:{boardId}', key, state => state).status}{' '}
          {usePresence(route, 'board:{boardId}:viewers', key).entries.length} {usePikkuState(route, 'board:{boardId}:cursors', key).entries.size}
        </>
      );
    }
    const html = renderToString(<PikkuProvider client={client}><Page /></PikkuProvider>);
    assert.equal(html.replaceAll('<!-- -->', ''), 'idle idle loading 7 loading 0 0');
    assert.equal(FakeSocket.made.length, 0);
  });
});
