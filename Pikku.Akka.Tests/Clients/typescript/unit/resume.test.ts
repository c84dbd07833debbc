import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PikkuEventInfo, PikkuLoss } from '../../../../extensions/Pikku.Akka.Tools/Clients/client.ts';
import { FakeSocket } from './fake-socket.ts';
import { connected, isolate, make, named, pass, reconnect, turns } from './harness.ts';

isolate();

const topic = 'board:{boardId}';
const key = { boardId: 1 };
const forbidden = { name: 'ForbiddenError', status: 403, message: 'Not yours.' };
const busy = { name: 'ServiceUnavailableError', status: 503, message: 'Later.' };

/** The requests about topics, as `subscribe x.1`, where `x.1` is the position that the client has sent. */
const asked = (socket: FakeSocket): string[] =>
  socket.messages.map(({ action, data }) => `${action.replace('pikku-', '')} ${data.since ?? ''}`.trim());

/** The server answers the last request. */
const reply = (socket: FakeSocket, more: object): void =>
  socket.answer(socket.sent.length - 1, 'error' in more ? more : { data: { subscribed: 'board:1', ...more } });

const event = (socket: FakeSocket, at: string, moved = at): void => socket.receive({ topic: 'board:1', data: { moved }, at });
const tick = (socket: FakeSocket, at: string): void => socket.receive({ topic: 'board:1', at });
const refresh = (socket: FakeSocket, position: string): void => socket.receive({ topic: 'board:1', position });

/** Records what a handler is told. */
function recorder() {
  const log: string[] = [];
  const handler = ({ moved }: { moved: string }, { replayed }: PikkuEventInfo): void => void log.push(replayed ? `${moved} again` : moved);
  const onLost = ({ topic: name, reason }: PikkuLoss): void => void log.push(`${name} lost ${reason}`);
  const onSnapshot = ({ moves }: { moves: string[] }): void => void log.push(`snapshot ${moves.join()}`);
  return { log, handler, onLost, onSnapshot };
}

/** A route with one handler, whose subscription is in force with a position. */
async function subscribed(position = 'x.1,~h.5') {
  const route = await connected({ onError: () => {} });
  const told = recorder();
  const stop = route.route.subscribe(topic, key, told.handler, { onLost: told.onLost });
  reply(route.socket, { recovery: 'none', position });
  return { ...route, ...told, stop };
}

describe('the events of a topic with history', () => {
  it('are taken if they are the next ones of their origin, where one that the position does not name begins at 1 (P2)', async () => {
    const { route, log, socket } = await subscribed('x.4');
    const infos: PikkuEventInfo[] = [];
    route.subscribe(topic, key, (_, info) => void infos.push(info));
    for (const at of ['x.5', 'y.1', 'x.6', 'y.2']) event(socket, at);
    assert.deepEqual(log, ['x.5', 'y.1', 'x.6', 'y.2']);
    assert.deepEqual(infos[0], { topic: 'board:1', at: 'x.5', replayed: false });
    assert.deepEqual(asked(socket), ['subscribe']);
  });

  it('are dropped if they are repeated', async () => {
    const { log, socket } = await subscribed();
    for (const at of ['x.2', 'x.2', 'x.1', 'x.3']) event(socket, at);
    assert.deepEqual([log, asked(socket)], [['x.2', 'x.3'], ['subscribe']]);
  });

  it('after a hole are dropped, and the client subscribes with the position before the hole (P8)', async () => {
    const { log, socket } = await subscribed();
    event(socket, 'x.2');
    event(socket, 'x.4');
    event(socket, 'x.5');
    assert.deepEqual(asked(socket), ['subscribe', 'subscribe x.2,~h.5']);
    reply(socket, { recovery: 'complete', position: 'x.2,~h.5', replayed: 3 });
    for (const at of ['x.3', 'x.4', 'x.5', 'x.6']) event(socket, at);
    assert.deepEqual(log, ['x.2', 'x.3 again', 'x.4 again', 'x.5 again', 'x.6']);
  });

  it('between a subscribe and its reply are dropped, also if they are the next ones', async () => {
    const { log, socket } = await subscribed();
    event(socket, 'x.3');
    event(socket, 'x.2');
    event(socket, 'y.1');
    refresh(socket, 'x.9');
    reply(socket, { recovery: 'complete', position: 'x.1,~h.5', replayed: 3 });
    for (const at of ['x.2', 'x.3', 'y.1']) event(socket, at);
    assert.deepEqual([log, asked(socket).length], [['x.2 again', 'x.3 again', 'y.1 again'], 2]);
  });

  it('after a hole at the very first event of an origin are asked for', async () => {
    const { socket } = await subscribed('x.1');
    event(socket, 'y.2');
    assert.deepEqual(asked(socket), ['subscribe', 'subscribe x.1']);
  });

  it('follow the position of a reply that says lost, not one that is merged with the old one', async () => {
    const { log, socket, states } = await subscribed('x.8,y.9,~h.5');
    event(socket, 'x.10');
    reply(socket, { recovery: 'lost', reason: 'unknown', position: 'x.2,~i.6' });
    event(socket, 'x.3');
    event(socket, 'y.1');
    assert.deepEqual(log, ['board:1 lost unknown', 'x.3', 'y.1']);
    assert.equal(states.at(-1)?.missed, true);
    // A merged position would be lost again and again.
    assert.deepEqual(asked(await reconnect()), ['subscribe x.3,~i.6,y.1']);
  });

  it('whose holes follow one another without an event in between are asked for with backoff', async () => {
    const { socket } = await subscribed();
    const repair = (): void => reply(socket, { recovery: 'lost', reason: 'limit', position: 'x.9' });
    event(socket, 'x.3');
    repair();
    event(socket, 'x.11');
    assert.equal(asked(socket).length, 2);
    await pass(500);
    assert.equal(asked(socket).length, 3);
    repair();
    event(socket, 'x.10');
    event(socket, 'x.12');
    assert.equal(asked(socket).length, 4);
  });

  it('whose repair fails for now stay dropped until it succeeds', async () => {
    const { log, socket, stop } = await subscribed();
    event(socket, 'x.3');
    reply(socket, { error: busy });
    event(socket, 'x.2');
    refresh(socket, 'x.1');
    await pass(500);
    assert.deepEqual([log, asked(socket)], [[], ['subscribe', 'subscribe x.1,~h.5', 'subscribe x.1,~h.5']]);
    stop();
    reply(socket, { recovery: 'complete', position: 'x.1,~h.5', replayed: 2 });
    assert.equal(asked(socket).at(-1), 'unsubscribe');
  });

  it('whose repair is denied are over, also on the server', async () => {
    const { route, socket } = await connected();
    const log: string[] = [];
    route.subscribe(topic, key, () => {}, { onDenied: ({ name }) => void log.push(name) });
    reply(socket, { recovery: 'none', position: 'x.1' });
    event(socket, 'x.3');
    reply(socket, { error: forbidden });
    assert.deepEqual([log, asked(socket)], [['ForbiddenError'], ['subscribe', 'subscribe x.1', 'unsubscribe']]);
  });

  it('are handed on without a check if only the server subscribes the connection', async () => {
    const { route, socket } = await connected();
    const seen: (string | undefined)[] = [];
    route.subscribe('room:1', (_, { at }) => void seen.push(at));
    for (const at of ['x.5', 'x.9', 'x.9']) socket.receive({ topic: 'room:1', data: { text: '' }, at });
    socket.receive({ topic: 'room:1', at: 'x.10' });
    assert.deepEqual([seen, socket.sent], [['x.5', 'x.9', 'x.9'], []]);
  });

  it('with a position that cannot be read are handed on', async () => {
    const { log, socket } = await subscribed();
    event(socket, 'x', 'a');
    event(socket, 'x.y', 'b');
    event(socket, 'x.2');
    assert.deepEqual([log, asked(socket)], [['a', 'b', 'x.2'], ['subscribe']]);
  });
});

