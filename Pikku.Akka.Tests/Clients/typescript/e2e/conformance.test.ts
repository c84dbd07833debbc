import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { PikkuError, PikkuWebSocket, type PikkuOptions, type PikkuRoute, type PikkuStatusChange } from '../conformance.ts';
import { Node } from './node.ts';

// A busy machine is slow, but a client that hangs must still fail.
const timeout = 60_000;

let node: Node;
let clients: PikkuWebSocket[] = [];

const make = (options: PikkuOptions = {}): PikkuWebSocket => {
  const client = new PikkuWebSocket(node.url, options);
  clients.push(client);
  return client;
};

/** Returns the first value that a callback receives. */
const first = <T>(register: (callback: (value: T) => void) => unknown): Promise<T> => new Promise(resolve => void register(resolve));

const reaches = (route: { onStatus(callback: (change: PikkuStatusChange) => void): () => void }, status: string): Promise<PikkuStatusChange> =>
  first(resolve => route.onStatus(change => change.status === status && resolve(change)));

/** Creates a token that `TokenReader` of the sample accepts. */
function tokenOf(user: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: user, exp: Math.floor(Date.now() / 1000) + 600 })}`;
  return `${text}.${createHmac('sha256', 'pikku-conformance-key-0123456789abcdef').update(text).digest('base64url')}`;
}

/** Resolves when a list or a map of entries satisfies a condition. */
const until = <T extends { onChange(callback: () => void): () => void }>(entries: T, condition: (entries: T) => boolean): Promise<void> =>
  new Promise(resolve => {
    const stop = entries.onChange(() => {
      if (!condition(entries)) return;
      stop();
      resolve();
    });
    if (!condition(entries)) return;
    stop();
    resolve();
  });

afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
});

describe('with a server', { timeout }, () => {
  before(async () => {
    node = await Node.start();
  });
  after(() => node.end());

  it('actions return their results', async () => {
    const lab = make().getRoute('lab');
    const data = { text: 'ä\u0000"', list: [1, null], __proto__: 'no' };
    assert.deepEqual(await lab.send('echo', data), { got: JSON.parse(JSON.stringify(data)) });
    assert.equal(await lab.send('num'), 42);
    assert.equal(await lab.send('void'), undefined);
    assert.equal(await lab.send('nul'), null);
    assert.equal(await lab.send('buf'), 'AQID');
    assert.deepEqual(await lab.via('command').send('run', { n: 1 }), { ran: { n: 1 } });
  });

  it('simple parameters of a function are properties of its input, and omitted ones have their defaults (U2)', async () => {
    const types = make().getRoute('types');
    const id = '11111111-1111-1111-1111-111111111111';
    assert.deepEqual(
      await types.send('parameters', { id, rating: 4.5, genres: ['non-fiction'] }),
      { id, rating: 4.5, note: null, genres: ['non-fiction'], level: 1, limit: 20 });
    assert.deepEqual(
      await types.send('parameters', { id, rating: 1, note: 'x', genres: [], level: 10, limit: null }),
      { id, rating: 1, note: 'x', genres: [], level: 10, limit: null });
    assert.deepEqual([await types.send('allOptional'), await types.send('allOptional', { to: 5 })], [9, 4]);
    await assert.rejects(
      types.send('parameters', { id, rating: 6, genres: [] }), (error: PikkuError) => error.status === 422 && error.details?.[0]?.path === 'rating');
  });

  it('hundreds of concurrent calls receive their own answers', async () => {
    const lab = make().getRoute('lab');
    await lab.connect();
    const numbers = Array.from({ length: 500 }, (_, n) => n);
    const answers = await Promise.all(numbers.map(n => lab.send('echo', n)));
    assert.deepEqual(answers.map(({ got }) => got), numbers);
  });

  it('errors have their name, status, details and id', async () => {
    const lab = make().getRoute('lab');
    await assert.rejects(lab.send('numIn', { n: 'x' as unknown as number }), error => {
      assert.ok(error instanceof PikkuError);
      assert.deepEqual([error.name, error.status, error.details], ['UnprocessableContentError', 422, [{ path: 'n', message: 'must be a number' }]]);
      return true;
    });
    await assert.rejects(lab.send('throwCustom'), { name: 'CustomError', status: 418, message: 'registered custom message' });
    await assert.rejects(lab.send('throwPlain'), error => error instanceof PikkuError && /^[0-9a-f]{16}$/.test(error.errorId ?? ''));
    await assert.rejects(lab.send('nope' as 'num'), { name: 'NotFoundError', status: 404 });
    assert.equal(await lab.send('num'), 42);
  });

  it('a call may be abandoned, and the next one is still answered', async () => {
    const lab = make().getRoute('lab');
    await lab.connect();
    await assert.rejects(lab.send('slow', { ms: 200, tag: 1 }, { timeout: 20 }), { name: 'TimeoutError' });
    await assert.rejects(lab.send('slow', { ms: 200, tag: 2 }, { signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
    assert.deepEqual(await lab.send('slow', { ms: 1, tag: 3 }), { tag: 3 });
  });

  it('messages that belong to no call arrive between answers', async () => {
    const lab = make().getRoute('lab');
    const seen: number[] = [];
    lab.onMessage(message => void seen.push((message as { n: number }).n));
    assert.deepEqual(await lab.send('multi'), { n: 3 });
    assert.deepEqual(seen, [1, 2]);
  });

  it('events of a topic reach its subscribers', async () => {
    const [one, two] = [make().getRoute('events'), make().getRoute('events')];
    await one.send('subscribe', { topic: 'room:1' });
    const event = first(resolve => one.subscribe('room:1', resolve));
    await two.send('publish', { topic: 'room:1', data: { hello: 1 } });
    assert.deepEqual(await event, { hello: 1 });

    await one.send('subscribe', { topic: 'bytes' });
    const bytes = first<Uint8Array>(resolve => one.onBinary(resolve));
    await two.send('publishBin', { topic: 'bytes' });
    assert.deepEqual(await bytes, Uint8Array.of(4, 5, 6));
  });

  it('the default handler accepts text and JSON', async () => {
    const text = make().getRoute('text');
    assert.deepEqual(await Promise.all(['a', '5', '{"id":1}', 'not {json'].map(each => text.fallback(each))), ['A', '5', '{"ID":1}', 'NOT {JSON']);

    const json = make().getRoute('lab-default');
    const { default: isDefault, type, data } = await json.fallback({ n: 1 });
    assert.deepEqual([isDefault, type, (data as { n: number }).n], [true, 'object', 1]);
    assert.deepEqual(await json.fallback({ id: 7 }), { default: true, type: 'object', data: { id: 7 } });
    assert.deepEqual(await json.fallback([1]), { default: true, type: 'array', data: [1] });
    await assert.rejects(json.fallback('not json'), { name: 'BadRequestError', status: 400 });
    assert.deepEqual(await json.send('echo', 1), { got: 1 });
  });

  it('binary frames are sent in both directions', async () => {
    const bin = make().getRoute('bin');
    const echo = first<Uint8Array>(resolve => bin.onBinary(resolve));
    bin.sendBinary(Uint8Array.of(1, 2, 3));
    assert.deepEqual(await echo, Uint8Array.of(1, 2, 3));
  });

  it('opening data arrive with their types', async () => {
    const opening = { roomId: 'a b?%2F+ü', limit: 5, tags: ['x', 'y'] };
    const room = make().getRoute('rooms', opening);
    const welcome = first<{ openingData: unknown }>(resolve => room.onMessage(resolve));
    await room.connect();
    assert.deepEqual((await welcome).openingData, opening);
  });

  it('the server calls exposed functions and receives an error for others', async () => {
    const rpc = make().getRoute('rpc');
    rpc.expose('confirm', async ({ text }, { pending }) => {
      pending('asking the user');
      await new Promise(resolve => setTimeout(resolve, 10));
      if (text === 'fail') throw new RangeError('too far');
      return { yes: text === 'Sure?' };
    });
    assert.deepEqual(await rpc.send('confirm', { text: 'Sure?' }), { yes: true });
    const failed = await rpc.send('call', { fn: 'confirm', data: { text: 'fail' } });
    assert.deepEqual([failed.ok, failed.name, failed.message], [false, 'RangeError', 'too far']);
    const unknown = await rpc.send('call', { fn: 'constructor' });
    assert.deepEqual([unknown.ok, unknown.name, unknown.message], [false, 'RPCNotFoundError', 'Capability not exposed: constructor']);
  });

  it('a stream returns its items and ends, or fails after them (R1)', async () => {
    const boards = make().getRoute('boards');
    const items: number[] = [];
    for await (const item of boards.stream('count', { to: 3 })) items.push(item);
    for await (const item of boards.stream('count', { to: 0 })) items.push(item);
    const failing = boards.stream('countThrow', { to: 1 });
    items.push((await failing.next()).value!);
    await assert.rejects(failing.next(), { name: 'NotFoundError', status: 404 });
    assert.deepEqual(items, [1, 2, 3, 1]);
  });

  it('a loop that keeps up receives any number of items', async () => {
    let sum = 0;
    for await (const item of make().getRoute('boards').stream('count', { to: 100_000 })) sum += item;
    assert.equal(sum, 5_000_050_000);
  });

  it('a stream whose loop is left is cancelled, and other calls go on (R3)', async () => {
    const boards = make().getRoute('boards');
    // The server allows 16 streams at a time, so those that were left must have ended.
    for (let n = 0; n < 40; n++) {
      for await (const item of boards.stream('drip', { to: 1_000_000, ms: 1 })) if (item === 2) break;
    }
    assert.deepEqual(await boards.send('sleep', { ms: 1 }), { slept: true });
  });

  it('an abandoned call is cancelled on the server, so that the next one does not wait for it (R3)', async () => {
    const boards = make().getRoute('boards');
    const started = Date.now();
    await assert.rejects(boards.send('sleep', { ms: 2 * timeout }, { signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
    await assert.rejects(boards.send('sleep', { ms: 2 * timeout }, { timeout: 20 }), { name: 'TimeoutError' });
    const controller = new AbortController();
    const [running, waiting] = [boards.send('sleep', { ms: 50 }), boards.send('sleep', { ms: 2 * timeout }, { signal: controller.signal })];
    controller.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
    assert.deepEqual([await running, await boards.send('sleep', { ms: 1 })], [{ slept: true }, { slept: true }]);
    assert.ok(Date.now() - started < timeout);
  });

  it('connect completes after onConnect and rejects with its error (S3)', async () => {
    const slow = make().getRoute('connect-slow');
    const messages: unknown[] = [];
    slow.onMessage(message => void messages.push(message));
    await slow.connect();
    assert.deepEqual(messages, [{ connected: 'late' }]);
    await assert.rejects(make().getRoute('connect-throw').connect(), { name: 'ForbiddenError', status: 403 });
    const broken = make({ onError: () => {} }).getRoute('connect-throw-plain');
    await assert.rejects(broken.connect(), { name: 'InternalServerError', status: 500 });
    assert.equal(broken.status, 'waiting');
  });

  it('topics are subscribed, shared and ended (O2)', async () => {
    const [one, two] = [make().getRoute('boards'), make().getRoute('boards')];
    const seen: unknown[] = [];
    const subscribed = (name: string): Promise<() => void> => new Promise(resolve => {
      const stop = one.subscribe('public:{name}', { name }, (event, { topic }) => void seen.push([topic, event]), { onSubscribed: () => resolve(stop) });
    });
    const name = 'a:b/c%{d} grün\u0001';
    const topic = 'public:a%3Ab%2Fc%25%7Bd%7D grün%01';
    const stops = await Promise.all([subscribed(name), subscribed(name)]);
    // A publish is complete when the event is in the outbox of the subscriber, so a later reply on the same connection comes behind the event.
    const publish = async (data: number): Promise<void> => {
      await two.send('publish', { topic, data });
      await one.send('sleep', { ms: 1 });
    };
    await publish(1);
    stops[0]!();
    await publish(2);
    stops[1]!();
    await publish(3);
    assert.deepEqual(seen, [[topic, 1], [topic, 1], [topic, 2]]);
  });

  it('a subscription that is denied says why (O1)', async () => {
    const boards = make({ token: () => tokenOf('eve') }).getRoute('boards');
    const denied = (subscribe: (options: { onDenied(error: PikkuError): void }) => unknown): Promise<PikkuError> => first(resolve => subscribe({ onDenied: resolve }));
    const errors = await Promise.all([
      denied(options => boards.subscribe('board:{boardId}', { boardId: 'b1' }, () => {}, options)),
      denied(options => boards.subscribe('room:{number}', { number: 1.5 }, () => {}, options)),
      denied(options => boards.subscribe('public:{name}', { name: '' }, () => {}, options)),
      denied(options => make().getRoute('boards').subscribe('board:{boardId}', { boardId: 'b1' }, () => {}, options)),
    ]);
    assert.deepEqual(errors.map(({ status }) => status), [403, 422, 422, 401]);
    await assert.rejects(boards.events('board:{boardId}', { boardId: 'b2' }).next(), { name: 'ForbiddenError' });
  });

  it('access that is taken away ends subscriptions and loops (Q1)', async () => {
    const [alice, bob] = [make({ token: () => tokenOf('alice') }).getRoute('boards'), make({ token: () => tokenOf('bob'), onError: () => {} }).getRoute('boards')];
    const key = { boardId: 'b1' };
    const events = bob.events('board:{boardId}', key);
    const ended = new Promise<PikkuError>(resolve => bob.subscribe('board:{boardId}', key, () => {}, { onEnded: resolve }));
    await first(resolve => bob.subscribe('board:{boardId}', key, () => {}, { onSubscribed: () => resolve(undefined) }));
    await alice.send('publish', { topic: 'board:b1', data: 'before' });
    await alice.send('kick', { boardId: 'b1', userId: 'bob' });
    await alice.send('publish', { topic: 'board:b1', data: 'after' });
    assert.equal((await ended).name, 'ForbiddenError');
    assert.deepEqual(await events.next(), { value: 'before', done: false });
    await assert.rejects(events.next(), { name: 'ForbiddenError', status: 403 });

    await alice.send('invite', { boardId: 'b1', userId: 'bob' });
    const again = bob.events('board:{boardId}', key);
    await bob.send('sleep', { ms: 1 });
    await alice.send('publish', { topic: 'board:b1', data: 'again' });
    assert.equal((await again.next()).value, 'again');
  });

  it('presence is the list of who is there, and tells who comes, changes and goes (P10)', async () => {
    const key = { boardId: 'presence' };
    const route = (user: string): PikkuRoute<'boards'> => make({ token: () => tokenOf(user) }).getRoute('boards');
    const [ann, ...others] = [route('ann'), route('bob'), route('bob')];
    const viewers = ann!.presence('viewers:{boardId}', key);
    const told: string[] = [];
    viewers.onChange((_, changes) => told.push(...changes.map(({ key, ...change }) => JSON.stringify(change))));
    const names = (): string => viewers.entries.map(({ info }) => info.userId).join();
    await until(viewers, () => names() === 'ann');
    const lists = others.map(other => other.presence('viewers:{boardId}', key));
    // The last one who joins has the others in its first list.
    await Promise.all([viewers, ...lists].map(list => until(list, ({ entries }) => entries.length === 3)));
    assert.deepEqual([names(), viewers.infos], ['ann,bob,bob', [{ userId: 'ann' }, { userId: 'bob' }]]);

    await others[0]!.send('rename', { ...key, userId: 'Bob' });
    await until(viewers, () => names().includes('Bob'));
    lists[1]!.close();
    await until(viewers, ({ entries }) => entries.length === 2);
    assert.equal(names(), 'ann,Bob');
    others[0]!.close();
    await until(viewers, () => names() === 'ann');
    assert.deepEqual(told, [
      '{"joined":{"userId":"ann"}}', '{"joined":{"userId":"bob"}}', '{"joined":{"userId":"bob"}}', '{"updated":{"userId":"Bob"}}', '{"left":{"userId":"bob"}}',
      '{"left":{"userId":"Bob"}}',
    ]);
  });

  it('a state topic is a map of the last values (P11)', async () => {
    const key = { boardId: 'state' };
    const [reader, writer] = [make().getRoute('boards'), make().getRoute('boards')];
    await writer.send('point', { ...key, name: 'old', cursor: { x: 1, y: 1 }, stays: true });
    const cursors = reader.state('cursors:{boardId}', key);
    await until(cursors, ({ entries }) => entries.size === 1);
    await writer.send('point', { ...key, name: 'ann', cursor: { x: 1, y: 2 } });
    await writer.send('point', { ...key, name: 'ann', cursor: { x: 3, y: 4 } });
    await writer.send('point', { ...key, name: 'old' });
    await until(cursors, ({ entries }) => !entries.has('old'));
    assert.deepEqual([...cursors.entries], [['ann', { x: 3, y: 4 }]]);
    writer.close();
    await until(cursors, ({ entries }) => entries.size === 0);
  });

  it('a token signs in with the upgrade', async () => {
    const me = await make({ token: async () => tokenOf('alice') }).getRoute('secure').send('me');
    assert.equal(me.session?.userId, 'alice');
    await assert.rejects(make().getRoute('secure').send('me'), { name: 'UnauthorizedError', status: 401 });
  });

  it('the token function is called again after a refusal', async () => {
    const tokens = ['forged', tokenOf('alice')];
    const secure = make({ token: () => tokens.shift() ?? null, reconnect: { minDelay: 1 } }).getRoute('secure');
    assert.equal((await secure.send('me')).session?.userId, 'alice');
    assert.equal(tokens.length, 0);
  });

  it('an error that the server sends before it closes is part of the status', async () => {
    const route = make().getRoute('connect-throw');
    const closed = reaches(route, 'closed');
    void route.connect();
    const { code, error } = await closed;
    assert.equal(code, 1008);
    assert.equal((error as PikkuError).name, 'ForbiddenError');
  });

  it('a refused upgrade reports its status and reason and is not retried', async () => {
    const name = (error: unknown): unknown[] => [(error as PikkuError).name, (error as PikkuError).status];
    const forged = make({ token: () => 'förged ✓' }).getRoute('secure');
    assert.deepEqual(name(await forged.connect().catch(error => error)), ['UnauthorizedError', 401]);
    const nowhere = new PikkuWebSocket(`${node.url}/nowhere`);
    clients.push(nowhere);
    assert.deepEqual(name(await nowhere.getRoute('lab').send('num').catch(error => error)), ['NotFoundError', 404]);
    const room = make().getRoute('rooms', { roomId: 'r', limit: 'many' as unknown as number });
    const refused = await room.connect().catch(error => error);
    assert.deepEqual([...name(refused), refused.details[0].path], ['UnprocessableContentError', 422, 'limit']);
  });

  it('an action that calls a function which is not exposed rejects with a typed error', async () => {
    await assert.rejects(make().getRoute('rpc').send('confirm', { text: 'x' }), { name: 'ClientCallError', status: 424 });
  });

  it('a route that the server closes with 1000 stays closed until connect is called', async () => {
    const lab = make().getRoute('lab');
    await assert.rejects(lab.send('close'), { name: 'ClosedError' });
    assert.equal(lab.status, 'closed');
    await lab.connect();
    assert.equal(await lab.send('num'), 42);
  });

  it('an existing WebSocket may be used', async () => {
    const { WebSocket } = globalThis as unknown as { WebSocket: new (url: string, protocols?: string) => never };
    const client = new PikkuWebSocket(new WebSocket(`${node.url}/lab`, 'pikku.v1'));
    clients.push(client);
    assert.equal(await client.getRoute('lab').send('num'), 42);

    const wrong = new PikkuWebSocket(new WebSocket(`${node.url}/lab`));
    clients.push(wrong);
    await assert.rejects(wrong.getRoute('lab').send('num'), /pikku\.v1/);
  });
});

describe('when the server freezes', { timeout: 2 * timeout }, () => {
  it('the client notices it, reconnects when the server runs again, and tells what was missed (S1)', async () => {
    node = await Node.start();
    try {
      // A short interval for the test; with the default the server may be silent for 25 s before the ping.
      const boards = make({ pingInterval: 500, reconnect: { minDelay: 50, maxDelay: 500 } }).getRoute('boards');
      await boards.connect();
      await new Promise(resolve => setTimeout(resolve, 2_000));
      assert.equal(boards.status, 'open');
      const seen: unknown[] = [];
      // A topic with history would resume, and nothing would be missed.
      boards.subscribe('plain:{name}', { name: 'x' }, event => void seen.push(event));
      const waiting = reaches(boards, 'waiting');
      const stream = boards.stream('drip', { to: 1_000_000, ms: 1_000 });
      await stream.next();
      node.freeze(true);
      const { code, error } = await waiting;
      assert.deepEqual([code, (error as PikkuError).name], [1006, 'TimeoutError']);
      await assert.rejects(async () => { for await (const _ of stream); }, { name: 'ConnectionLostError' });
      const back = reaches(boards, 'open');
      node.freeze(false);
      assert.equal((await back).missed, true);
      // The client has subscribed again before it sends this.
      await boards.send('publish', { topic: 'plain:x', data: 'after' });
      assert.deepEqual(seen, ['after']);
    } finally {
      for (const client of clients) client.close();
      await node.end();
    }
  });
});

describe('when the server stops', { timeout: 2 * timeout }, () => {
  it('the next server loads presence and state again, without those who do not come back (P10)', async () => {
    const key = { boardId: 'restart' };
    const reconnect = { minDelay: 50, maxDelay: 500 };
    node = await Node.start();
    try {
      const [ann, bob] = ['ann', 'bob'].map(user => make({ reconnect, token: () => tokenOf(user) }).getRoute('boards'));
      const [viewers, cursors] = [ann!.presence('viewers:{boardId}', key), ann!.state('cursors:{boardId}', key)];
      bob!.presence('viewers:{boardId}', key);
      await bob!.send('point', { ...key, name: 'bob', cursor: { x: 1, y: 2 } });
      await Promise.all([until(viewers, ({ entries }) => entries.length === 2), until(cursors, ({ entries }) => entries.size === 1)]);
      const told: string[] = [];
      viewers.onChange((_, changes) => told.push(...changes.map(change => Object.keys(change).filter(name => name !== 'key').join())));

      await node.end();
      bob!.close();
      await until(viewers, ({ status }) => status === 'stale');
      assert.equal(viewers.entries.length, 2);
      node = await Node.start(node.port);
      await until(viewers, ({ status, entries }) => status === 'live' && entries.length === 1);
      await until(cursors, ({ status }) => status === 'live');
      // The connection is another one, so its entry is, too.
      assert.deepEqual([viewers.infos, cursors.entries.size, told.sort()], [[{ userId: 'ann' }], 0, ['joined', 'left', 'left']]);
    } finally {
      for (const client of clients) client.close();
      await node.end();
    }
  });

  const signedIn: PikkuOptions = {
    reconnect: { minDelay: 50, maxDelay: 500 },
    onOpen: async route => {
      if (route.name !== 'todos-live') return;
      await route.send('auth', { username: 'demo', password: 'test' });
      await route.send('subscribe', { topic: 'todo-created' });
    },
  };

  const createdOf = (route: PikkuRoute<'todos-live'>, title: string): Promise<unknown> =>
    first(resolve => route.subscribe('todo-created', ({ todo }) => todo.title === title && resolve(todo.title)));

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`routes reconnect to the next server after ${signal}, sign in and subscribe`, async () => {
      node = await Node.start();
      try {
        const [watcher, writer] = [make(signedIn).getRoute('todos-live'), make(signedIn).getRoute('todos-live')];
        await Promise.all([watcher.connect(), writer.connect()]);

        const [waiting, exit] = [reaches(watcher, 'waiting'), node.end(signal)];
        const { code, reason, retryInMs } = await waiting;
        if (signal === 'SIGTERM') {
          assert.equal(code, 1001);
          assert.equal(retryInMs, Number(/retry-after-ms=(\d+)/.exec(reason ?? '')?.[1]));
        } else {
          assert.equal(code, 1006);
        }
        await exit;

        const [back, seen] = [reaches(watcher, 'open'), createdOf(watcher, 'after')];
        node = await Node.start(node.port);
        assert.equal((await back).missed, true);
        await writer.connect();
        // The call waited for a connection if there was none.
        assert.equal((await writer.send('create', { title: 'after' })).todo.userId, 'user1');
        assert.equal(await seen, 'after');
      } finally {
        for (const client of clients) client.close();
        await node.end();
      }
    });
  }
});
