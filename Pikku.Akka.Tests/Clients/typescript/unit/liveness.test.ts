import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { FakeSocket } from './fake-socket.ts';
import { connected, isolate, make, named, pass, turns, withPage } from './harness.ts';

isolate();

const ready = { action: 'pikku-ping', ready: true };
const ping = { action: 'pikku-ping' };

describe('the client', () => {
  it('pings when nothing has come for 25 s, and goes on if the server answers (S1)', async () => {
    const { route, socket } = await connected();
    assert.deepEqual(socket.pings, [ready]);
    await pass(24_999);
    assert.equal(socket.pings.length, 1);
    await pass(1);
    assert.deepEqual(socket.pings, [ready, ping]);
    for (let minutes = 0; minutes < 10; minutes++) for (let step = 0; step < 12; step++) await pass(5_000);
    assert.equal(route.status, 'open');
    assert.equal(socket.pings.length, 2 + 10 * 60 / 25);
  });

  it('does not ping while messages come', async () => {
    const { socket } = await connected();
    for (let second = 0; second < 100; second++) {
      socket.receive(second % 2 ? { welcome: 'x' } : new ArrayBuffer(1));
      await pass(1_000);
    }
    assert.equal(socket.pings.length, 1);
    await pass(24_000);
    assert.equal(socket.pings.length, 2);
  });

  it('takes a connection without an answer within 10 s for lost and reconnects, all within 40 s (S1)', async () => {
    const { route, states, socket } = await connected();
    const sent = assert.rejects(route.send('list', undefined, { timeout: 0 }), named('ConnectionLostError', 0));
    socket.answersPings = false;
    await pass(25_000);
    await pass(9_999);
    assert.equal(route.status, 'open');
    await pass(1);
    assert.equal(route.status, 'waiting');
    await sent;
    assert.deepEqual([states.at(-1)?.code, (states.at(-1)?.error as Error).name, states.at(-1)?.retryInMs], [1006, 'TimeoutError', 500]);
    assert.equal(socket.closedWith, 1000);
    await pass(500);
    assert.equal(FakeSocket.made.length, 2);
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual([route.status, states.at(-1)?.missed], ['open', true]);
    // What the first server sends when it runs again belongs to a connection that has ended.
    socket.pong();
    socket.end(1006);
    assert.equal(route.status, 'open');
  });

  it('takes every message for an answer', async () => {
    const { route, socket } = await connected();
    socket.answersPings = false;
    await pass(25_000);
    await pass(9_999);
    socket.receive({ welcome: 'late' });
    await pass(24_999);
    assert.equal(socket.pings.length, 2);
    await pass(1);
    assert.deepEqual([socket.pings.length, route.status], [3, 'open']);
  });

  it('pings when the network returns or the page is shown again, once (S1)', async () => {
    await withPage(async (page, fire) => {
      for (const event of ['online', 'visibilitychange']) {
        const { route, socket } = await connected();
        page.visibilityState = 'hidden';
        fire(event);
        assert.equal(socket.pings.length, 1);
        page.visibilityState = 'visible';
        socket.answersPings = false;
        fire(event);
        fire(event);
        assert.deepEqual(socket.pings, [ready, ping]);
        await pass(10_000);
        assert.equal(route.status, 'waiting');
        route.close();
      }
    });
  });

  it('does not depend on a clock that does not move backwards', async () => {
    const { route, socket } = await connected();
    await pass(20_000);
    const now = Date.now();
    mock.method(Date, 'now', () => now - 3_600_000);
    await pass(30_000);
    await pass(25_000);
    assert.deepEqual([route.status, socket.pings.length > 1], ['open', true]);
  });

  it('does not ping if the option is 0, or longer than timers support', async () => {
    for (const pingInterval of [0, Infinity]) {
      const { socket } = await connected({ pingInterval });
      await pass(1_000_000);
      assert.deepEqual(socket.pings, [ready]);
    }
  });

  it('notices a server that stops while the client waits for onConnect', async () => {
    const route = make({ timeout: 0 }).getRoute('todos');
    void route.connect();
    await turns();
    FakeSocket.last.answersPings = false;
    FakeSocket.last.accept();
    await pass(25_000);
    await pass(10_000);
    assert.equal(route.status, 'waiting');
  });
});