describe('a tick', () => {
  it('advances the position and is not handed on (P3)', async () => {
    const { route, log, socket } = await subscribed();
    const messages: unknown[] = [];
    route.onMessage(message => void messages.push(message));
    tick(socket, 'x.2');
    event(socket, 'x.3');
    tick(socket, 'y.1');
    assert.deepEqual([log, messages], [['x.3'], []]);
    assert.deepEqual(asked(await reconnect()), ['subscribe x.3,~h.5,y.1']);
  });

  it('after a hole is a hole', async () => {
    const { socket } = await subscribed();
    tick(socket, 'x.3');
    assert.deepEqual(asked(socket), ['subscribe', 'subscribe x.1,~h.5']);
  });

  it('counts as a part of the replay', async () => {
    const { log, socket } = await subscribed();
    event(socket, 'x.4');
    reply(socket, { recovery: 'complete', position: 'x.1', replayed: 2 });
    tick(socket, 'x.2');
    event(socket, 'x.3');
    event(socket, 'x.4');
    assert.deepEqual(log, ['x.3 again', 'x.4']);
  });
});

describe('a refresh', () => {
  it('that names more than the client has is a hole (P3)', async () => {
    const { socket } = await subscribed();
    refresh(socket, 'x.2,~h.9');
    assert.deepEqual(asked(socket), ['subscribe', 'subscribe x.1,~h.5']);
  });

  it('that names an unknown origin is a hole', async () => {
    const { socket } = await subscribed();
    refresh(socket, 'x.1,y.1,~h.9');
    assert.deepEqual(asked(socket), ['subscribe', 'subscribe x.1,~h.5']);
  });

  it('replaces the position: it renews the minute and removes origins that are gone', async () => {
    const { log, socket } = await subscribed('x.1,dead.7,~h.5');
    refresh(socket, 'x.1,~h.900');
    assert.deepEqual(asked(await reconnect()), ['subscribe x.1,~h.900']);
    assert.deepEqual(log, []);
  });

  it('that names less than the client has is taken, and the events in between are asked for', async () => {
    const { log, socket } = await subscribed();
    event(socket, 'x.2');
    refresh(socket, 'x.1,~h.6');
    event(socket, 'x.3');
    assert.deepEqual([log, asked(socket)], [['x.2'], ['subscribe', 'subscribe x.1,~h.6']]);
  });
});

describe('a message that looks like a tick', () => {
  it('is a message of the application if it has anything else', async () => {
    const { route, socket } = await subscribed();
    const messages: unknown[] = [];
    route.onMessage(message => void messages.push(message));
    for (const message of [{ topic: 'board:1' }, { topic: 'board:1', at: 1 }, { topic: 'board:1', at: 'x.2', text: '' }]) socket.receive(message);
    assert.equal(messages.length, 3);
    tick(socket, 'x.2');
    // Nobody has subscribed to it any more.
    socket.receive({ topic: 'board:9', at: 'x.2' });
    assert.equal(messages.length, 3);
  });
});

