import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { PikkuError, PikkuWebSocket, type PikkuFetch, type PikkuOptions, type PikkuStatusChange } from '../../../../extensions/Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from './fake-socket.ts';

/** Lets all pending promise callbacks run. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
};

/** Long enough for hundreds of attempts. */
const forever = async (): Promise<void> => {
  for (let step = 0; step < 200; step++) {
    mock.timers.tick(step < 50 ? 500 : 10_000);
    await turns();
  }
};

const accepted = (socket: FakeSocket): void => socket.accept();
const forbidden = { name: 'ForbiddenError', status: 403, message: 'Not here.' };

/** A server that refuses upgrades and answers requests with a status. */
function asked(status: number, body: unknown = {}, headers: Record<string, string> = {}) {
  const calls: { url: string; headers: Record<string, string> }[] = [];
  const fetch: PikkuFetch = async (url, init) => {
    calls.push({ url, headers: init.headers });
    return { status, headers: { get: name => headers[name] ?? null }, text: async () => JSON.stringify(body) };
  };
  return { fetch, calls };
}

let clients: PikkuWebSocket[] = [];

/** A route with one queued message and a server that treats all connections in the same way. */
async function refused(serve: (socket: FakeSocket) => void, options: PikkuOptions = {}) {
  let served = 0;
  class Served extends FakeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      served++;
      setImmediate(() => serve(this));
    }
  }
  const client = new PikkuWebSocket('ws://server', { WebSocket: Served, ...options });
  clients.push(client);
  const route = client.getRoute('todos');
  const states: PikkuStatusChange[] = [];
  route.onStatus(change => void states.push(change));
  const settled = { connect: 'never' as unknown, send: 'never' as unknown };
  route.connect().then(() => (settled.connect = 'resolved'), error => (settled.connect = error));
  route.send('list', undefined, { timeout: 0 }).then(() => (settled.send = 'resolved'), error => (settled.send = error));
  await turns();
  return { route, states, settled, attempts: () => served };
}

const nameOf = (error: unknown): string => (error instanceof PikkuError ? `${error.name} ${error.status}` : String(error));

beforeEach(() => {
  FakeSocket.made = [];
  clients = [];
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  mock.method(Math, 'random', () => 1);
});

afterEach(() => {
  for (const client of clients) client.close();
  mock.timers.reset();
  mock.restoreAll();
});

