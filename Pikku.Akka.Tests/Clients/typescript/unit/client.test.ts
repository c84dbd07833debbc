import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { PikkuError, PikkuWebSocket, type PikkuStatusChange } from '../../../../extensions/Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from './fake-socket.ts';
import { chance, connected, isolate, keep, make, named, pass, reconnected, turns, withPage } from './harness.ts';

isolate();

describe('sending', () => {
  it('connects with the first message and sends it in an envelope', async () => {
    const route = make().getRoute('todos');
    assert.equal(route.status, 'idle');
    const created = route.send('create', { title: 'x' });
    await turns();
    const socket = FakeSocket.last;
    assert.deepEqual([socket.url, socket.protocols, socket.binaryType], ['ws://server/todos', ['pikku.v1'], 'arraybuffer']);
    assert.deepEqual(socket.sent, []);

    socket.accept();
    await turns();
    const [{ id, ...rest }] = socket.messages;
    assert.equal(typeof id, 'string');
    assert.deepEqual(rest, { action: 'create', data: { title: 'x' } });
    socket.answer(0, { data: { id: '1', title: 'x', done: false } });
    assert.deepEqual(await created, { id: '1', title: 'x', done: false });
  });

  it('matches answers by their id in any order', async () => {
    const { route, socket } = await connected();
    const answers = Promise.all([route.send('list'), route.send('find', { text: 'x' }), route.send('create', { title: 'x' })]);
    socket.answer(2, { data: 'third' });
    socket.answer(0, { data: [] });
    socket.answer(1, { data: null });
    assert.deepEqual(await answers, [[], null, 'third']);
  });

  it('omits missing data, and resolves to undefined for an answer without data', async () => {
    const { route, socket } = await connected();
    const cleared = route.via('command').send('clear');
    assert.deepEqual(Object.keys(socket.messages[0]), ['command', 'id']);
    socket.answer(0, {});
    assert.equal(await cleared, undefined);
  });

  it('rejects with all properties of an error of the server', async () => {
    const { route, socket } = await connected();
    const created = route.send('create', { title: '' });
    const details = [{ path: 'title', message: 'must be longer' }];
    socket.answer(0, { error: { name: 'UnprocessableContentError', status: 422, message: 'No.', details, errorId: 'abc' } });
    await assert.rejects(created, error => {
      assert.ok(error instanceof PikkuError && error instanceof Error);
      const { name, status, message, errorId } = error;
      assert.deepEqual({ name, status, message, details: error.details, errorId },
        { name: 'UnprocessableContentError', status: 422, message: 'No.', details, errorId: 'abc' });
      return true;
    });
  });

  it('rejects after its timeout and ignores a later answer', async () => {
    const { route, socket } = await connected({ timeout: 1000 });
    const messages: unknown[] = [];
    route.onMessage(message => messages.push(message));
    const short = assert.rejects(route.send('list', undefined, { timeout: 10 }), named('TimeoutError', 0));
    const long = assert.rejects(route.send('list'), named('TimeoutError', 0));
    await pass(10);
    await short;
    assert.deepEqual(socket.messages[2], { action: 'pikku-cancel', id: socket.messages[0].id });
    socket.answer(0, { data: [] });
    assert.deepEqual(messages, []);
    await pass(990);
    await long;
  });

  it('has no timeout if it is 0 or longer than timers support', async () => {
    const { route, socket } = await connected({ timeout: 0 });
    const answers = Promise.all([route.send('list'), route.send('list', undefined, { timeout: Infinity })]);
    await pass(10_000_000);
    socket.answer(0, { data: [] });
    socket.answer(1, { data: [] });
    assert.deepEqual(await answers, [[], []]);
  });

  it('rejects with the reason of a signal and cancels what was sent (R3)', async () => {
    const { route, socket } = await connected();
    const controller = new AbortController();
    const sent = route.send('list', undefined, { signal: controller.signal });
    controller.abort('enough');
    await assert.rejects(sent, error => error === 'enough');
    assert.deepEqual(socket.messages[1], { action: 'pikku-cancel', id: socket.messages[0].id });
    socket.answer(0, { error: { name: 'RequestCancelledError', status: 499, message: 'Cancelled.' } });
    await assert.rejects(route.send('list', undefined, { signal: controller.signal }), error => error === 'enough');
    await assert.rejects(route.send('list', undefined, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.equal(socket.sent.length, 2);
  });

  it('cancels nothing after the answer, and nothing that was never sent (R3)', async () => {
    const { route, socket } = await connected();
    const controller = new AbortController();
    const answered = route.send('list', undefined, { signal: controller.signal });
    socket.answer(0, { data: [] });
    await answered;
    controller.abort();
    assert.equal(socket.sent.length, 1);

    socket.end(1006);
    const queued = new AbortController();
    const waiting = route.send('list', undefined, { signal: queued.signal });
    await pass(500);
    queued.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual(FakeSocket.last.sent, []);
  });

  it('cancels a message of the default handler by its own id (R3)', async () => {
    const { route, socket } = await connected();
    const untyped = route as unknown as { fallback(data: unknown, options: object): Promise<unknown> };
    const controller = new AbortController();
    const sent = [{ id: 7 }, 'text'].map(data => untyped.fallback(data, { signal: controller.signal }));
    controller.abort();
    for (const each of sent) await assert.rejects(each, { name: 'AbortError' });
    assert.deepEqual(socket.sent, ['{"id":7}', 'text', '{"action":"pikku-cancel","id":7}']);
  });

  it('rejects data that JSON cannot express', async () => {
    const { route } = await connected();
    await assert.rejects(route.send('create', { title: 1n as unknown as string }), TypeError);
  });

  it('supports names that objects already have', async () => {
    const { route, socket } = await connected();
    const untyped = route as unknown as { send(action: string, data: unknown): Promise<unknown>; subscribe(topic: string, cb: () => void): () => void };
    const answer = untyped.send('__proto__', JSON.parse('{"__proto__":1,"constructor":2}'));
    assert.match(String(socket.sent[0]), /"action":"__proto__".*"data":\{"__proto__":1,"constructor":2\}/);
    socket.answer(0, { data: 1 });
    assert.equal(await answer, 1);

    let events = 0;
    for (const topic of ['__proto__', 'constructor', 'toString']) untyped.subscribe(topic, () => events++);
    for (const topic of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) socket.receive({ topic, data: 1 });
    socket.receive({ action: 'pikku-rpc-request', id: '1', funcName: 'constructor' });
    await turns();
    assert.equal(events, 3);
    assert.equal(socket.messages[1].error.name, 'RPCNotFoundError');
  });

  it('does not buffer without a limit on a slow network', async () => {
    const { route, socket } = await connected();
    socket.bufferedAmount = 17 * 1024 * 1024;
    await assert.rejects(route.send('list'), named('OfflineError'));
  });
});

describe('the default handler', () => {
  it('receives an object with an additional id', async () => {
    const { route, socket } = await connected();
    const untyped = route as unknown as { fallback(data: unknown): Promise<unknown> };
    const answers = Promise.all([untyped.fallback({ n: 1 }), untyped.fallback({ id: 7, n: 2 })]);
    assert.equal(socket.messages[0].n, 1);
    assert.deepEqual(socket.messages[1], { id: 7, n: 2 });
    socket.receive({ id: 7, data: 'second' });
    socket.receive({ id: socket.messages[0].id, data: 'first' });
    assert.deepEqual(await answers, ['first', 'second']);
  });

  it('receives text unchanged, and its answers are matched by order', async () => {
    const { route, socket } = await connected();
    const late = assert.rejects(route.fallback('one', { timeout: 10 }), named('TimeoutError'));
    const answers = [route.fallback('two'), route.fallback('three')];
    assert.deepEqual(socket.sent, ['one', 'two', 'three']);
    await pass(10);
    await late;
    socket.receive({ data: 'ONE' });
    socket.receive({ data: 'TWO' });
    assert.equal(await answers[0], 'TWO');
    socket.receive({ error: { name: 'BadRequestError', status: 400, message: 'No.' } });
    await assert.rejects(answers[1]!, named('BadRequestError', 400));
  });
});

describe('a received message', () => {
  it('reaches all callbacks of its topic until they are removed', async () => {
    const { route, socket } = await connected();
    const seen: string[] = [];
    const both = (event: { text: string }): void => void seen.push(`both ${event.text}`);
    const off = route.subscribe('room:1', event => seen.push(`first ${event.text}`));
    route.subscribe('room:1', both);
    route.subscribe('room:2', both);
    socket.receive({ topic: 'room:1', data: { text: 'a' } });
    off();
    off();
    socket.receive({ topic: 'room:1', data: { text: 'b' } });
    socket.receive({ topic: 'room:2', data: { text: 'c' } });
    assert.deepEqual(seen, ['first a', 'both a', 'both b', 'both c']);
  });

  it('goes to onMessage if it belongs to nothing else: text, numbers, lists and objects, even with an id', async () => {
    const { route, socket } = await connected();
    const messages: unknown[] = [];
    route.onMessage(message => messages.push(message));
    const sent = [{ welcome: 'hi' }, 'raw text', '7', '[1,2]', { id: '5', title: 'x' }, { topic: 'x' }, {}, { data: 1 }];
    for (const message of sent) socket.receive(message);
    assert.deepEqual(messages, [{ welcome: 'hi' }, 'raw text', 7, [1, 2], { id: '5', title: 'x' }, { topic: 'x' }, {}, { data: 1 }]);
  });

  it('may be binary', async () => {
    const { route, socket } = await connected();
    const frames: Uint8Array[] = [];
    route.onBinary(bytes => void frames.push(bytes));
    socket.receive(Uint8Array.of(1, 2).buffer);
    assert.deepEqual(frames, [Uint8Array.of(1, 2)]);
    route.sendBinary(Uint8Array.of(3));
    assert.deepEqual(socket.sent, [Uint8Array.of(3)]);
  });

  it('never breaks the client', async () => {
    const { route, socket } = await connected();
    const answer = route.send('list');
    const garbage = [
      '', '{', 'null', 'true', '[[', '{"id":null}', '{"id":{}}', '{"topic":1,"data":1}', '{"error":null}', '{"error":{}}', '{"error":[]}',
      '{"action":"pikku-rpc-request"}', '{"action":"pikku-rpc-request","id":[],"funcName":{}}', '{"id":"p999","data":1}', '{"errorName":5}',
      '{"error":{"name":{"toString":1},"message":[],"details":{},"errorId":1}}', '{"errorName":"x","error":{"toString":1}}',
      '{"__proto__":{"topic":"x"}}', '{"id":"__proto__","data":1}', '\u0000', '"', '1e999',
    ];
    for (const text of garbage) socket.receive(text);
    socket.receive(new ArrayBuffer(0));
    await turns();
    socket.answer(0, { data: ['still'] });
    assert.deepEqual(await answer, ['still']);
    assert.equal(route.status, 'open');
  });

  it('reaches the other callbacks if one throws, and the exception is reported', async () => {
    const errors: unknown[] = [];
    const { route, socket } = await connected({ onError: error => errors.push(error) });
    let reached = 0;
    route.subscribe('room:1', () => { throw new Error('first'); });
    route.subscribe('room:1', (async () => { throw new Error('second'); }) as () => void);
    route.subscribe('room:1', () => reached++);
    route.onStatus(() => { throw new Error('third'); });
    socket.receive({ topic: 'room:1', data: { text: 'a' } });
    await turns();
    socket.end(1006);
    assert.equal(reached, 1);
    assert.deepEqual(errors.map(error => (error as Error).message), ['first', 'second', 'third']);
    assert.equal(route.status, 'waiting');
  });

  it('is processed even if onError throws', async () => {
    const shown = mock.method(console, 'error', () => {});
    const { route, socket } = await connected({ onError: () => { throw new Error('again'); } });
    route.onMessage(() => { throw new Error('first'); });
    socket.receive({ welcome: 'x' });
    assert.equal(shown.mock.callCount(), 1);
    assert.equal(route.status, 'open');
  });
});

describe('calls of the server', () => {
  const call = (socket: FakeSocket, id: string, funcName = 'confirm', data: unknown = { text: 'Sure?' }): void =>
    socket.receive({ action: 'pikku-rpc-request', id, funcName, data });

  it('are answered, immediately or later', async () => {
    const { route, socket } = await connected();
    route.expose('confirm', async ({ text }, { pending }) => {
      pending('asking the user');
      await turns();
      return { yes: text === 'Sure?' };
    });
    call(socket, '1');
    await turns();
    await turns();
    assert.deepEqual(socket.messages, [
      { action: 'pikku-rpc-pending', id: '1', reason: 'asking the user' },
      { action: 'pikku-rpc-response', id: '1', ok: true, result: { yes: true } },
    ]);
  });

  it('are refused if the function is not or no longer exposed', async () => {
    const { route, socket } = await connected();
    const off = route.expose('confirm', () => ({ yes: true }));
    const second = route.expose('confirm', () => ({ yes: false }));
    off();
    call(socket, '1');
    await turns();
    assert.equal(socket.messages[0].result.yes, false);
    second();
    call(socket, '2');
    await turns();
    assert.deepEqual(socket.messages[1], {
      action: 'pikku-rpc-response', id: '2', ok: false, error: { name: 'RPCNotFoundError', message: 'Capability not exposed: confirm' },
    });
  });

  it('receive the exception of the function', async () => {
    const { route, socket } = await connected();
    const thrown: unknown[] = [new RangeError('too far'), 'text', undefined, { a: 1 }];
    route.expose('confirm', () => { throw thrown.shift(); });
    for (const id of ['1', '2', '3', '4']) call(socket, id);
    await turns();
    assert.deepEqual(socket.messages.map(({ ok, error }) => [ok, error.name, error.message]), [
      [false, 'RangeError', 'too far'], [false, 'Error', 'text'], [false, 'Error', 'The function failed.'], [false, 'Error', 'The function failed.'],
    ]);
  });

  it('receive an error if the result cannot be sent', async () => {
    const { route, socket } = await connected();
    route.expose('confirm', () => ({ yes: 1n }) as never);
    call(socket, '1');
    await turns();
    assert.equal(socket.messages[0].ok, false);
  });

  it('are aborted when the connection ends and are not answered on the next connection', async () => {
    const { route, socket } = await connected();
    let seen: AbortSignal | undefined, finish!: () => void;
    route.expose('confirm', async (_, { signal, pending }) => {
      seen = signal;
      await new Promise<void>(resolve => (finish = resolve));
      pending();
      return { yes: true };
    });
    call(socket, '1');
    socket.end(1006);
    assert.equal(seen?.aborted, true);
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    finish();
    await turns();
    assert.deepEqual(FakeSocket.last.sent, []);
  });
});

describe('a lost connection', () => {
  it('rejects open calls, keeps queued messages and says that events may have been missed', async () => {
    const { route, states, socket } = await connected();
    const sent = route.send('list');
    socket.end(1006);
    await assert.rejects(sent, named('ConnectionLostError', 0));
    const waiting = route.send('create', { title: 'x' });
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    FakeSocket.last.answer(0, { data: 1 });
    assert.equal(await waiting, 1);
    assert.deepEqual(states.map(({ previous, status, missed }) => `${previous} ${status}${missed ? ' missed' : ''}`), [
      'idle connecting', 'connecting open', 'open waiting', 'waiting connecting', 'connecting open missed',
    ]);
    assert.equal(states[2]?.code, 1006);
  });

  it('is retried after random delays whose maximum doubles up to a limit', async () => {
    const { states, socket } = await connected({ reconnect: { minDelay: 500, maxDelay: 30_000 } });
    socket.end(1006);
    for (let attempt = 0; attempt < 8; attempt++) {
      await pass(30_000);
      FakeSocket.last.fail();
    }
    const waits = states.filter(({ status }) => status === 'waiting').map(({ retryInMs }) => retryInMs);
    assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);

    chance.random = 0.25;
    await pass(30_000);
    FakeSocket.last.fail();
    assert.equal(states.at(-1)?.retryInMs, 7500);
    chance.random = 0;
    await pass(7500);
    FakeSocket.last.fail();
    assert.equal(states.at(-1)?.retryInMs, 0);
  });

  it('starts the backoff over only after a connection that was stable', async () => {
    const { states, socket } = await connected();
    socket.end(1006);
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    FakeSocket.last.end(1011);
    assert.equal(states.at(-1)?.retryInMs, 1000);
    await pass(1000);
    FakeSocket.last.accept();
    await turns();
    await pass(5000);
    FakeSocket.last.end(1006);
    assert.equal(states.at(-1)?.retryInMs, 500);
  });

  it('is retried after the delay that the server asks for, within limits', async () => {
    const { states, socket } = await connected();
    socket.end(1001, 'the node is going away; retry-after-ms=3297');
    assert.equal(states.at(-1)?.retryInMs, 3297);
    assert.equal(states.at(-1)?.reason, 'the node is going away; retry-after-ms=3297');
    await pass(3296);
    assert.equal(FakeSocket.made.length, 1);
    await pass(1);
    assert.equal(FakeSocket.made.length, 2);
    FakeSocket.last.accept();
    await turns();
    FakeSocket.last.end(1001, 'retry-after-ms=99999999999');
    assert.equal(states.at(-1)?.retryInMs, 300_000);
  });

  it('is retried with the usual backoff if there is no hint at the end of the reason', async () => {
    for (const [code, reason] of [[1001, ''], [1006, 'retry-after-ms=9'], [1001, 'retry-after-ms=9 or later']] as const) {
      const { states, socket } = await connected();
      socket.end(code, reason);
      assert.equal(states.at(-1)?.retryInMs, 500);
    }
  });

  for (const code of [1001, 1005, 1006, 1011, 1012, 1013, 4000, 4399, 4500]) {
    it(`is retried after ${code}`, async () => {
      const { route, socket } = await connected();
      socket.end(code);
      assert.equal(route.status, 'waiting');
    });
  }

  for (const code of [1000, 1002, 1003, 1007, 1009]) {
    it(`is not retried after ${code}, except by connect`, async () => {
      const { route, states, socket } = await connected();
      const sent = route.send('list');
      socket.end(code, 'why');
      assert.equal(route.status, 'closed');
      assert.deepEqual([states.at(-1)?.code, states.at(-1)?.reason], [code, 'why']);
      await assert.rejects(sent, named('ClosedError'));
      await assert.rejects(route.send('list'), named('ClosedError'));
      await pass(100_000);
      assert.equal(FakeSocket.made.length, 1);

      const ready = route.connect();
      await turns();
      FakeSocket.last.accept();
      await ready;
      assert.equal(route.status, 'open');
    });
  }

  it('is not retried if reconnect is off', async () => {
    const { route, socket } = await connected({ reconnect: false });
    socket.end(1006);
    assert.equal(route.status, 'closed');
  });

  it('closes the route after the maximum number of attempts', async () => {
    const { route, states, socket } = await connected({ reconnect: { maxAttempts: 2 } });
    await pass(5000);
    socket.end(1006);
    const waiting = route.send('list');
    const ready = route.connect();
    await pass(500);
    FakeSocket.last.fail();
    await pass(1000);
    FakeSocket.last.fail();
    assert.equal(route.status, 'closed');
    await assert.rejects(waiting, named('ClosedError'));
    await assert.rejects(ready, named('ClosedError'));
    assert.equal(FakeSocket.made.length, 3);
    assert.equal(states.filter(({ status }) => status === 'connecting').length, 3);
  });

  it('is handled once, and later events of its socket are ignored', async () => {
    const { route, states, socket } = await connected();
    const messages: unknown[] = [];
    route.onMessage(message => messages.push(message));
    socket.end(1006);
    const count = states.length;
    socket.end(1000);
    socket.receive({ welcome: 'late' });
    assert.deepEqual([states.length, messages], [count, []]);
  });

  it('is retried if connecting takes too long, including the token', async () => {
    const states: PikkuStatusChange[] = [];
    const route = make({ connectTimeout: 100, token: () => new Promise(() => {}) }).getRoute('todos');
    route.onStatus(change => void states.push(change));
    void route.connect();
    await pass(100);
    assert.equal(route.status, 'waiting');
    assert.equal((states.at(-1)?.error as Error).name, 'TimeoutError');
  });

  it('reports the last error of the server in the status', async () => {
    const errors: unknown[] = [];
    const { states, socket } = await connected({ onError: error => errors.push(error) });
    socket.receive({ error: { name: 'ForbiddenError', status: 403, message: 'No.' } });
    socket.end(1008, 'onConnect failed');
    assert.ok(named('ForbiddenError', 403)(states.at(-1)?.error));
    assert.ok(named('ForbiddenError', 403)(errors[0]));
  });

  it('is retried at once when the network returns or the page becomes visible', async () => {
    await withPage(async (page, fire) => {
      for (const event of ['online', 'visibilitychange']) {
        const { route, socket } = await connected();
        socket.end(1006);
        page.visibilityState = 'hidden';
        fire('visibilitychange');
        assert.equal(route.status, 'waiting');
        page.visibilityState = 'visible';
        fire(event);
        assert.equal(route.status, 'connecting');
        route.close();
        assert.equal(page.listeners.size, 0);
      }
    });
  });
});

describe('a token', () => {
  it('is requested for each connection and offered as a subprotocol', async () => {
    let asked = 0;
    const { socket } = await reconnected({ token: async () => `t${++asked}` });
    assert.deepEqual(FakeSocket.made.map(({ protocols }) => protocols), [['pikku.v1', 'pikku.bearer.t1'], ['pikku.v1', 'pikku.bearer.t2']]);
    socket.end(1008, 'the session has expired');
    await pass(1000);
    assert.deepEqual(FakeSocket.last.protocols, ['pikku.v1', 'pikku.bearer.t3']);
  });

  it('is optional', async () => {
    const { socket } = await connected({ token: () => null });
    assert.deepEqual(socket.protocols, ['pikku.v1']);
  });

  it('is requested again if the function fails', async () => {
    let asked = 0;
    const route = make({ token: () => (++asked === 1 ? Promise.reject(new Error('no')) : 't') }).getRoute('todos');
    const states: PikkuStatusChange[] = [];
    route.onStatus(change => void states.push(change));
    void route.connect();
    await turns();
    assert.equal((states.at(-1)?.error as Error).message, 'no');
    await pass(500);
    assert.deepEqual(FakeSocket.last.protocols, ['pikku.v1', 'pikku.bearer.t']);
  });
});

describe('onOpen', () => {
  it('runs before queued messages are sent, and its own messages are sent at once', async () => {
    const client = make({
      onOpen: async route => {
        if (route.name === 'todos') await route.send('list');
      },
    });
    const route = client.getRoute('todos');
    const created = route.send('create', { title: 'x' });
    for (let connection = 0; connection < 2; connection++) {
      await turns();
      FakeSocket.last.accept();
      await turns();
      assert.deepEqual(FakeSocket.last.messages.map(({ action }) => action), ['list']);
      assert.equal(route.status, 'connecting');
      FakeSocket.last.answer(0, { data: [] });
      await turns();
      assert.equal(route.status, 'open');
      if (connection === 0) {
        assert.deepEqual(FakeSocket.last.messages.map(({ action }) => action), ['list', 'create']);
        FakeSocket.last.answer(1, { data: 1 });
        await created;
        FakeSocket.last.end(1006);
        await pass(500);
      }
    }
  });

  it('ends the connection if it fails, and a new attempt follows', async () => {
    const { route, states, socket } = await connected({ onOpen: () => Promise.reject(new Error('not signed in')) });
    assert.equal(route.status, 'waiting');
    assert.equal(socket.closedWith, 1000);
    assert.equal((states.at(-1)?.error as Error).message, 'not signed in');
    await pass(500);
    assert.equal(FakeSocket.made.length, 2);
  });

  it('sends nothing on another connection than its own', async () => {
    const results: unknown[] = [];
    let go!: () => void;
    const { socket } = await connected({
      onOpen: async route => {
        if (results.length > 0 || route.name !== 'todos') return;
        results.push('began');
        await new Promise<void>(resolve => (go = resolve));
        await route.send('list').catch(error => results.push(error.name));
      },
    });
    socket.end(1006);
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    go();
    await turns();
    assert.deepEqual(results, ['began', 'ConnectionLostError']);
    assert.deepEqual(FakeSocket.last.sent, []);
  });
});

describe('without a connection', () => {
  it('messages wait in order, up to a limit', async () => {
    const route = make({ maxQueued: 2 }).getRoute('todos');
    const bytes = Uint8Array.of(1);
    const first = route.send('list');
    route.sendBinary(bytes);
    bytes[0] = 9;
    await assert.rejects(route.send('list'), named('OfflineError'));
    assert.throws(() => route.sendBinary(bytes), named('OfflineError'));
    await turns();
    FakeSocket.last.accept();
    await turns();
    assert.equal(FakeSocket.last.messages[0].action, 'list');
    assert.deepEqual(FakeSocket.last.sent[1], Uint8Array.of(1));
    FakeSocket.last.answer(0, { data: [] });
    await first;
  });

  it('abandoned messages are not sent and make room in the queue', async () => {
    const route = make({ maxQueued: 1 }).getRoute('todos');
    const controller = new AbortController();
    const aborted = route.send('list', undefined, { signal: controller.signal });
    controller.abort();
    await assert.rejects(aborted, { name: 'AbortError' });
    const late = assert.rejects(route.send('list', undefined, { timeout: 10 }), named('TimeoutError'));
    await pass(10);
    await late;
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual(FakeSocket.last.sent, []);
  });

  it('messages fail if the option asks for it, but the client still connects', async () => {
    const route = make({ offline: 'refuse' }).getRoute('todos');
    await assert.rejects(route.send('list'), named('OfflineError'));
    await turns();
    FakeSocket.last.accept();
    await turns();
    void route.send('list').catch(() => {});
    assert.equal(FakeSocket.last.sent.length, 1);
  });
});

describe('routes', () => {
  it('are the same for the same name and the same opening data', () => {
    const client = make();
    assert.equal(client.getRoute('todos'), client.getRoute('todos'));
    assert.equal(client.getRoute('rooms', { roomId: 'a' }), client.getRoute('rooms', { roomId: 'a' }));
    assert.notEqual(client.getRoute('rooms', { roomId: 'a' }), client.getRoute('rooms', { roomId: 'b' }));
  });

  it('have path parameters in the path and the rest in the query', async () => {
    const urlOf = async (base: string | URL, opening: { roomId: string; limit?: number; tags?: string[] }): Promise<string> => {
      void make({}, base).getRoute('rooms', opening).connect();
      await turns();
      return FakeSocket.last.url;
    };
    assert.equal(await urlOf('https://example.com/prefix/', { roomId: 'a b?#%ä', limit: 5, tags: ['x', 'y'] }),
      'wss://example.com/prefix/rooms/a%20b%3F%23%25%C3%A4?limit=5&tags=x&tags=y');
    assert.equal(await urlOf('http://example.com', { roomId: 'a/b', tags: ['x,y', 'z'] }), 'ws://example.com/rooms/a%2Fb?tags=x%2Cy&tags=z');
    assert.equal(await urlOf('http://example.com', { roomId: 'a%2Fb' }), 'ws://example.com/rooms/a%252Fb');
    assert.equal(await urlOf('http://example.com', { roomId: '../a/..' }), 'ws://example.com/rooms/..%2Fa%2F..');
    assert.equal(await urlOf(new URL('http://example.com?v=1#part'), { roomId: 'a' }), 'ws://example.com/rooms/a?v=1');
  });

  it('reject a path that changes its segments or lacks a parameter', () => {
    const client = make();
    for (const roomId of ['..', '.', '']) assert.throws(() => client.getRoute('rooms', { roomId }), TypeError);
  });

  it('close permanently and leave no timer and no listener', async () => {
    const { client, route, states, socket } = await connected();
    const sent = route.send('list');
    route.close();
    await assert.rejects(sent, named('ClosedError'));
    await assert.rejects(route.connect(), named('ClosedError'));
    await assert.rejects(route.send('list'), named('ClosedError'));
    assert.throws(() => route.sendBinary(new Uint8Array()), named('ClosedError'));
    assert.equal(socket.closedWith, 1000);
    assert.equal(states.at(-1)?.status, 'closed');
    socket.end(1006);
    await pass(100_000);
    assert.equal(FakeSocket.made.length, 1);
    assert.notEqual(client.getRoute('todos'), route);

    client.close();
    assert.throws(() => client.getRoute('todos'), named('ClosedError'));
  });

  it('may be closed by a callback of their status at any time', async () => {
    for (const at of ['connecting', 'open', 'waiting'] as const) {
      const route = make().getRoute('todos');
      route.onStatus(({ status }) => status === at && route.close());
      const sent = route.send('list');
      sent.catch(() => {});
      const made = FakeSocket.made.length;
      await turns();
      if (at !== 'connecting') FakeSocket.last.accept();
      await turns();
      if (at === 'waiting') FakeSocket.last.end(1006);
      await pass(100_000);
      assert.equal(route.status, 'closed');
      assert.equal(FakeSocket.made.length, at === 'connecting' ? made : made + 1);
      await assert.rejects(sent);
    }
  });

  it('of a supplied WebSocket are one, require its subprotocol and do not reconnect', async () => {
    const socket = new FakeSocket();
    const client = new PikkuWebSocket(socket);
    keep(client);
    const route = client.getRoute('todos');
    assert.throws(() => client.getRoute('rooms', { roomId: 'a' }), TypeError);
    const sent = route.send('list');
    socket.accept();
    await turns();
    socket.answer(0, { data: [] });
    assert.deepEqual(await sent, []);
    socket.end(1006);
    assert.equal(route.status, 'closed');
    await assert.rejects(route.connect(), named('ClosedError'));

    const open = new FakeSocket();
    open.accept('');
    assert.throws(() => new PikkuWebSocket(open), /pikku\.v1/);
    const connecting = new FakeSocket();
    const early = new PikkuWebSocket(connecting);
    const refused = early.getRoute('todos').send('list');
    connecting.accept('chat');
    await assert.rejects(refused, /pikku\.v1/);
  });

  it('throw if the platform has no WebSocket', () => {
    const global = globalThis as { WebSocket?: unknown };
    const own = Object.getOwnPropertyDescriptor(global, 'WebSocket');
    Reflect.deleteProperty(global, 'WebSocket');
    try {
      assert.throws(() => new PikkuWebSocket('ws://server'), /option WebSocket/);
    } finally {
      if (own) Object.defineProperty(global, 'WebSocket', own);
    }
  });
});