describe('after a reconnect', () => {
  it('the client sends its position and nothing is missed if the reply says complete (P4)', async () => {
    const { log, socket, states } = await subscribed();
    event(socket, 'x.2');
    const next = await reconnect();
    assert.deepEqual(asked(next), ['subscribe x.2,~h.5']);
    reply(next, { recovery: 'complete', position: 'x.2,~h.5', replayed: 1 });
    event(next, 'x.3');
    event(next, 'x.4');
    assert.deepEqual(log, ['x.2', 'x.3 again', 'x.4']);
    assert.deepEqual(states.filter(({ status }) => status === 'open').map(({ missed }) => missed), [false, false]);
  });

  it('events before the reply are dropped, because the reply replays them', async () => {
    const { log } = await subscribed();
    const next = await reconnect();
    event(next, 'x.2');
    reply(next, { recovery: 'complete', position: 'x.1', replayed: 1 });
    event(next, 'x.2');
    assert.deepEqual(log, ['x.2 again']);
  });

  it('a loss is told to the handlers and by the status, once for all topics', async () => {
    const { route, log, socket, states, onLost } = await subscribed();
    route.subscribe(topic, { boardId: 2 }, () => {}, { onLost });
    socket.answer(1, { data: { subscribed: 'board:2', recovery: 'none', position: 'z.1' } });
    const next = await reconnect();
    const count = states.length;
    for (const [index, name] of ['board:1', 'board:2'].entries()) {
      assert.equal(states.length, count);
      next.answer(index, { data: { subscribed: name, recovery: 'lost', reason: 'expired', position: 'x.50' } });
    }
    assert.deepEqual(log, ['board:1 lost expired', 'board:2 lost expired']);
    assert.deepEqual(states.slice(count).map(({ previous, status, missed }) => [previous, status, missed]), [['open', 'open', true]]);
  });

  it('a loss that could not be told before the connection was lost again is told by the next status', async () => {
    const { route, socket, states } = await subscribed();
    route.subscribe(topic, { boardId: 2 }, () => {});
    socket.answer(1, { data: { subscribed: 'board:2', recovery: 'none', position: 'z.1' } });
    const next = await reconnect();
    next.answer(0, { data: { subscribed: 'board:1', recovery: 'lost', reason: 'expired', position: 'x.50' } });
    assert.equal(states.at(-1)?.missed, false);
    await reconnect();
    assert.deepEqual([states.at(-1)?.status, states.at(-1)?.missed], ['open', true]);
  });

  it('a topic without history has missed events, and its handlers are told', async () => {
    const { route, socket, states } = await connected();
    const { log, handler, onLost } = recorder();
    route.subscribe(topic, key, handler, { onLost });
    reply(socket, { recovery: 'none' });
    const next = await reconnect();
    assert.deepEqual([asked(next), states.at(-1)?.missed], [['subscribe'], true]);
    const count = states.length;
    reply(next, { recovery: 'none' });
    assert.deepEqual([log, states.length], [['board:1 lost no-history'], count]);
  });

  it('messages outside of topics may have been missed', async () => {
    const { route, states } = await subscribed();
    route.onMessage(() => {});
    await reconnect();
    assert.equal(states.at(-1)?.missed, true);
  });

  it('a handler that was added meanwhile has lost nothing', async () => {
    const { route, socket } = await connected();
    socket.end(1006);
    const { log, handler, onLost } = recorder();
    route.subscribe(topic, key, handler, { onLost });
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    reply(FakeSocket.last, { recovery: 'none', position: 'x.5' });
    assert.deepEqual([log, asked(FakeSocket.last)], [[], ['subscribe']]);
  });

  it('a subscription that was ended and made again has no position', async () => {
    const { route, socket, stop } = await subscribed();
    stop();
    reply(socket, {});
    route.subscribe(topic, key, () => {});
    assert.deepEqual(asked(socket), ['subscribe', 'unsubscribe', 'subscribe']);
  });

  it('a route that the server has closed resumes when it is connected again', async () => {
    const { route, socket } = await subscribed();
    socket.end(1000, 'idle');
    void route.connect();
    await turns();
    FakeSocket.last.accept();
    await turns();
    assert.deepEqual(asked(FakeSocket.last), ['subscribe x.1,~h.5']);
  });

  it('a loop goes on, and fails only if events are lost', async () => {
    const { route, socket } = await connected();
    const events = route.events(topic, key);
    reply(socket, { recovery: 'none', position: 'x.1' });
    event(socket, 'x.2');
    let next = await reconnect();
    reply(next, { recovery: 'complete', position: 'x.2', replayed: 1 });
    event(next, 'x.3');
    assert.deepEqual([(await events.next()).value, (await events.next()).value], [{ moved: 'x.2' }, { moved: 'x.3' }]);
    next = await reconnect();
    reply(next, { recovery: 'lost', reason: 'expired', position: 'x.9' });
    event(next, 'x.10');
    await assert.rejects(events.next(), named('EventsLostError', 0));
    assert.deepEqual(asked(next), ['subscribe x.3', 'unsubscribe']);
  });
});