describe('a refusal that would be repeated', () => {
  const say = (code: number, reason = '', error?: object) => (socket: FakeSocket): void => {
    accepted(socket);
    if (error) socket.receive({ error });
    socket.end(code, reason);
  };
  const cases: [what: string, serve: (socket: FakeSocket) => void, expected: string, options?: PikkuOptions][] = [
    ['onConnect that denies', say(1008, 'onConnect failed', forbidden), 'ForbiddenError 403'],
    ['onConnect that does not find', say(1011, 'onConnect failed', { name: 'NotFoundError', status: 404, message: 'No.' }), 'NotFoundError 404'],
    ['1008 without a word', say(1008), 'ClosedError 0'],
    ['1008 with the same token', say(1008, '', { ...forbidden, name: 'UnauthorizedError', status: 401 }), 'UnauthorizedError 401', { token: () => 'same' }],
    ['4400', say(4400), 'ClosedError 0'],
    ['4401', say(4401, 'who?'), 'ClosedError 0', { token: () => `${Math.random()}` }],
    ['4403', say(4403, 'no', forbidden), 'ForbiddenError 403'],
    ['4429', say(4429), 'ClosedError 0'],
    ['4499', say(4499), 'ClosedError 0'],
    ['retry=never', say(1011, 'the tenant is gone; retry=never'), 'ClosedError 0'],
    ['1000', say(1000), 'ClosedError 0'],
    ['another subprotocol', socket => socket.accept('chat'), 'ClosedError 0'],
    ['a constructor that throws', () => {}, 'ClosedError 0', {
      WebSocket: class extends FakeSocket {
        constructor(url: string) {
          super(url);
          throw new SyntaxError('An invalid or illegal string was specified');
        }
      },
    }],
    ['the package ws with a status', socket => socket.fail('Unexpected server response: 403'), 'ForbiddenError 403'],
  ];
  for (const [status, name] of [
    [400, 'BadRequestError'], [401, 'UnauthorizedError'], [403, 'ForbiddenError'], [404, 'NotFoundError'], [405, 'RefusedError'],
    [422, 'UnprocessableContentError'], [431, 'RefusedError'],
  ] as const)
    cases.push([`an upgrade refused with ${status}`, socket => socket.fail(), `${name} ${status}`, { fetch: asked(status).fetch }]);

  for (const [what, serve, expected, options] of cases) {
    it(`closes the route: ${what}`, async () => {
      const { route, states, settled, attempts } = await refused(serve, options);
      await forever();
      assert.equal(route.status, 'closed');
      assert.ok(attempts() <= 1 && FakeSocket.made.length === 1, `${attempts()} attempts`);
      // An error that arrives after the connection is open appears only in the status.
      if (settled.connect !== 'resolved') assert.equal(nameOf(settled.connect), expected);
      assert.equal(nameOf(settled.send), expected);
      assert.equal(states.at(-1)?.status, 'closed');
      assert.equal(states.filter(({ status }) => status === 'closed').length, 1);
      await assert.rejects(route.send('list'), error => nameOf(error) === expected);
    });
  }

  it('rejects connect with the reason if onOpen waits for an answer', async () => {
    const { settled } = await refused(say(1008, '', forbidden), { onOpen: async route => void (route.name === 'todos' && (await route.send('list'))) });
    await forever();
    assert.equal(nameOf(settled.connect), 'ForbiddenError 403');
    assert.equal(nameOf((settled.connect as Error).cause), 'ClosedError 0');
  });

  it('lists the validation rules that the opening data break', async () => {
    const errors = [{ path: 'limit', message: 'must be a number' }];
    const { settled } = await refused(socket => socket.fail(), { fetch: asked(422, { title: 'x', detail: 'They break rules.', errors }).fetch });
    const { message, details } = settled.connect as PikkuError;
    assert.deepEqual([message, details], ['They break rules.', errors]);
  });

  it('is followed by a new attempt when connect is called', async () => {
    const { route, attempts } = await refused(say(1008, '', forbidden));
    await forever();
    void route.connect();
    await turns();
    assert.equal(attempts(), 2);
  });
});

describe('a temporary refusal', () => {
  const cases: [what: string, serve: (socket: FakeSocket) => void, options?: PikkuOptions][] = [
    ...[408, 429, 500, 502, 503].map(status =>
      [`an upgrade refused with ${status}`, (socket: FakeSocket) => socket.fail(), { fetch: asked(status).fetch }] as [string, (socket: FakeSocket) => void, PikkuOptions]),
    ['an address that answers requests alone', socket => socket.fail(), { fetch: asked(426).fetch }],
    ['a page at the same address', socket => socket.fail(), { fetch: asked(200).fetch }],
    ['nobody who answers', socket => socket.fail(), { fetch: () => Promise.reject(new TypeError('fetch failed')) }],
    ['an answer that never comes', socket => socket.fail(), { fetch: () => new Promise(() => {}), connectTimeout: 1000 }],
    ['a server that failed', socket => { socket.accept(); socket.receive({ error: { name: 'InternalServerError', status: 500, message: '' } }); socket.end(1011); }],
    ['1013', socket => { socket.accept(); socket.end(1013); }],
    ['a socket that never opens', () => {}],
  ];
  for (const [what, serve, options] of cases) {
    it(`is retried with backoff, and connect settles anyway: ${what}`, async () => {
      const { route, settled, attempts } = await refused(serve, options);
      await forever();
      assert.notEqual(route.status, 'closed');
      assert.ok(attempts() > 20 && attempts() < 100, `${attempts()} attempts`);
      assert.notEqual(settled.connect, 'never');
    });
  }

  it('is retried after Retry-After plus backoff', async () => {
    const { states } = await refused(socket => socket.fail(), { fetch: asked(503, {}, { 'retry-after': '7' }).fetch });
    assert.equal(states.at(-1)?.retryInMs, 7500);
    assert.equal(nameOf(states.at(-1)?.error), 'ServiceUnavailableError 503');
  });

  it('is retried after the delay in the reason, for every code', async () => {
    for (const code of [1000, 1001, 1008, 1011, 4000]) {
      const { route, states } = await refused(socket => { socket.accept(); socket.end(code, 'later; retry-after-ms=4321'); });
      assert.equal(states.at(-1)?.retryInMs, 4321);
      route.close();
    }
  });

  it('is never retried without a pause, for every delay in the reason', async () => {
    const { attempts } = await refused(socket => { socket.accept(); socket.end(1001, 'retry-after-ms=0'); });
    await forever();
    assert.ok(attempts() < 100, `${attempts()} attempts`);
  });

  it('is looked up once for each attempt, at the refused address and with the token', async () => {
    const { fetch, calls } = asked(503);
    const { route, attempts } = await refused(socket => socket.fail(), { fetch, token: () => 'ünï' });
    assert.equal(calls[0]?.url, 'http://server/todos');
    assert.equal(Buffer.from(calls[0]?.headers['authorization'] ?? '', 'latin1').toString(), 'Bearer ünï');
    await forever();
    route.close();
    assert.equal(calls.length, attempts());
  });
});

