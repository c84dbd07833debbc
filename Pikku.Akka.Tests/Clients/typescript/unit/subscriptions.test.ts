import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { PikkuError } from '../../../../extensions/Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from './fake-socket.ts';
import { connected, isolate, make, named, pass, reconnect, turns } from './harness.ts';

isolate();

/** What the client has asked for, as `subscribe board:1`. */
const asked = (socket: FakeSocket): string[] =>
  socket.messages.map(({ action, data }) => `${action.replace('pikku-', '')} ${data?.topic ?? ''}`.trim());

const forbidden = { name: 'ForbiddenError', status: 403, message: 'Not yours.' };
const busy = { name: 'ServiceUnavailableError', status: 503, message: 'Later.' };

/** The server answers the last request for a topic. */
function confirm(socket: FakeSocket, body?: object): void {
  const index = socket.sent.length - 1;
  const { action, data: { topic } } = socket.messages[index];
  socket.answer(index, body ?? { data: { [action === 'pikku-subscribe' ? 'subscribed' : 'unsubscribed']: topic } });
}

const event = (socket: FakeSocket, topic: string, data: unknown): void => socket.receive({ topic, data });
const ended = (socket: FakeSocket, topic: string): void =>
  socket.receive({ action: 'pikku-unsubscribed', subscribed: topic, error: forbidden });

/** Records what a handler is told. */
function recorder() {
  const log: string[] = [];
  const handler = ({ moved }: { moved: string }, { topic }: { topic: string }): void => void log.push(`${topic} ${moved}`);
  const options = {
    onSubscribed: () => void log.push('subscribed'),
    onDenied: ({ name, status }: PikkuError) => void log.push(`denied ${name} ${status}`),
    onEnded: ({ name, status }: PikkuError) => void log.push(`ended ${name} ${status}`),
  };
  return { log, handler, options };
}