describe('a snapshot', () => {
  it('comes before the events that follow it (P9)', async () => {
    const { route, socket } = await connected();
    const { log, handler, onSnapshot, onLost } = recorder();
    route.subscribe(topic, key, handler, { onSnapshot, onLost, onSubscribed: () => void log.push('subscribed') });
    event(socket, 'x.4');
    reply(socket, { recovery: 'none', position: 'x.4', snapshot: { moves: ['a'] } });
    event(socket, 'x.5');
    assert.deepEqual(log, ['snapshot a', 'subscribed', 'x.5']);
  });

  it('follows a loss, and does not come with a complete reply', async () => {
    const { route, socket } = await connected();
    const { log, handler, onSnapshot, onLost } = recorder();
    route.subscribe(topic, key, handler, { onSnapshot, onLost });
    reply(socket, { recovery: 'none', position: 'x.4', snapshot: { moves: ['a'] } });
    let next = await reconnect();
    reply(next, { recovery: 'complete', position: 'x.4', replayed: 0 });
    next = await reconnect();
    reply(next, { recovery: 'lost', reason: 'expired', position: 'x.9', snapshot: { moves: ['b'] } });
    event(next, 'x.10');
    assert.deepEqual(log, ['snapshot a', 'board:1 lost expired', 'snapshot b', 'x.10']);
  });

  it('may be null', async () => {
    const { route, socket } = await connected();
    const seen: unknown[] = [];
    route.subscribe(topic, key, () => {}, { onSnapshot: snapshot => void seen.push(snapshot) });
    reply(socket, { recovery: 'none', position: 'x.4', snapshot: null });
    assert.deepEqual(seen, [null]);
  });

  it('is asked for again if a handler is added later, without disturbing the others', async () => {
    const { route, socket, log } = await subscribed();
    const late = recorder();
    route.subscribe(topic, key, late.handler, { onSnapshot: late.onSnapshot });
    assert.deepEqual(asked(socket), ['subscribe', 'subscribe']);
    event(socket, 'x.2');
    event(socket, 'x.3');
    // The server took the position before x.3 and replays what lies behind it.
    reply(socket, { recovery: 'none', position: 'x.2,~h.5', snapshot: { moves: ['1', '2'] } });
    event(socket, 'x.3');
    event(socket, 'x.4');
    assert.deepEqual(log, ['x.2', 'x.3', 'x.4']);
    assert.deepEqual(late.log, ['snapshot 1,2', 'x.3', 'x.4']);
    assert.deepEqual(asked(socket), ['subscribe', 'subscribe']);
  });

  it('of a later handler that reveals a hole of the others is followed by a repair for them alone', async () => {
    const { route, socket, log } = await subscribed();
    const late = recorder();
    route.subscribe(topic, key, late.handler, { onSnapshot: late.onSnapshot });
    reply(socket, { recovery: 'none', position: 'x.3,~h.6', snapshot: { moves: ['1', '2', '3'] } });
    assert.deepEqual(asked(socket), ['subscribe', 'subscribe', 'subscribe x.1,~h.5']);
    reply(socket, { recovery: 'complete', position: 'x.1,~h.5', replayed: 2 });
    for (const at of ['x.2', 'x.3', 'x.4']) event(socket, at);
    assert.deepEqual(log, ['x.2 again', 'x.3 again', 'x.4']);
    assert.deepEqual(late.log, ['snapshot 1,2,3', 'x.4']);
  });

  it('of a later handler is asked for again after a hole of the others', async () => {
    const { route, socket, log } = await subscribed();
    const late = recorder();
    route.subscribe(topic, key, late.handler, { onSnapshot: late.onSnapshot });
    const join = socket.sent.length - 1;
    event(socket, 'x.3');
    socket.answer(join, { data: { subscribed: 'board:1', recovery: 'none', position: 'x.3', snapshot: { moves: ['old'] } } });
    assert.deepEqual([late.log, asked(socket)], [[], ['subscribe', 'subscribe', 'subscribe x.1,~h.5']]);
    reply(socket, { recovery: 'complete', position: 'x.1,~h.5', replayed: 2 });
    event(socket, 'x.2');
    event(socket, 'x.3');
    assert.equal(asked(socket).at(-1), 'subscribe');
    reply(socket, { recovery: 'none', position: 'x.3,~h.6', snapshot: { moves: ['new'] } });
    assert.deepEqual([log, late.log], [['x.2 again', 'x.3 again'], ['snapshot new']]);
  });

  it('of a later handler does not come from a request before a hole, also if the repair waits', async () => {
    const { route, socket } = await subscribed();
    event(socket, 'x.3');
    reply(socket, { recovery: 'lost', reason: 'limit', position: 'x.5' });
    const late = recorder();
    route.subscribe(topic, key, late.handler, { onSnapshot: late.onSnapshot });
    event(socket, 'x.7');
    reply(socket, { recovery: 'none', position: 'x.7', snapshot: { moves: ['old'] } });
    assert.deepEqual([late.log, asked(socket).length], [[], 3]);
    await pass(500);
    assert.equal(asked(socket).at(-1), 'subscribe x.5');
  });

  it('is for each handler the beginning of what it has, whatever the others have', async () => {
    const { route, socket, log } = await subscribed('x.3');
    const [two, three] = [recorder(), recorder()];
    route.subscribe(topic, key, two.handler, { onSnapshot: two.onSnapshot });
    reply(socket, { recovery: 'none', position: 'x.2', snapshot: { moves: ['2'] } });
    route.subscribe(topic, key, three.handler, { onSnapshot: three.onSnapshot });
    reply(socket, { recovery: 'none', position: 'x.1', snapshot: { moves: ['1'] } });
    for (const at of ['x.2', 'x.3', 'x.4']) event(socket, at);
    assert.deepEqual([log, two.log, three.log], [['x.4'], ['snapshot 2', 'x.3', 'x.4'], ['snapshot 1', 'x.2', 'x.3', 'x.4']]);
  });

  it('after a loss is the beginning for all handlers, also with smaller numbers', async () => {
    const { route, socket, log } = await subscribed('x.3');
    const late = recorder();
    route.subscribe(topic, key, late.handler, { onSnapshot: late.onSnapshot });
    reply(socket, { recovery: 'none', position: 'x.1', snapshot: { moves: [] } });
    const next = await reconnect();
    reply(next, { recovery: 'lost', reason: 'unknown', position: 'x.1', snapshot: { moves: [] } });
    event(next, 'x.2');
    assert.deepEqual(log, ['board:1 lost unknown', 'x.2']);
  });

  it('is taken as such if a server says complete although it was not asked', async () => {
    const { route, socket } = await connected();
    const { log, handler, onSnapshot } = recorder();
    route.subscribe(topic, key, handler, { onSnapshot });
    reply(socket, { recovery: 'complete', position: 'x.1', snapshot: { moves: ['a'] } });
    assert.deepEqual([log, asked(socket)], [['snapshot a'], ['subscribe']]);
  });

  it('of a handler that was added while the client reconnects is asked for after the others have resumed', async () => {
    const { route, socket, log } = await subscribed();
    socket.end(1006);
    const late = recorder();
    route.subscribe(topic, key, late.handler, { onSnapshot: late.onSnapshot, onLost: late.onLost });
    await pass(500);
    FakeSocket.last.accept();
    await turns();
    const next = FakeSocket.last;
    assert.deepEqual(asked(next), ['subscribe x.1,~h.5']);
    reply(next, { recovery: 'complete', position: 'x.1,~h.5', replayed: 1 });
    event(next, 'x.2');
    assert.deepEqual([log, late.log, asked(next)], [['x.2 again'], [], ['subscribe x.1,~h.5', 'subscribe']]);
    reply(next, { recovery: 'none', position: 'x.2,~h.5', snapshot: { moves: ['1', '2'] } });
    event(next, 'x.3');
    assert.deepEqual([log, late.log], [['x.2 again', 'x.3'], ['snapshot 1,2', 'x.3']]);
  });

  it('of a later handler that is denied concerns that handler alone', async () => {
    const { route, socket, log } = await subscribed();
    const late = recorder();
    route.subscribe(topic, key, late.handler, { onSnapshot: late.onSnapshot, onDenied: ({ name }) => void late.log.push(name) });
    reply(socket, { error: forbidden });
    event(socket, 'x.2');
    assert.deepEqual([log, late.log, asked(socket)], [['x.2'], ['ForbiddenError'], ['subscribe', 'subscribe']]);
  });

  it('of a later handler that fails for now is asked for again', async () => {
    const { route, socket, log } = await subscribed();
    const late = recorder();
    route.subscribe(topic, key, late.handler, { onSnapshot: late.onSnapshot });
    reply(socket, { error: busy });
    event(socket, 'x.2');
    await pass(500);
    reply(socket, { recovery: 'none', position: 'x.2,~h.5', snapshot: { moves: [] } });
    assert.deepEqual([log, late.log, asked(socket).length], [['x.2'], ['snapshot '], 3]);
  });

  it('of a later handler is the answer for it if the server has ended the subscription of the others', async () => {
    const { route, socket, log } = await subscribed();
    const late = recorder();
    route.subscribe(topic, key, late.handler, { onSnapshot: late.onSnapshot });
    socket.receive({ action: 'pikku-unsubscribed', subscribed: 'board:1', error: forbidden });
    event(socket, 'x.2');
    reply(socket, { recovery: 'none', position: 'x.7', snapshot: { moves: ['a'] } });
    event(socket, 'x.8');
    assert.deepEqual([log, late.log, asked(socket).length], [[], ['snapshot a', 'x.8'], 2]);
  });

  it('of a topic without history comes again after a reconnect', async () => {
    const { route, socket } = await connected();
    const { log, onSnapshot, onLost } = recorder();
    route.subscribe(topic, key, ({ moved }) => void log.push(moved), { onSnapshot, onLost });
    reply(socket, { recovery: 'none', snapshot: { moves: ['a'] } });
    socket.receive({ topic: 'board:1', data: { moved: 'b' } });
    const next = await reconnect();
    reply(next, { recovery: 'none', snapshot: { moves: ['a', 'b'] } });
    assert.deepEqual(log, ['snapshot a', 'b', 'board:1 lost no-history', 'snapshot a,b']);
  });
});