describe('another token', () => {
  const unauthorized = { name: 'UnauthorizedError', status: 401, message: 'Who?' };
  for (const [what, serve, options] of [
    ['1008', (socket: FakeSocket) => { socket.accept(); socket.receive({ error: unauthorized }); socket.end(1008); }, {}],
    ['an upgrade refused with 401', (socket: FakeSocket) => socket.fail(), { fetch: asked(401).fetch }],
  ] as const) {
    it(`is tried after ${what}, but the same token is not`, async () => {
      const tokens = ['a', 'b', 'b', 'b'];
      const { route, settled } = await refused(serve, { ...options, token: () => tokens.shift() ?? 'b' });
      await forever();
      assert.deepEqual(FakeSocket.made.map(({ protocols }) => protocols[1]), ['pikku.bearer.a', 'pikku.bearer.b']);
      assert.equal(route.status, 'closed');
      assert.equal(nameOf(settled.send), 'UnauthorizedError 401');
    });
  }

  it('is asked for once, with the reason, also if each token is another one', async () => {
    for (const serve of [
      (socket: FakeSocket) => { socket.accept(); socket.receive({ error: unauthorized }); socket.end(1008); }, (socket: FakeSocket) => socket.fail(),
    ]) {
      const reasons: string[] = [];
      const { route, settled, attempts } = await refused(serve, { fetch: asked(401).fetch, token: ({ reason }) => `${reasons.push(reason)}` });
      await forever();
      assert.deepEqual([reasons, attempts(), route.status], [['connect', 'refused'], 2, 'closed']);
      assert.equal(nameOf(settled.connect), 'UnauthorizedError 401');
      // The application may try again at any time.
      void route.connect();
      await turns();
      assert.deepEqual(reasons, ['connect', 'refused', 'connect']);
      route.close();
    }
  });

  it('is asked for again after a connection that was stable', async () => {
    const reasons: string[] = [];
    const { route } = await refused(accepted, { token: ({ reason }) => `${reasons.push(reason)}` });
    for (let session = 0; session < 3; session++) {
      mock.timers.tick(5000);
      FakeSocket.last.end(1008, 'session expired');
      await turns();
      mock.timers.tick(500);
      await turns();
    }
    assert.deepEqual([reasons, route.status], [['connect', 'refused', 'refused', 'refused'], 'open']);
  });

  it('is not asked for after a 403, because the server knows the user', async () => {
    for (const serve of [
      (socket: FakeSocket) => { socket.accept(); socket.receive({ error: forbidden }); socket.end(1008); }, (socket: FakeSocket) => socket.fail(),
    ]) {
      const reasons: string[] = [];
      const { settled } = await refused(serve, { fetch: asked(403).fetch, token: ({ reason }) => `${reasons.push(reason)}` });
      await forever();
      assert.deepEqual([reasons, nameOf(settled.connect)], [['connect'], 'ForbiddenError 403']);
    }
  });

  it('is not required if onOpen signs in and the connection was stable', async () => {
    const { route, attempts } = await refused(accepted, { onOpen: () => {} });
    mock.timers.tick(5000);
    FakeSocket.last.end(1008, 'session expired');
    assert.equal(route.status, 'waiting');
    mock.timers.tick(500);
    await turns();
    assert.equal(attempts(), 2);
    FakeSocket.last.end(1008, 'session expired');
    assert.equal(route.status, 'closed');
  });
});