describe('a subscription', () => {
  it('opens the connection, subscribes on the server and receives the events of its topic (O2)', async () => {
    const { log, handler, options } = recorder();
    const route = make().getRoute('todos');
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    assert.equal(route.status, 'connecting');
    await turns();
    FakeSocket.last.accept();
    await turns();
    const socket = FakeSocket.last;
    assert.deepEqual(socket.messages.map(({ id, ...rest }) => [typeof id, rest]), [['string', { action: 'pikku-subscribe', data: { topic: 'board:1' } }]]);
    assert.deepEqual(log, []);
    confirm(socket);
    event(socket, 'board:1', { moved: 'a' });
    event(socket, 'board:2', { moved: 'b' });
    assert.deepEqual(log, ['subscribed', 'board:1 a']);
  });

  it('of a plain name has no key', async () => {
    const { route, socket } = await connected();
    const titles: string[] = [];
    route.subscribe('todos:updated', ({ title }) => void titles.push(title));
    assert.deepEqual(asked(socket), ['subscribe todos:updated']);
    confirm(socket);
    event(socket, 'todos:updated', { title: 'x' });
    assert.deepEqual(titles, ['x']);
  });

  it('of a topic that clients cannot subscribe to sends nothing', async () => {
    const { route, socket } = await connected();
    const seen: string[] = [];
    const stop = route.subscribe('room:1', ({ text }) => void seen.push(text));
    event(socket, 'room:1', { text: 'a' });
    stop();
    event(socket, 'room:1', { text: 'b' });
    await reconnect();
    assert.deepEqual([seen, socket.sent, FakeSocket.last.sent], [['a'], [], []]);
    const idle = make().getRoute('todos');
    idle.subscribe('room:1', () => {});
    await turns();
    assert.deepEqual([FakeSocket.made.length, idle.status], [2, 'idle']);
  });

  it('is shared by its handlers and ends with the last one', async () => {
    const { route, socket } = await connected();
    const [one, two] = [recorder(), recorder()];
    const stopOne = route.subscribe('board:{boardId}', { boardId: 1 }, one.handler, one.options);
    confirm(socket);
    const stopTwo = route.subscribe('board:{boardId}', { boardId: 1 }, two.handler, two.options);
    await turns();
    event(socket, 'board:1', { moved: 'a' });
    stopOne();
    stopOne();
    event(socket, 'board:1', { moved: 'b' });
    assert.deepEqual(asked(socket), ['subscribe board:1']);
    stopTwo();
    event(socket, 'board:1', { moved: 'c' });
    assert.deepEqual([one.log, two.log], [['subscribed', 'board:1 a'], ['subscribed', 'board:1 a', 'board:1 b']]);
    assert.deepEqual(asked(socket), ['subscribe board:1', 'unsubscribe board:1']);
    confirm(socket);
    stopTwo();
    assert.equal(socket.sent.length, 2);
  });

  it('is made before waiting messages are sent, and after onOpen has signed in', async () => {
    const route = make({ onOpen: async opened => void (opened.name === 'todos' && (await opened.send('list'))) }).getRoute('todos');
    route.subscribe('todos:updated', () => {});
    void route.send('create', { title: 'x' }).catch(() => {});
    await turns();
    FakeSocket.last.accept();
    await turns();
    FakeSocket.last.answer(0, { data: [] });
    await turns();
    assert.deepEqual(asked(FakeSocket.last), ['list', 'subscribe todos:updated', 'create']);
  });

  it('is made again after a reconnect, and an onSubscribed of its handler is called again', async () => {
    const { route, socket } = await connected();
    const { log, handler, options } = recorder();
    const stop = route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    confirm(socket);
    const next = await reconnect();
    assert.deepEqual(asked(next), ['subscribe board:1']);
    confirm(next);
    event(next, 'board:1', { moved: 'a' });
    assert.deepEqual(log, ['subscribed', 'subscribed', 'board:1 a']);
    stop();
    assert.deepEqual(asked(await reconnect()), []);
  });

  it('that is denied is reported to all of its handlers and forgotten', async () => {
    const { route, socket } = await connected();
    const [one, two, other] = [recorder(), recorder(), recorder()];
    const stop = route.subscribe('board:{boardId}', { boardId: 1 }, one.handler, one.options);
    route.subscribe('board:{boardId}', { boardId: 1 }, two.handler, two.options);
    confirm(socket, { error: forbidden });
    route.subscribe('board:{boardId}', { boardId: 2 }, other.handler, other.options);
    confirm(socket);
    event(socket, 'board:1', { moved: 'a' });
    stop();
    assert.deepEqual([one.log, two.log, other.log], [['denied ForbiddenError 403'], ['denied ForbiddenError 403'], ['subscribed']]);
    assert.deepEqual(asked(await reconnect()), ['subscribe board:2']);
  });

  it('that is denied can be made again by the callback', async () => {
    const { route, socket } = await connected();
    const { log, handler, options } = recorder();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, { onDenied: () => route.subscribe('board:{boardId}', { boardId: 2 }, handler, options) });
    confirm(socket, { error: forbidden });
    confirm(socket);
    assert.deepEqual([asked(socket), log], [['subscribe board:1', 'subscribe board:2'], ['subscribed']]);
  });

  it('that the server ends is reported to its handlers and not made again (Q1)', async () => {
    const { route, socket } = await connected();
    const { log, handler, options } = recorder();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    confirm(socket);
    ended(socket, 'board:2');
    ended(socket, 'board:1');
    ended(socket, 'board:1');
    event(socket, 'board:1', { moved: 'a' });
    assert.deepEqual(log, ['subscribed', 'ended ForbiddenError 403']);
    assert.deepEqual(asked(await reconnect()), []);
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    confirm(FakeSocket.last);
    assert.deepEqual(log.slice(2), ['subscribed']);
  });

  it('that is denied or ended without a callback is reported to onError', async () => {
    const errors: unknown[] = [];
    const { route, socket } = await connected({ onError: error => errors.push(error) });
    route.subscribe('todos:updated', () => {});
    confirm(socket, { error: forbidden });
    route.subscribe('todos:updated', () => {});
    confirm(socket);
    ended(socket, 'todos:updated');
    assert.deepEqual(errors.map(named('ForbiddenError', 403)), [true, true]);
  });

  it('that fails for now is repeated with backoff and reported to onError', async () => {
    const errors: unknown[] = [];
    const { route, socket } = await connected({ onError: error => errors.push(error) });
    const { log, handler, options } = recorder();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    for (const delay of [500, 1000, 2000]) {
      confirm(socket, { error: busy });
      const count = socket.sent.length;
      await pass(delay - 1);
      assert.equal(socket.sent.length, count);
      await pass(1);
      assert.equal(socket.sent.length, count + 1);
    }
    confirm(socket);
    assert.deepEqual([log, errors.length], [['subscribed'], 3]);
  });

  it('that fails for now is not repeated without a handler', async () => {
    const { route, socket } = await connected({ onError: () => {} });
    const stop = route.subscribe('todos:updated', () => {});
    confirm(socket, { error: busy });
    stop();
    await pass(20_000);
    assert.equal(socket.sent.length, 1);
    route.subscribe('todos:updated', () => {});
    assert.equal(socket.sent.length, 2);
  });

  it('is not possible on a closed route, and a route that the server has closed subscribes when it is connected again', async () => {
    const { route, socket } = await connected();
    const { log, handler, options } = recorder();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    confirm(socket);
    socket.end(1000, 'idle');
    assert.equal(route.status, 'closed');
    void route.connect();
    await turns();
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual(asked(FakeSocket.last), ['subscribe board:1']);
    route.close();
    assert.throws(() => route.subscribe('todos:updated', () => {}), named('ClosedError'));
    assert.deepEqual(log, ['subscribed']);
  });
});