describe('a live state', () => {
  /** A live list of moves that reloads when a move is 'bad' and fails when it is 'worse'. */
  async function lively(more: object = { position: 'x.1' }) {
    const errors: unknown[] = [];
    const { route, socket } = await connected({ onError: error => errors.push(error) });
    const live = route.live(topic, key, (state, { moved }, { reload }) => {
      if (moved === 'worse') throw new Error(moved);
      return moved === 'bad' ? reload() : { moves: [...state.moves, moved] };
    });
    const log: string[] = [];
    live.onChange(({ status, value, error }) => void log.push([status, value?.moves.join(''), error?.name].filter(Boolean).join(' ')));
    reply(socket, { recovery: 'none', snapshot: { moves: ['a'] }, ...more });
    return { route, socket, live, log, errors };
  }

  it('is the snapshot with the events that follow it', async () => {
    const { socket, live, log } = await lively();
    event(socket, 'x.2', 'b');
    assert.deepEqual([log, live.value, live.status], [['live a', 'live ab'], { moves: ['a', 'b'] }, 'live']);
  });

  it('resumes after a reconnect', async () => {
    const { log, socket } = await lively();
    event(socket, 'x.2', 'b');
    const next = await reconnect();
    reply(next, { recovery: 'complete', position: 'x.2', replayed: 1 });
    event(next, 'x.3', 'c');
    assert.deepEqual([log, asked(next)], [['live a', 'live ab', 'stale ab', 'live ab', 'live abc'], ['subscribe x.2']]);
  });

  it('is loaded again after a loss', async () => {
    const { log } = await lively();
    const next = await reconnect();
    reply(next, { recovery: 'lost', reason: 'expired', position: 'x.7', snapshot: { moves: ['g'] } });
    event(next, 'x.8', 'h');
    assert.deepEqual(log, ['live a', 'stale a', 'live g', 'live gh']);
  });

  it('is loaded again if the function asks for it, and takes no event before it is', async () => {
    const { log, socket, live } = await lively();
    event(socket, 'x.2', 'bad');
    event(socket, 'x.3', 'c');
    assert.deepEqual([live.status, asked(socket)], ['stale', ['subscribe', 'subscribe']]);
    reply(socket, { recovery: 'none', position: 'x.3', snapshot: { moves: ['z'] } });
    event(socket, 'x.4', 'd');
    assert.deepEqual(log, ['live a', 'stale a', 'live z', 'live zd']);
  });

  it('is loaded again without disturbing other handlers of the topic', async () => {
    const { route, log, socket } = await lively();
    const other = recorder();
    route.subscribe(topic, key, other.handler);
    event(socket, 'x.2', 'bad');
    event(socket, 'x.3', 'c');
    reply(socket, { recovery: 'none', position: 'x.2', snapshot: { moves: ['z'] } });
    event(socket, 'x.3', 'c');
    event(socket, 'x.4', 'd');
    assert.deepEqual([log, other.log], [['live a', 'stale a', 'live z', 'live zc', 'live zcd'], ['bad', 'c', 'd']]);
  });

  it('that is loaded again begins with its new snapshot, whatever it had before', async () => {
    const { route, live, socket } = await lively({ position: 'x.3' });
    route.live(topic, key, state => state);
    reply(socket, { recovery: 'none', position: 'x.1', snapshot: { moves: [] } });
    live.reload();
    event(socket, 'x.2');
    reply(socket, { recovery: 'none', position: 'x.2', snapshot: { moves: ['z'] } });
    event(socket, 'x.3');
    assert.deepEqual(live.value, { moves: ['z', 'x.3'] });
  });

  it('is loaded again with backoff if the last time did not help', async () => {
    const { socket } = await lively();
    const load = (number: number): void => reply(socket, { recovery: 'none', position: `x.${number}`, snapshot: { moves: [] } });
    event(socket, 'x.2', 'bad');
    load(2);
    event(socket, 'x.3', 'bad');
    assert.equal(asked(socket).length, 2);
    await pass(500);
    assert.equal(asked(socket).length, 3);
    load(3);
    event(socket, 'x.4', 'c');
    event(socket, 'x.5', 'bad');
    assert.equal(asked(socket).length, 4);
  });

  it('is loaded again after an exception of the function, which is reported', async () => {
    const { log, errors, socket } = await lively();
    event(socket, 'x.2', 'worse');
    reply(socket, { recovery: 'none', position: 'x.2', snapshot: { moves: ['z'] } });
    assert.deepEqual([log, errors.length], [['live a', 'stale a', 'live z'], 1]);
  });

  it('is closed by a denial, an end of the subscription and the end of the route, and connect revives the latter', async () => {
    const { route, log, socket, live } = await lively();
    const other = route.live(topic, { boardId: 2 }, state => state);
    socket.answer(1, { error: forbidden });
    assert.deepEqual([other.status, other.error?.name, other.value], ['closed', 'ForbiddenError', undefined]);
    socket.end(4403, 'no');
    assert.deepEqual([live.status, live.error?.name], ['closed', 'ClosedError']);
    assert.equal(route.live(topic, { boardId: 3 }, state => state).status, 'closed');
    void route.connect();
    await turns();
    FakeSocket.last.accept();
    await turns();
    FakeSocket.last.answer(0, { data: { subscribed: 'board:1', recovery: 'complete', position: 'x.1', replayed: 0 } });
    assert.deepEqual([log, live.error], [['live a', 'closed a ClosedError', 'live a'], undefined]);
    FakeSocket.last.receive({ action: 'pikku-unsubscribed', subscribed: 'board:1', error: forbidden });
    assert.deepEqual([log.at(-1), live.value], ['closed a ForbiddenError', { moves: ['a'] }]);
  });

  it('ends with close', async () => {
    const { log, socket, live } = await lively();
    live.close();
    live.close();
    live.reload();
    event(socket, 'x.2', 'b');
    assert.deepEqual([log, asked(socket)], [['live a', 'closed a'], ['subscribe', 'unsubscribe']]);
  });

  it('waits for the connection and has no value before', () => {
    const live = make().getRoute('todos').live(topic, key, state => state);
    assert.deepEqual([live.value, live.status, live.error], [undefined, 'loading', undefined]);
  });
});