describe('connect', () => {
  it('completes when onConnect of the server has completed (S3)', async () => {
    const route = make().getRoute('todos');
    let isDone = false;
    const done = route.connect().then(() => (isDone = true));
    const sent = route.send('list');
    await turns();
    const socket = FakeSocket.last;
    socket.answersPings = false;
    socket.accept();
    await turns();
    // A ping that the client sends meanwhile is answered at once and means nothing.
    socket.pong();
    socket.receive({ welcome: 'x' });
    await turns();
    assert.deepEqual([isDone, route.status, socket.sent], [false, 'connecting', []]);
    socket.pong(true);
    await done;
    assert.equal(route.status, 'open');
    socket.answer(0, { data: [] });
    assert.deepEqual(await sent, []);
  });

  it('waits for onConnect and onOpen, whichever takes longer', async () => {
    for (const first of ['onConnect', 'onOpen']) {
      let finish!: () => void;
      const { route, socket } = await (async () => {
        const made = make({ onOpen: () => new Promise<void>(resolve => (finish = resolve)) }).getRoute('todos');
        void made.connect();
        await turns();
        FakeSocket.last.answersPings = false;
        FakeSocket.last.accept();
        await turns();
        return { route: made, socket: FakeSocket.last };
      })();
      const steps = [() => socket.pong(true), finish];
      if (first === 'onOpen') steps.reverse();
      for (const step of steps) {
        assert.equal(route.status, 'connecting');
        step();
        await turns();
      }
      assert.equal(route.status, 'open');
    }
  });

  it('starts again if onConnect takes longer than the timeout', async () => {
    const route = make({ timeout: 1_000 }).getRoute('todos');
    const ready = assert.rejects(route.connect(), named('TimeoutError', 0));
    await turns();
    FakeSocket.last.answersPings = false;
    FakeSocket.last.accept();
    await pass(1_000);
    await ready;
    assert.equal(route.status, 'waiting');
  });

  it('rejects with the error of onConnect, also if the client tries again (S3)', async () => {
    const { route, socket } = await (async () => {
      const made = make().getRoute('todos');
      return { route: made, socket: async () => (await turns(), FakeSocket.last.answersPings = false, FakeSocket.last.accept(), FakeSocket.last) };
    })();
    const ready = assert.rejects(route.connect(), named('InternalServerError', 500));
    const sent = route.send('list');
    const refused = await socket();
    refused.receive({ error: { name: 'InternalServerError', status: 500, message: 'Oops.', errorId: 'abc' } });
    refused.end(1011, 'onConnect failed');
    await ready;
    assert.equal(route.status, 'waiting');
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    FakeSocket.last.answer(0, { data: [] });
    assert.deepEqual(await sent, []);
  });
});