describe('the name of a topic', () => {
  it('has the values of its key, in which only characters with a meaning are escaped (O2)', async () => {
    const { route, socket } = await connected();
    for (const [tenant, path] of [['a:b', 'c/d'], ['50%', '{x}'], ['grün ✓ 😀', '\u0000\u001f\u007f\u0080'], ['..', "a%3Ab?#&+'"]] as const)
      route.subscribe('{tenant}/files:{path}', { tenant, path }, () => {});
    assert.deepEqual(socket.messages.map(({ data: { topic } }) => topic), [
      'a%3Ab/files:c%2Fd', '50%25/files:%7Bx%7D', 'grün ✓ 😀/files:%00%1F%7F\u0080', "../files:a%253Ab?#&+'",
    ]);
  });

  it('needs all values of its key', async () => {
    const { route } = await connected();
    for (const key of [{}, { boardId: null }, { boardId: undefined }])
      assert.throws(() => route.subscribe('board:{boardId}', key as unknown as { boardId: number }, () => {}), /'board:\{boardId\}' lacks 'boardId'/);
  });
});

describe('when handlers come and go while the server answers', () => {
  it('a handler that is removed before the answer ends the subscription after it', async () => {
    const { route, socket } = await connected();
    const { log, handler, options } = recorder();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options)();
    assert.deepEqual(asked(socket), ['subscribe board:1']);
    confirm(socket);
    assert.deepEqual(asked(socket), ['subscribe board:1', 'unsubscribe board:1']);
    confirm(socket);
    assert.deepEqual(log, []);
  });

  it('a handler that is removed and added again before the answer changes nothing', async () => {
    const { route, socket } = await connected();
    const { log, handler, options } = recorder();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options)();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    confirm(socket);
    assert.deepEqual([asked(socket), log], [['subscribe board:1'], ['subscribed']]);
  });

  it('a handler that is added before the end is confirmed subscribes again after it', async () => {
    const { route, socket } = await connected();
    const { log, handler, options } = recorder();
    const stop = route.subscribe('board:{boardId}', { boardId: 1 }, () => {});
    confirm(socket);
    stop();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    // The server ended the first subscription at the same time; the second one was not asked for yet.
    ended(socket, 'board:1');
    assert.equal(socket.sent.length, 2);
    confirm(socket);
    assert.deepEqual(asked(socket), ['subscribe board:1', 'unsubscribe board:1', 'subscribe board:1']);
    confirm(socket, { error: forbidden });
    assert.deepEqual(log, ['denied ForbiddenError 403']);
  });

  it('an end that fails for now is repeated, and one that fails for good is over', async () => {
    const { route, socket } = await connected({ onError: () => {} });
    const stop = route.subscribe('todos:updated', () => {});
    confirm(socket);
    stop();
    confirm(socket, { error: busy });
    await pass(500);
    assert.deepEqual(asked(socket), ['subscribe todos:updated', 'unsubscribe todos:updated', 'unsubscribe todos:updated']);
    confirm(socket, { error: { name: 'NotFoundError', status: 404, message: '' } });
    await pass(60_000);
    assert.equal(socket.sent.length, 3);
  });

  it('a handler that is added before an end fails for good subscribes', async () => {
    const { route, socket } = await connected();
    const { log, handler, options } = recorder();
    const stop = route.subscribe('board:{boardId}', { boardId: 1 }, () => {});
    confirm(socket);
    stop();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    confirm(socket, { error: { name: 'NotFoundError', status: 404, message: '' } });
    assert.deepEqual([asked(socket).at(-1), log], ['subscribe board:1', []]);
  });

  it('an answer that the end of the connection has lost is asked for again on the next one', async () => {
    const errors: unknown[] = [];
    const { route, socket } = await connected({ onError: error => errors.push(error) });
    const { log, handler, options } = recorder();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    // The connection ends with an error of the server, which is no answer to the subscription.
    socket.receive({ error: forbidden });
    const next = await reconnect();
    assert.deepEqual([asked(next), log, errors.length], [['subscribe board:1'], [], 1]);
    confirm(next);
    // An answer that the ended connection still delivers belongs to nobody.
    confirm(socket, { error: forbidden });
    assert.deepEqual(log, ['subscribed']);
  });

  it('an end whose answer is lost is not asked for on the next connection', async () => {
    const { route, socket } = await connected();
    const stop = route.subscribe('todos:updated', () => {});
    confirm(socket);
    stop();
    assert.deepEqual(asked(await reconnect()), []);
  });

  it('a handler that is removed while the client reconnects is not subscribed, and one that is added is', async () => {
    const { route, socket } = await connected();
    const stop = route.subscribe('board:{boardId}', { boardId: 1 }, () => {});
    confirm(socket);
    socket.end(1006);
    stop();
    route.subscribe('board:{boardId}', { boardId: 2 }, () => {});
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual(asked(FakeSocket.last), ['subscribe board:2']);
  });

  it('a repetition that waits does not delay the subscription on the next connection, and does not run there', async () => {
    const { route, socket } = await connected({ onError: () => {} });
    route.subscribe('todos:updated', () => {});
    for (const delay of [500, 1000, 2000, 4000]) {
      confirm(socket, { error: busy });
      await pass(delay);
    }
    confirm(socket, { error: busy });
    const next = await reconnect();
    assert.deepEqual(asked(next), ['subscribe todos:updated']);
    await pass(60_000);
    assert.equal(next.sent.length, 1);
  });

  it('a refusal of the whole connection is no answer to a subscription', async () => {
    const errors: unknown[] = [];
    const { route, socket } = await connected({ onError: error => errors.push(error) });
    const { log, handler, options } = recorder();
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    socket.receive({ error: forbidden });
    socket.end(4403, 'no');
    assert.equal(route.status, 'closed');
    void route.connect();
    await turns();
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual([asked(FakeSocket.last), log, errors.length], [['subscribe board:1'], [], 1]);
  });

  it('a handler that only listens does not end the subscription of others', async () => {
    const { route, socket } = await connected();
    const untyped = route as unknown as { subscribe(topic: string, handler: () => void): () => void };
    const stop = route.subscribe('board:{boardId}', { boardId: 1 }, () => {});
    confirm(socket);
    untyped.subscribe('board:1', () => {})();
    stop();
    assert.deepEqual(asked(socket), ['subscribe board:1', 'unsubscribe board:1']);
  });

  it('a handler that is removed at once is not told that the subscription is in force', async () => {
    const { route, socket } = await connected();
    const { log, handler, options } = recorder();
    route.subscribe('board:{boardId}', { boardId: 1 }, () => {});
    confirm(socket);
    route.subscribe('board:{boardId}', { boardId: 1 }, handler, options)();
    const stop = route.subscribe('board:{boardId}', { boardId: 1 }, handler, options);
    await turns();
    assert.deepEqual(log, ['subscribed']);
    stop();
  });

  it('nothing is sent on a socket that closes', async () => {
    const { route, socket } = await connected();
    socket.readyState = 2;
    const stop = route.subscribe('todos:updated', () => {});
    assert.deepEqual(socket.sent, []);
    stop();
    route.subscribe('board:{boardId}', { boardId: 1 }, () => {});
    assert.deepEqual(asked(await reconnect()), ['subscribe board:1']);
  });

  it('random steps always end with what the handlers want', async () => {
    let seed = 1;
    const next = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    const { route } = await connected({ onError: () => {}, reconnect: { minDelay: 1, maxDelay: 1 } });
    const topics = ['board:1', 'board:2'];
    const stops: (() => void)[][] = [[], []];
    // What the server has, and the requests that it has not answered yet.
    let server = new Set<string>();
    let open: { index: number; socket: FakeSocket }[] = [];
    let seen = 0;
    const receive = (): void => {
      for (; seen < FakeSocket.last.sent.length; seen++) open.push({ index: seen, socket: FakeSocket.last });
    };
    const answer = (): void => {
      const request = open.shift();
      if (!request) return;
      const { action, data: { topic } } = request.socket.messages[request.index];
      if (next(8) === 0) return request.socket.answer(request.index, { error: busy });
      if (action === 'pikku-subscribe') server.add(topic);
      else server.delete(topic);
      request.socket.answer(request.index, { data: {} });
    };
    for (let step = 0; step < 3000; step++) {
      const board = next(2);
      const what = next(12);
      if (what < 4) stops[board]!.push(route.subscribe('board:{boardId}', { boardId: board + 1 }, () => {}));
      else if (what < 8) stops[board]!.splice(next(stops[board]!.length || 1), 1)[0]?.();
      else if (what < 11) answer();
      else if (next(5) === 0) {
        [server, open, seen] = [new Set(), [], 0];
        FakeSocket.last.end(1006);
        await pass(1);
        FakeSocket.last.accept();
        await turns();
      }
      receive();
      assert.equal(open.length <= topics.length, true, 'one request for each topic');
      // No request changes nothing.
      for (const { index, socket } of open) {
        const { action, data } = socket.messages[index];
        assert.equal(action === 'pikku-subscribe', !server.has(data.topic));
      }
    }
    for (let step = 0; step < 100; step++) {
      receive();
      answer();
      await pass(30_000);
    }
    assert.deepEqual([...server].sort(), topics.filter((_, board) => stops[board]!.length > 0));
  });
});