describe('presence', () => {
  const name = 'board:1:viewers';
  /** A route that follows the viewers, the changes that it was told, and a function that sends an event. */
  const following = async (...snapshot: [key: string, info: string][]) => {
    const { route, socket } = await connected();
    const viewers = route.presence('board:{boardId}:viewers', key);
    const told: unknown[] = [];
    viewers.onChange((_, changes) => void told.push(...changes));
    let number = 1;
    const send = (data: object): void => socket.receive({ topic: name, data, at: `x.${++number}` });
    const answer = (index: number, recovery: object, ...entries: [key: string, info: string][]): void =>
      socket.answer(index, { data: { ...recovery, snapshot: entries.map(([, info]) => info), keys: entries.map(([key]) => key) } });
    answer(0, { recovery: 'none', position: 'x.1' }, ...snapshot);
    return { socket, viewers, told, send, answer };
  };

  it('is the list of the connections, and tells each change once and in order (P10)', async () => {
    const { socket, viewers, told, send } = await following(['1', 'ann'], ['2', 'bob']);
    const entries = viewers.entries;
    assert.deepEqual([entries, viewers.status, viewers.error], [[{ key: '1', info: 'ann' }, { key: '2', info: 'bob' }], 'live', undefined]);
    assert.equal(viewers.entries, entries);
    send({ joined: 'ann', key: '3' });
    send({ joined: 'bob', key: '2' }); // The list may already contain it.
    send({ updated: 'Bob', key: '2' });
    send({ updated: 'cy', key: '4' }); // Its join has been overwritten.
    send({ left: 'ann', key: '1' });
    send({ left: 'nobody', key: '9' });
    send({ moved: 'somewhere', key: '2' });
    send({ joined: 'without a key' });
    assert.deepEqual(viewers.entries, [{ key: '2', info: 'Bob' }, { key: '3', info: 'ann' }, { key: '4', info: 'cy' }]);
    assert.deepEqual(told, [
      { key: '1', joined: 'ann' }, { key: '2', joined: 'bob' }, { key: '3', joined: 'ann' }, { key: '2', updated: 'Bob' }, { key: '4', joined: 'cy' }, { key: '1', left: 'ann' },
    ]);
    assert.deepEqual(entries.length, 2);
    viewers.close();
    assert.equal(socket.messages.at(-1).action, 'pikku-unsubscribe');
    assert.equal(viewers.entries.length, 3);
  });

  it('keeps connections with the same info apart', async () => {
    const { viewers, send } = await following(['1', 'ann'], ['2', 'ann'], ['3', 'ann']);
    send({ left: 'ann', key: '2' });
    assert.deepEqual([viewers.entries.map(({ key }) => key), viewers.infos], [['1', '3'], ['ann']]);
    send({ left: 'ann', key: '1' });
    send({ left: 'ann', key: '3' });
    assert.deepEqual([viewers.entries, viewers.infos], [[], []]);
  });

  it('is right after a replay in which overwritten changes are only numbers (P11)', async () => {
    const { socket, viewers, told } = await following(['1', 'ann'], ['2', 'ann']);
    told.length = 0;
    socket.receive({ topic: name, at: 'x.2' }); // 1 was updated to "busy",
    socket.receive({ topic: name, data: { updated: 'away', key: '1' }, at: 'x.3' }); // and again.
    socket.receive({ topic: name, at: 'x.4' }); // 3 joined as "ann",
    socket.receive({ topic: name, data: { left: 'ann', key: '3' }, at: 'x.5' }); // and left.
    assert.deepEqual(viewers.entries, [{ key: '1', info: 'away' }, { key: '2', info: 'ann' }]);
    assert.deepEqual(told, [{ key: '1', updated: 'away' }]);
  });

  it('tells the differences when the list is loaded again after a loss', async () => {
    const { socket, viewers, told, send, answer } = await following(['1', 'ann'], ['2', 'bob'], ['3', 'cy']);
    told.length = 0;
    socket.receive({ topic: name, data: { left: 'cy', key: '3' }, at: 'x.9' }); // A hole.
    assert.equal(socket.messages.at(-1).data.since, 'x.1');
    answer(1, { recovery: 'lost', reason: 'expired', position: 'x.9' }, ['4', 'dan'], ['1', 'ann'], ['2', 'Bob']);
    assert.deepEqual(told, [{ key: '3', left: 'cy' }, { key: '4', joined: 'dan' }, { key: '2', updated: 'Bob' }]);
    assert.deepEqual([viewers.entries.map(({ info }) => info), viewers.status], [['ann', 'Bob', 'dan'], 'live']);
    send({ left: 'x', key: '1' }); // x.2 is old.
    assert.equal(viewers.entries.length, 3);
  });

  it('is the same list for those who use the topic without this class', async () => {
    const { route, socket } = await connected();
    const snapshots: unknown[] = [];
    route.subscribe('board:{boardId}:viewers', key, () => {}, { onSnapshot: snapshot => snapshots.push(snapshot) });
    socket.answer(0, { data: { recovery: 'none', position: 'x.1', snapshot: ['ann'], keys: ['1'] } });
    assert.deepEqual(snapshots, [[{ key: '1', info: 'ann' }]]);
  });
});