describe('a token of any characters', () => {
  const cases: [token: string, entry: string | undefined][] = [
    ['abc.DEF-123_~', 'pikku.bearer.abc.DEF-123_~'],
    ['abc==', 'pikku.bearer64.YWJjPT0'],
    ['a/b', 'pikku.bearer64.YS9i'],
    ['a b, c', 'pikku.bearer64.YSBiLCBj'],
    ['ünï✓', 'pikku.bearer64.w7xuw6_inJM'],
    ['a\r\nb', 'pikku.bearer64.YQ0KYg'],
    ['', undefined],
    ['/'.repeat(100_000), `pikku.bearer64.${Buffer.from('/'.repeat(100_000)).toString('base64url')}`],
  ];
  for (const [token, entry] of cases) {
    it(`is encoded as a valid subprotocol: ${JSON.stringify(token.slice(0, 20))}`, async () => {
      await refused(accepted, { token: () => token });
      assert.deepEqual(FakeSocket.last.protocols, entry === undefined ? ['pikku.v1'] : ['pikku.v1', entry]);
      for (const protocol of FakeSocket.last.protocols) assert.match(protocol, /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/);
    });
  }
});

describe('every wait ends', () => {
  it('close settles everything at any time and leaves nothing behind', async () => {
    const never = (): Promise<never> => new Promise(() => {});
    for (const [serve, options] of [
      [() => {}, { token: never }], [() => {}, {}], [accepted, { onOpen: never }], [(socket: FakeSocket) => socket.fail(), { fetch: never }],
      [(socket: FakeSocket) => socket.fail(), {}],
    ] as [(socket: FakeSocket) => void, PikkuOptions][]) {
      const timers = { made: 0, cleared: 0 };
      const { route, settled, attempts } = await refused(serve, options);
      const before = attempts();
      route.close();
      await turns();
      assert.deepEqual([nameOf(settled.connect), nameOf(settled.send)], ['ClosedError 0', 'ClosedError 0']);
      mock.method(globalThis, 'setTimeout', () => timers.made++);
      await forever();
      assert.deepEqual([timers.made, attempts()], [0, before]);
      mock.restoreAll();
      mock.method(Math, 'random', () => 1);
    }
  });

  it('connect times out, and the route keeps connecting', async () => {
    const { route, settled } = await refused(() => {}, { timeout: 1000 });
    mock.timers.tick(1000);
    await turns();
    assert.equal(nameOf(settled.connect), 'TimeoutError 0');
    assert.equal(route.status, 'connecting');
  });

  it('an onOpen that does not complete ends the connection', async () => {
    const { states, attempts } = await refused(accepted, { onOpen: () => new Promise(() => {}), timeout: 1000 });
    mock.timers.tick(1000);
    assert.deepEqual([states.at(-1)?.status, nameOf(states.at(-1)?.error)], ['waiting', 'TimeoutError 0']);
    mock.timers.tick(500);
    await turns();
    assert.equal(attempts(), 2);
  });
});

describe('nothing is lost silently', () => {
  it('a message that is sent while the socket closes waits for the next connection', async () => {
    const { route } = await refused(accepted);
    const socket = FakeSocket.last;
    const count = socket.sent.length;
    socket.readyState = 2;
    route.sendBinary(Uint8Array.of(1));
    assert.equal(socket.sent.length, count);
    socket.end(1006);
    mock.timers.tick(500);
    await turns();
    assert.deepEqual(FakeSocket.last.sent, [Uint8Array.of(1)]);
  });

  it('queued binary frames are reported when the route closes', async () => {
    const errors: unknown[] = [];
    const { route } = await refused(() => {}, { onError: error => errors.push(error), fetch: asked(403).fetch });
    route.sendBinary(Uint8Array.of(1));
    FakeSocket.last.fail();
    await turns();
    assert.deepEqual(errors.map(nameOf), ['ForbiddenError 403']);
  });

  it('rejections of thenables and binary data in an unexpected form are reported', async () => {
    const errors: unknown[] = [];
    const { route } = await refused(accepted, { onError: error => errors.push(error) });
    route.onMessage((() => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(new Error('later')) })) as unknown as () => void);
    const frames: Uint8Array[] = [];
    route.onBinary(bytes => void frames.push(bytes));
    FakeSocket.last.receive('text');
    FakeSocket.last.frame(Uint8Array.of(0, 1, 2).subarray(1));
    FakeSocket.last.frame({ size: 3 });
    await turns();
    assert.deepEqual(frames, [Uint8Array.of(1, 2)]);
    assert.deepEqual(errors.map(error => (error as Error).message), [
      'The WebSocket delivers binary data in an unexpected form. It must support binaryType.', 'later',
    ]);
  });
});