describe('the loop over events', () => {
  const topic = 'board:{boardId}';
  const key = { boardId: 1 };

  it('gets the events from the call on, also those that came before the loop began', async () => {
    const { route, socket } = await connected();
    const events = route.events(topic, key);
    assert.deepEqual(asked(socket), ['subscribe board:1']);
    confirm(socket);
    event(socket, 'board:1', { moved: 'a' });
    event(socket, 'board:1', { moved: 'b' });
    const seen: string[] = [];
    for await (const { moved } of events) {
      seen.push(moved);
      if (moved === 'b') event(socket, 'board:1', { moved: 'c' });
      if (moved === 'c') break;
    }
    assert.deepEqual([seen, asked(socket)], [['a', 'b', 'c'], ['subscribe board:1', 'unsubscribe board:1']]);
    assert.deepEqual(await events.next(), { value: undefined, done: true });
  });

  it('waits for events, several calls of next at a time', async () => {
    const { route, socket } = await connected();
    const events = route.events('room:1');
    const both = Promise.all([events.next(), events.next()]);
    event(socket, 'room:1', { text: 'a' });
    event(socket, 'room:1', { text: 'b' });
    assert.deepEqual((await both).map(({ value }) => value?.text), ['a', 'b']);
    assert.deepEqual(socket.sent, []);
  });

  it('fails if the subscription is denied or ended, after the events that came before', async () => {
    const { route, socket } = await connected();
    const denied = route.events(topic, key);
    confirm(socket, { error: forbidden });
    await assert.rejects(denied.next(), named('ForbiddenError', 403));

    const events = route.events(topic, key);
    confirm(socket);
    event(socket, 'board:1', { moved: 'a' });
    ended(socket, 'board:1');
    event(socket, 'board:1', { moved: 'b' });
    assert.deepEqual(await events.next(), { value: { moved: 'a' }, done: false });
    await assert.rejects(events.next(), named('ForbiddenError', 403));
    assert.deepEqual(await events.next(), { value: undefined, done: true });
    assert.deepEqual(asked(socket), ['subscribe board:1', 'subscribe board:1']);
  });

  it('fails if the connection is lost, because events may be missing', async () => {
    const { route, socket } = await connected();
    const requested = route.events(topic, key);
    confirm(socket);
    const sent = route.events('room:1');
    const early = make().getRoute('todos').events('room:1').next();
    const waits = requested.next();
    event(socket, 'room:1', { text: 'a' });
    socket.end(1006);
    await assert.rejects(waits, named('ConnectionLostError', 0));
    assert.equal((await sent.next()).done, false);
    await assert.rejects(sent.next(), named('ConnectionLostError', 0));
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual(FakeSocket.last.sent, []);
    // A loop on a route that never was open has lost nothing.
    assert.equal(await Promise.race([early, turns()]), undefined);
  });

  it('of a topic that clients cannot subscribe to goes on waiting while the route connects for the first time', async () => {
    const route = make().getRoute('todos');
    const waits = route.events('room:1').next();
    void route.connect();
    await turns();
    FakeSocket.last.fail();
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    event(FakeSocket.last, 'room:1', { text: 'a' });
    assert.deepEqual(await waits, { value: { text: 'a' }, done: false });
  });

  it('goes on waiting if the connection is lost before the subscription was in force', async () => {
    const route = make().getRoute('todos');
    const waits = route.events(topic, key).next();
    await turns();
    FakeSocket.last.fail();
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    const next = await reconnect();
    confirm(next);
    event(next, 'board:1', { moved: 'a' });
    assert.deepEqual(await waits, { value: { moved: 'a' }, done: false });
  });

  it('fails if the route closes, and at once on a closed route', async () => {
    const { route, socket } = await connected();
    const waits = route.events(topic, key).next();
    socket.end(4403, 'no');
    await assert.rejects(waits, named('ClosedError'));
    await assert.rejects(route.events(topic, key).next(), named('ClosedError'));
    route.close();
    await assert.rejects(route.events('todos:updated').next(), named('ClosedError'));
    assert.equal(socket.sent.length, 1);
  });

  it('fails with the reason of its signal and ends the subscription', async () => {
    const { route, socket } = await connected();
    const controller = new AbortController();
    const events = route.events(topic, key, { signal: controller.signal });
    confirm(socket);
    event(socket, 'board:1', { moved: 'a' });
    controller.abort();
    await assert.rejects(events.next(), { name: 'AbortError' });
    assert.deepEqual(asked(socket), ['subscribe board:1', 'unsubscribe board:1']);
    await assert.rejects(route.events('todos:updated', { signal: AbortSignal.abort('no') }).next(), error => error === 'no');
    assert.equal(socket.sent.length, 2);
  });

  it('fails if it is too slow, after the events that its buffer holds', async () => {
    const { route, socket } = await connected();
    const events = route.events(topic, key, { buffer: 2 });
    confirm(socket);
    for (const moved of ['a', 'b', 'c', 'd']) event(socket, 'board:1', { moved });
    assert.deepEqual(asked(socket), ['subscribe board:1', 'unsubscribe board:1']);
    assert.deepEqual([(await events.next()).value, (await events.next()).value], [{ moved: 'a' }, { moved: 'b' }]);
    await assert.rejects(events.next(), named('BufferOverflowError', 0));
  });

  it('that nobody runs does not grow without a limit', async () => {
    const { route, socket } = await connected();
    route.events(topic, key);
    confirm(socket);
    for (let n = 0; n < 10_000; n++) event(socket, 'board:1', { moved: '' });
    assert.equal(socket.sent.length, 1);
    event(socket, 'board:1', { moved: '' });
    assert.deepEqual(asked(socket), ['subscribe board:1', 'unsubscribe board:1']);
  });
});

describe('messages of the protocol that the client does not know', () => {
  it('are ignored, unless they are errors', async () => {
    const errors: unknown[] = [];
    const { route, socket } = await connected({ onError: error => errors.push(error) });
    const messages = mock.fn();
    route.onMessage(messages);
    for (const message of [
      { action: 'pikku-new' }, { action: 'pikku-pong' }, { action: 'pikku-pong', ready: true }, { action: 'pikku-unsubscribed' },
      { action: 'pikku-unsubscribed', subscribed: '__proto__', error: 5 }, { action: 'pikku-subscribe', id: 'p99', data: { subscribed: 'x' } },
      { action: 'pikku-subscribe', id: 'p99', error: forbidden }, { action: 'pikku-auth', id: null }, { action: 'pikku-', topic: 'room:1', data: 1 },
    ]) socket.receive(message);
    assert.deepEqual([messages.mock.callCount(), errors], [0, []]);
    socket.receive({ action: 'pikku-new', error: forbidden });
    assert.equal(errors.length, 1);
  });
});