describe('state', () => {
  it('is the last value of each key, and tells each change once and in order (P11)', async () => {
    const { route, socket } = await connected();
    const cursors = route.state('board:{boardId}:cursors', key);
    const told: unknown[] = [];
    cursors.onChange((_, changes) => void told.push(...changes));
    assert.deepEqual([cursors.entries, cursors.status], [new Map(), 'loading']);
    socket.answer(0, { data: { recovery: 'none', position: 'x.1', snapshot: { ann: 1, bob: 2 } } });
    const before = cursors.entries;
    [{ key: 'ann', value: 3 }, { key: 'bob', value: 2 }, { key: 'cy', value: 0 }, { key: 'bob', removed: true }, { key: 'dan', removed: true }, { key: 'ann', moved: 1 }]
      .forEach((data, index) => socket.receive({ topic: 'board:1:cursors', data, at: `x.${index + 2}` }));
    assert.deepEqual([[...cursors.entries], [...before]], [[['ann', 3], ['cy', 0]], [['ann', 1], ['bob', 2]]]);
    assert.deepEqual(told, [{ key: 'ann', value: 1 }, { key: 'bob', value: 2 }, { key: 'ann', value: 3 }, { key: 'cy', value: 0 }, { key: 'bob', removed: true }]);
    assert.equal(cursors.entries, cursors.entries);
  });

  it('is loaded again after a loss', async () => {
    const { route, socket } = await connected();
    const cursors = route.state('board:{boardId}:cursors', key);
    socket.answer(0, { data: { recovery: 'none', position: 'x.1', snapshot: { ann: 1, bob: 2 } } });
    const told: unknown[] = [];
    cursors.onChange((_, changes) => void told.push(...changes));
    socket.receive({ topic: 'board:1:cursors', data: { key: 'ann', value: 9 }, at: 'x.9' });
    socket.answer(1, { data: { recovery: 'lost', reason: 'limit', position: 'x.9', snapshot: { ann: 9 } } });
    assert.deepEqual([[...cursors.entries], told], [[['ann', 9]], [{ key: 'bob', removed: true }, { key: 'ann', value: 9 }]]);
  });
});

describe('random steps of a server with several origins', () => {
  for (const seed of [1, 2, 3, 4, 5, 6])
    it(`leave no handler with an event too few, too many or out of order, unless it was told (seed ${seed})`, () => simulate(seed, 4_000));
});

/** An event of the model. One that is `silent` is sent as a tick. */
interface Published { readonly origin: string; readonly number: number; readonly isSilent: boolean }

/**
 * A server that publishes from several origins and keeps the last events, and clients' handlers that come and go. Messages to the client wait on a
 * wire, where the server drops some for lack of room and says so afterwards, and connections are cut. A snapshot is loaded while events are published.
 */
