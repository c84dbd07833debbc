import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeSocket } from './fake-socket.ts';
import { connected, isolate, make, named, pass, turns } from './harness.ts';

isolate();

/** The server sends items of the stream that the message at an index has begun. */
const items = (socket: FakeSocket, index: number, ...values: unknown[]): void => {
  for (const item of values) socket.answer(index, { item });
};

/** A stream whose first item was asked for. */
async function begun(options: { timeout?: number; buffer?: number; signal?: AbortSignal } = {}) {
  const { route, socket } = await connected();
  const stream = route.stream('count', { to: 3 }, options);
  return { route, socket, stream, first: stream.next() };
}

const cancelled = { error: { name: 'RequestCancelledError', status: 499, message: 'Cancelled.' } };

describe('a stream', () => {
  it('returns its items in order and ends (R1)', async () => {
    const { route, socket } = await connected();
    const seen: number[] = [];
    for await (const item of (setImmediate(() => { items(socket, 0, 1, 2); setImmediate(() => { items(socket, 0, 3); socket.answer(0, { done: true }); }); }),
      route.stream('count', { to: 3 }))) seen.push(item);
    assert.deepEqual(seen, [1, 2, 3]);
    assert.deepEqual(socket.messages.map(({ id, ...rest }) => rest), [{ action: 'count', data: { to: 3 } }]);
  });

  it('is sent when its first item is asked for', async () => {
    const { route, socket } = await connected();
    const stream = route.via('command').stream('export');
    assert.deepEqual(socket.sent, []);
    const first = stream.next();
    assert.deepEqual(Object.keys(socket.messages[0]), ['command', 'id']);
    items(socket, 0, 'a');
    assert.deepEqual(await first, { value: 'a', done: false });
    assert.equal((await route.stream('count', { to: 1 }).return!()).done, true);
    assert.equal(socket.sent.length, 1);
  });

  it('may be empty, and may have items that are null or look like messages', async () => {
    const { socket, stream, first, route } = await begun();
    const values = [null, 0, '', { id: 'p1', error: { name: 'x' } }, { done: true }, [1]];
    items(socket, 0, ...values);
    socket.answer(0, { done: true });
    assert.deepEqual((await first).value, null);
    const rest: unknown[] = [];
    for await (const item of stream) rest.push(item);
    assert.deepEqual(rest, values.slice(1));

    const empty = route.stream('count', { to: 0 }).next();
    socket.answer(1, { done: true });
    assert.deepEqual(await empty, { value: undefined, done: true });
  });

  it('fails with the error of the server, after its items (R1)', async () => {
    const { socket, stream, first } = await begun();
    items(socket, 0, 1, 2);
    socket.answer(0, { error: { name: 'NotFoundError', status: 404, message: 'No.' } });
    assert.deepEqual([(await first).value, (await stream.next()).value], [1, 2]);
    await assert.rejects(stream.next(), named('NotFoundError', 404));
    assert.equal((await stream.next()).done, true);
    assert.equal(socket.sent.length, 1);
  });

  it('is cancelled when its loop is left, and later items are ignored (R3)', async () => {
    const { route, socket } = await connected();
    const messages: unknown[] = [];
    route.onMessage(message => messages.push(message));
    setImmediate(() => items(socket, 0, 1, 2));
    for await (const _ of route.stream('count', { to: 3 })) break;
    assert.deepEqual(socket.messages[1], { action: 'pikku-cancel', id: socket.messages[0].id });
    items(socket, 0, 3);
    socket.answer(0, cancelled);
    assert.deepEqual([messages, socket.sent.length], [[], 2]);
  });

  it('is cancelled when its loop throws', async () => {
    const { route, socket } = await connected();
    setImmediate(() => items(socket, 0, 1));
    await assert.rejects(async () => {
      for await (const _ of route.stream('count', { to: 3 })) throw new RangeError('enough');
    }, RangeError);
    assert.equal(socket.messages[1].action, 'pikku-cancel');
  });

  it('is cancelled by its signal, and its loop fails with the reason at once (R3)', async () => {
    const controller = new AbortController();
    const { socket, stream, first } = await begun({ signal: controller.signal });
    items(socket, 0, 1, 2);
    await first;
    controller.abort('enough');
    await assert.rejects(stream.next(), error => error === 'enough');
    assert.equal((await stream.next()).done, true);
    assert.equal(socket.messages[1].action, 'pikku-cancel');
    socket.answer(0, cancelled);
  });

  it('is not sent if its signal is aborted before', async () => {
    const { route, socket } = await connected();
    await assert.rejects(route.stream('count', { to: 3 }, { signal: AbortSignal.abort() }).next(), { name: 'AbortError' });
    assert.deepEqual(socket.sent, []);
  });

  it('is not cancelled after its end', async () => {
    const controller = new AbortController();
    const { socket, stream, first } = await begun({ signal: controller.signal });
    items(socket, 0, 1);
    socket.answer(0, { done: true });
    await first;
    controller.abort();
    assert.equal((await stream.next()).done, true);
    await stream.return!();
    assert.equal(socket.sent.length, 1);
  });

  it('fails if the connection is lost, after its items, and is not repeated', async () => {
    const { socket, stream, first } = await begun();
    items(socket, 0, 1, 2);
    socket.end(1006);
    assert.deepEqual([(await first).value, (await stream.next()).value], [1, 2]);
    await assert.rejects(stream.next(), named('ConnectionLostError', 0));
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual(FakeSocket.last.sent, []);
  });

  it('waits for a connection, and one that is left meanwhile is never sent', async () => {
    const route = make().getRoute('todos');
    const [left, kept] = [route.stream('count', { to: 3 }), route.stream('watch')];
    const waits = [left.next(), kept.next()];
    await left.return!();
    await turns();
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual(FakeSocket.last.messages.map(({ action }) => action), ['watch']);
    items(FakeSocket.last, 0, { id: '1' });
    assert.deepEqual(await Promise.all(waits), [{ value: undefined, done: true }, { value: { id: '1' }, done: false }]);
  });

  it('has a timeout until its first item', async () => {
    const silent = await begun({ timeout: 100 });
    const fails = assert.rejects(silent.first, named('TimeoutError', 0));
    await pass(100);
    await fails;
    assert.equal(silent.socket.messages[1].action, 'pikku-cancel');

    const slow = await begun({ timeout: 100 });
    items(slow.socket, 0, 1);
    await slow.first;
    const next = slow.stream.next();
    await pass(100_000);
    items(slow.socket, 0, 2);
    assert.deepEqual(await next, { value: 2, done: false });
  });

  it('is cancelled and fails if its loop is too slow, after the items that its buffer holds', async () => {
    const { socket, stream, first } = await begun({ buffer: 2 });
    items(socket, 0, 1, 2, 3, 4, 5);
    assert.equal(socket.messages[1].action, 'pikku-cancel');
    socket.answer(0, cancelled);
    assert.deepEqual([(await first).value, (await stream.next()).value, (await stream.next()).value], [1, 2, 3]);
    await assert.rejects(stream.next(), named('BufferOverflowError', 0));
  });

  it('with a loop that keeps up may have any number of items', async () => {
    const { socket, stream, first } = await begun();
    items(socket, 0, 0);
    await first;
    for (let n = 1; n <= 5000; n++) {
      const next = stream.next();
      items(socket, 0, n);
      assert.equal((await next).value, n);
    }
    assert.equal(socket.sent.length, 1);
  });

  it('does not disturb other calls and streams', async () => {
    const { route, socket, stream, first } = await begun();
    const second = route.stream('count', { to: 2 });
    const other = second.next();
    const listed = route.send('list');
    items(socket, 1, 'b');
    items(socket, 0, 'a');
    socket.answer(2, { data: ['c'] });
    await stream.return!();
    items(socket, 1, 'd');
    assert.deepEqual([(await first).value, (await other).value, await listed, (await second.next()).value], ['a', 'b', ['c'], 'd']);
  });

  it('whose items answer a call that is no stream are ignored', async () => {
    const { route, socket } = await connected();
    const messages: unknown[] = [];
    route.onMessage(message => messages.push(message));
    const listed = route.send('list');
    items(socket, 0, 1);
    socket.answer(0, { data: [] });
    const text = route.fallback('x');
    socket.receive({ item: 1 });
    socket.receive({ data: 'X' });
    assert.deepEqual([await listed, await text, messages], [[], 'X', [{ item: 1 }]]);
  });
});
