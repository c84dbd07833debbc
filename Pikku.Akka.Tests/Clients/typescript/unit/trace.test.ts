import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connected, isolate } from './harness.ts';

isolate();

const context = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the trace context', () => {
  it('is sent with actions and streams, as it is when they are called (U6)', async () => {
    let current: string | undefined = context;
    const { route, socket } = await connected({ traceparent: () => current });
    const stream = route.stream('count', { to: 1 });
    void route.via('command').send('clear').catch(() => {});
    current = undefined;
    void route.via('command').send('clear').catch(() => {});
    void stream.next().catch(() => {});
    assert.deepEqual(socket.messages.map(({ traceparent }) => traceparent), [context, undefined, context]);
    assert.deepEqual(Object.keys(socket.messages[1]), ['command', 'id']);
  });

  it('is left out, and the error reported, if its function throws', async () => {
    const errors: unknown[] = [];
    const failure = new Error('no tracer');
    const { route, socket } = await connected({ traceparent: () => { throw failure; }, onError: error => void errors.push(error) });
    const answer = route.via('command').send('clear');
    assert.deepEqual(Object.keys(socket.messages[0]), ['command', 'id']);
    socket.answer(0, {});
    await answer;
    assert.deepEqual(errors, [failure]);
  });
});