async function simulate(seed: number, steps: number): Promise<void> {
  let state = seed;
  const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;
  // The client must survive exceptions of handlers, so those of the judges are collected.
  const errors: unknown[] = [];
  const { route, states } = await connected({ onError: error => errors.push(error), reconnect: { minDelay: 1, maxDelay: 1 } });

  const origins = ['x', 'y', 'z'];
  const numbers = new Map<string, number>();
  const silent = new Set<string>();
  let ring: Published[] = [];
  const floors = new Map<string, number>();
  const positionNow = (): string => [...[...numbers].map(([origin, number]) => `${origin}.${number}`), '~h.1'].join();
  const behind = (position: Map<string, number>): Published[] => ring.filter(({ origin, number }) => number > (position.get(origin) ?? 0));
  const isKept = (position: Map<string, number>): boolean => origins.every(origin => (position.get(origin) ?? 0) >= (floors.get(origin) ?? 0));
  const read = (position: string): Map<string, number> => new Map(position.split(',').map(part => {
    const [origin, number] = part.split('.');
    return [origin!, Number(number)] as const;
  }));

  // The connection at the server.
  let wire: object[] = [];
  let seen = 0;
  let isSubscribed = false;
  let hasDropped = false;
  let drops = true;
  let lost = 0;
  let loading: { id: unknown; position: string; body: object; isLive: boolean }[] = [];

  const messageOf = ({ origin, number, isSilent }: Published): object =>
    ({ topic: 'board:1', ...(isSilent ? {} : { data: { moved: `${origin}.${number}` } }), at: `${origin}.${number}` });
  const publish = (): void => {
    const origin = origins[next(origins.length)]!;
    const published = { origin, number: (numbers.get(origin) ?? 0) + 1, isSilent: next(6) === 0 };
    numbers.set(origin, published.number);
    if (published.isSilent) silent.add(`${origin}.${published.number}`);
    ring.push(published);
    for (const { origin: old, number } of ring.splice(0, ring.length - 30)) floors.set(old, number);
    if (!isSubscribed || loading.some(({ isLive }) => !isLive)) return;
    if (drops && next(25) === 0) hasDropped = true;
    else wire.push(messageOf(published));
  };
  const request = (): void => {
    if (seen >= FakeSocket.last.sent.length) return;
    const { action, id, data } = FakeSocket.last.messages[seen++];
    if (action === 'pikku-unsubscribe') {
      isSubscribed = false;
      return void wire.push({ action, id, data: { unsubscribed: 'board:1' } });
    }
    if (data.since !== undefined) {
      const since = read(data.since);
      for (const [origin, number] of since) assert.ok(origin === '~h' || number <= numbers.get(origin)!, 'a position has a number that does not exist');
      const missed = behind(since);
      if (isKept(since) && missed.length <= 20) {
        wire.push({ action, id, data: { subscribed: 'board:1', recovery: 'complete', position: data.since, replayed: missed.length } }, ...missed.map(messageOf));
        isSubscribed = true;
        return;
      }
      lost++;
    }
    const body = data.since === undefined ? { recovery: 'none' } : { recovery: 'lost', reason: 'expired' };
    // Some servers go on sending live events meanwhile, others wait.
    loading.push({ id, position: positionNow(), body, isLive: isSubscribed && next(2) === 0 });
    isSubscribed = true;
  };
  const load = (): void => {
    const one = loading.shift();
    if (!one) return;
    const position = isKept(read(one.position)) ? one.position : positionNow();
    const snapshot = { moves: [...numbers].map(([origin, number]) => `${origin}.${number}`) };
    const data = { subscribed: 'board:1', ...one.body, position, snapshot };
    if (isSubscribed) wire.push({ action: 'pikku-subscribe', id: one.id, data }, ...behind(read(position)).map(messageOf));
    else wire.push({ action: 'pikku-subscribe', id: one.id, data });
  };
  const deliver = (): void => {
    const message = wire.shift();
    if (message) FakeSocket.last.receive(message);
  };
  const tellDropped = (): void => {
    if (hasDropped && isSubscribed && loading.length === 0) wire.push({ topic: 'board:1', position: positionNow() });
    hasDropped &&= loading.length > 0;
  };
  const cut = async (): Promise<void> => {
    [wire, seen, isSubscribed, hasDropped, loading] = [[], 0, false, false, []];
    FakeSocket.last.end(1006);
    for (let n = next(60); n > 0; n--) publish();
    await pass(1);
    FakeSocket.last.accept();
    await turns();
  };

  /** What a handler has. Undefined after a loss: the next event of an origin may be any later one. */
  class Judge {
    readonly last = new Map<string, number>();
    readonly known = new Set<string>();
    check(moved: string): void {
      const [origin, text] = moved.split('.') as [string, string];
      const [number, last] = [Number(text), this.last.get(origin) ?? 0];
      assert.ok(number > last, `${moved} after ${origin}.${last}`);
      if (this.known.has(origin)) for (let n = last + 1; n < number; n++) assert.ok(silent.has(`${origin}.${n}`), `${origin}.${n} is missing`);
      this.last.set(origin, number);
      this.known.add(origin);
    }
  }

  const counts = { events: 0, told: 0 };
  const plain = (): (() => void) => {
    const judge = new Judge();
    return route.subscribe(topic, key, ({ moved }) => {
      counts.events++;
      judge.check(moved);
    }, { onLost: () => {
      counts.told++;
      judge.known.clear();
    } });
  };
  const list = () => {
    const live = route.live(topic, key, (value, { moved }, { reload }) => {
      const [origin, text] = moved.split('.') as [string, string];
      const [number, last] = [Number(text), read(value.moves.join()).get(origin) ?? 0];
      if (next(200) === 0) return reload();
      // The snapshot may contain the event already.
      if (number <= last) return value;
      for (let n = last + 1; n < number; n++) assert.ok(silent.has(`${origin}.${n}`), `${origin}.${n} is missing in a live state`);
      return { moves: [...value.moves.filter(move => !move.startsWith(`${origin}.`)), moved] };
    });
    return live;
  };
  const always = plain();
  const lists = [list()];
  const stops: (() => void)[] = [];

  for (let step = 0; step < steps; step++) {
    const what = next(40);
    if (what < 14) publish();
    else if (what < 18) request();
    else if (what < 21) load();
    else if (what < 36) deliver();
    else if (what === 36) tellDropped();
    else if (what === 37) await pass(next(3) === 0 ? 30_000 : 100);
    else if (what === 38 && next(4) === 0) await cut();
    else if (what === 39 && next(3) === 0) {
      if (next(2) === 0) stops.push(plain());
      else lists.push(list());
      if (stops.length > 2) stops.splice(next(stops.length), 1)[0]!();
      if (lists.length > 3) lists.splice(1 + next(lists.length - 1), 1)[0]!.close();
    }
  }

  drops = false;
  for (let round = 0; round < 30; round++) {
    while (seen < FakeSocket.last.sent.length || loading.length > 0 || wire.length > 0) {
      request();
      load();
      while (wire.length > 0) deliver();
    }
    tellDropped();
    await pass(30_000);
  }
  assert.deepEqual(errors, []);
  // Ticks change the numbers of the server, not the state of the handlers.
  for (const live of lists) {
    assert.equal(live.status, 'live');
    for (const [origin, number] of numbers) {
      const last = read(live.value!.moves.join()).get(origin) ?? 0;
      for (let n = last + 1; n <= number; n++) assert.ok(silent.has(`${origin}.${n}`), `${origin}.${n} is missing at the end`);
    }
  }
  assert.ok(counts.events > steps / 10 && lost > 0 && counts.told > 0, 'the steps do not reach what they test');
  assert.equal(states.some(({ missed }) => missed), true);
  always();
}