describe('a session that expires', () => {
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();

  /** Answers the last message, a renewal. */
  const renewed = (socket: FakeSocket, body: object): void => socket.answer(socket.sent.length - 1, body);
  const refused = { error: { name: 'UnauthorizedError', status: 401, message: 'No.' } };

  async function withSession(lifetime: number, tokens: (string | null | Error)[], errors: unknown[] = []) {
    FakeSocket.expiresAt = at(lifetime);
    const reasons: string[] = [];
    const result = await connected({
      onError: error => errors.push(error),
      token: async ({ reason }) => {
        reasons.push(reason);
        const token = tokens.length > 1 ? tokens.shift()! : tokens[0]!;
        if (token instanceof Error) throw token;
        return token;
      },
    });
    return { ...result, reasons, errors };
  }

  it('is renewed before it expires, again and again (Q3)', async () => {
    const { socket, reasons } = await withSession(600_000, ['a', 'b', 'c']);
    await pass(569_999);
    assert.deepEqual(socket.sent, []);
    await pass(1);
    assert.deepEqual(socket.messages.map(({ id, ...rest }) => rest), [{ action: 'pikku-auth', data: { token: 'b' } }]);
    renewed(socket, { data: { expiresAt: at(8_000) } });
    await turns();
    await pass(7_000);
    assert.deepEqual(socket.messages[1].data, { token: 'c' });
    assert.deepEqual(reasons, ['connect', 'expiring', 'expiring']);
  });

  it('is renewed once if the new one does not expire', async () => {
    const { socket, reasons } = await withSession(60_000, ['a']);
    await pass(60_000);
    renewed(socket, { data: {} });
    await turns();
    await pass(10_000_000);
    assert.deepEqual(reasons, ['connect', 'expiring']);
  });

  it('is renewed by each client at another moment in the last quarter', async () => {
    const { socket } = await (async () => {
      const { chance } = await import('./harness.ts');
      chance.random = 0;
      return withSession(100_000, ['a']);
    })();
    await pass(74_999);
    assert.deepEqual(socket.sent, []);
    await pass(1);
    assert.equal(socket.sent.length, 1);
  });

  it('is not renewed without a token, an expiry or a token function', async () => {
    const { socket } = await withSession(60_000, ['a', null]);
    await pass(60_000);
    await pass(1_000_000);
    assert.deepEqual(socket.sent, []);
    for (const [expiresAt, token] of [[undefined, () => 'a'], ['soon', () => 'a'], [at(60_000), undefined]] as const) {
      FakeSocket.expiresAt = expiresAt;
      const { socket: next } = await connected(token ? { token } : {});
      await pass(1_000_000);
      assert.deepEqual(next.sent, []);
    }
  });

  it('asks for another token once if the new one is refused (Q3)', async () => {
    const { socket, reasons, errors } = await withSession(60_000, ['a', 'b', 'c']);
    await pass(60_000);
    renewed(socket, refused);
    await turns();
    assert.deepEqual(socket.messages.map(({ data }) => data.token), ['b', 'c']);
    renewed(socket, { data: {} });
    await turns();
    assert.deepEqual([reasons, errors], [['connect', 'expiring', 'refused'], []]);
  });

  it('reports a second refusal, or the same token, and stays connected', async () => {
    for (const tokens of [['a', 'b', 'c'], ['a', 'b', 'b'], ['a', 'b', null]]) {
      const { route, socket, reasons, errors } = await withSession(60_000, [...tokens]);
      await pass(60_000);
      renewed(socket, refused);
      await turns();
      if (tokens[2] === 'c') renewed(socket, { error: { name: 'ForbiddenError', status: 403, message: 'Another user.' } });
      await turns();
      await pass(1_000_000);
      assert.deepEqual(reasons, ['connect', 'expiring', 'refused']);
      assert.equal(errors.length, 1);
      assert.ok(named(tokens[2] === 'c' ? 'ForbiddenError' : 'UnauthorizedError')(errors[0]));
      assert.equal(route.status, 'open');
      route.close();
    }
  });

  it('tries again later if the token function or the server fails', async () => {
    const { socket, reasons, errors } = await withSession(60_000, ['a', new Error('no network'), 'b', 'c']);
    await pass(60_000);
    await pass(10_000);
    assert.deepEqual(socket.messages.map(({ data }) => data.token), ['b']);
    renewed(socket, { error: { name: 'ServiceUnavailableError', status: 503, message: 'Later.' } });
    await turns();
    await pass(10_000);
    renewed(socket, { data: {} });
    await turns();
    assert.deepEqual([reasons, errors.length], [['connect', 'expiring', 'expiring', 'expiring'], 2]);
  });

  it('is not renewed on another connection than its own', async () => {
    let finish!: (token: string) => void;
    FakeSocket.expiresAt = at(60_000);
    let asked = 0;
    const { socket } = await connected({ token: () => (++asked === 2 ? new Promise<string>(resolve => (finish = resolve)) : 'a') });
    await pass(60_000);
    FakeSocket.expiresAt = undefined;
    socket.end(1006);
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    finish('late');
    await turns();
    assert.deepEqual([socket.sent, FakeSocket.last.sent], [[], []]);
  });

  it('of a connection that has ended is not renewed on the next one', async () => {
    const { socket, reasons } = await withSession(60_000, ['a']);
    FakeSocket.expiresAt = undefined;
    socket.end(1006);
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    await pass(1_000_000);
    assert.deepEqual([reasons, FakeSocket.last.sent], [['connect', 'connect'], []]);
  });

  it('and was renewed ends with its last token, which the server then refuses', async () => {
    const { route, socket, reasons } = await withSession(60_000, ['a', 'b', 'b']);
    await pass(60_000);
    renewed(socket, { data: {} });
    await turns();
    socket.end(1008, 'session expired');
    await pass(500);
    assert.deepEqual([reasons, route.status], [['connect', 'expiring', 'refused'], 'closed']);
  });

  it('is not renewed without a pause if the clock of the client is wrong', async () => {
    const { socket, reasons } = await withSession(-60_000, ['a']);
    for (let second = 0; second < 60; second++) {
      await pass(1_000);
      if (socket.sent.length > reasons.length - 2 && socket.sent.length > 0) renewed(socket, { data: { expiresAt: at(-60_000) } });
      await turns();
    }
    assert.equal(reasons.length - 1, 6);
  });
});
