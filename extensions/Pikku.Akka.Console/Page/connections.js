import { act, actionOf, badge, button, make, number, openDialog, panel, rate, reasonOf, repeat, since, size, table, tell, time } from './view.js';

/** @import { ConnectionRow } from './client.js' */
/** @import { Console } from './app.js' */

const REFRESH_MS = 2000;
const CONSOLE = 'pikku-console'; // whose users are operators and have no session

/**
 * The connections of all nodes: search, details and what can be done with them.
 * @param {Console} console
 */
export function createConnections(console) {
  const { route, isShown } = console;
  const list = panel('connections', 'Connections');
  const note = make('p', { className: 'note', role: 'status', hidden: true });
  const search = make('input', { type: 'search', id: 'connections-search', autocomplete: 'off', maxLength: 200, spellcheck: false });
  const by = make('select', { id: 'connections-by' },
    ...[['', 'anything'], ['user', 'user'], ['channel', 'channel'], ['address', 'address'], ['id', 'id']].map(([value, text]) => make('option', { value }, text)));
  const first = button('First page', 'First page of connections', () => go(undefined), 'quiet');
  const next = button('Next page', 'Next page of connections', () => go(following), 'quiet');
  /** @type {string | undefined} */
  let after;
  /** @type {string | undefined} */
  let following;
  let asked = 0;
  /** @type {Map<string, { received: number, at: number, rate: number | undefined }>} */
  let before = new Map();

  const rows = table({
    caption: 'Connections that the search has found',
    empty: 'No connection was found.',
    keyOf: (/** @type {ConnectionRow} */ row) => row.id,
    columns: [
      { title: 'User', version: row => `${row.user}`, show: row => (row.user === undefined ? [badge(row.channel === CONSOLE ? 'operator' : 'guest')] : row.user) },
      { title: 'Channel', show: row => row.channel },
      { title: 'Address', show: row => row.address ?? '–' },
      { title: 'Node', show: row => row.node },
      { title: 'Open for', number: true, show: row => since(row.since) },
      { title: 'Messages/s', number: true, show: row => rate(before.get(row.id)?.rate) },
      { title: 'Outbox', number: true, show: row => (row.outboxBytes ? `${number(row.outboxMessages)} (${size(row.outboxBytes)})` : 'empty') },
      { title: 'Id', version: row => row.id, show: row => [button(shortId(row.id), `Details of connection ${row.id}`, () => openConnection(console, row.id), 'link')] },
    ],
  });
  const form = make('form', { className: 'filter', role: 'search', 'aria-label': 'Connections' },
    make('div', { className: 'grow' }, make('label', { for: 'connections-search' }, 'Search'), search),
    make('div', {}, make('label', { for: 'connections-by' }, 'in'), by),
    make('button', { type: 'submit' }, 'Search'), first, next);
  list.body.append(form, note, rows.root);
  form.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    void go(undefined);
  });

  /** @param {string | undefined} from */
  async function go(from) {
    after = from;
    await load().catch(error => tell(reasonOf(error), true));
  }

  async function load() {
    const mine = ++asked;
    const found = await route.send('connections', { search: search.value || null, by: by.value || null, after: after ?? null });
    if (mine !== asked) return; // a later search has overtaken this one
    before = ratesOf(found.rows, before);
    following = found.next;
    rows.show(found.rows);
    list.info.textContent = `${number(found.total)} found`;
    first.disabled = after === undefined;
    next.disabled = following === undefined;
    note.hidden = found.missing.length === 0;
    const text = found.missing.length ? `${found.missing.join(', ')} did not answer, so its connections are missing here.` : '';
    if (note.textContent !== text) note.textContent = text;
  }

  return {
    root: make('section', { 'aria-label': 'Connections' }, list.root),
    shown: () => void repeat(load, REFRESH_MS, () => isShown('connections')),
  };
}

/** @param {string} id */
const shortId = id => (id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-6)}` : id);

/**
 * @param {ConnectionRow[]} rows
 * @param {Map<string, { received: number, at: number, rate: number | undefined }>} before
 */
function ratesOf(rows, before) {
  return new Map(rows.map(row => {
    const last = before.get(row.id);
    const value = last && row.at > last.at ? Math.max(0, row.received - last.received) / ((row.at - last.at) / 1000) : last?.rate;
    return [row.id, { received: row.received, at: row.at, rate: value }];
  }));
}

/**
 * The details of a connection in a dialog, which stay up to date.
 * @param {Console} console
 * @param {string} id
 */
export function openConnection({ route }, id) {
  const { stack, note, isOpen } = openDialog('connection', 'Connection');
  note.append(make('code', {}, id));
  const facts = make('dl', {});
  const actions = make('div', { className: 'buttons' });
  const topics = make('ul', { className: 'rows', 'aria-labelledby': 'connection-topics', 'data-empty': 'None', tabIndex: 0 });
  const errors = make('ul', { className: 'rows', 'aria-labelledby': 'connection-errors', 'data-empty': 'None', tabIndex: 0 });
  const gone = make('p', { role: 'status', className: 'error' });
  stack.append(gone, facts, actions, make('h3', { id: 'connection-topics' }, 'Subscriptions'), topics, make('h3', { id: 'connection-errors' }, 'Latest errors'), errors);
  /** @type {Map<string, { received: number, at: number, rate: number | undefined }>} */
  let before = new Map();
  let known = '';

  /** @param {ConnectionRow} row */
  function showActions(row) {
    const { user } = row;
    actions.replaceChildren(
      button('Close the connection…', `Close connection ${id}`, () => void act(() => route.send('close', { id }), 'The connection is closed.', {
        title: 'Close the connection?', text: `The connection of ${user ?? 'a guest'} is closed with the code 1008. Its client may connect again.`, button: 'Close the connection',
      }), 'quiet danger'),
      ...(user === undefined ? [] : [
        button('Refresh the user', `Refresh user ${user}`, () => void act(() => route.send('refresh', { user }), `The permissions of ${user} were asked again.`), 'quiet'),
        button('Revoke the user…', `Revoke user ${user}`, () => void act(() => route.send('revoke', { user }), `The sessions of ${user} have ended.`, {
          title: `Revoke ${user}?`, text: 'The sessions of the user end on all nodes, as after a logout everywhere. The connections are closed or continue as guests, by pikku.session.on-revoke.', button: 'Revoke the user',
        }), 'quiet danger'),
      ]));
  }

  /**
   * @param {ConnectionRow} row
   * @param {string} topic
   */
  function topicRow(row, topic) {
    const { user } = row;
    return make('li', {}, make('span', {}, topic),
      button('Kick…', `End the subscription to ${topic}`, () => void act(() => route.send('kick', { topic, id }), `The subscription to ${topic} has ended.`, {
        title: 'End the subscription?', text: `This connection gets no more events of ${topic}. Its client is told, and may subscribe again if its permissions allow it.`, button: 'End the subscription',
      })),
      user !== undefined && button('Kick the user…', `End all subscriptions of ${user} to ${topic}`, () => void act(() => route.send('kick', { topic, user }), `The subscriptions of ${user} to ${topic} have ended.`, {
        title: `Kick ${user} from ${topic}?`, text: 'The subscriptions of all connections of the user to the topic end, on all nodes.', button: 'End the subscriptions',
      })));
  }

  void repeat(async () => {
    const { detail, missing } = await route.send('connection', { id });
    gone.textContent = detail ? '' : missing.length ? `No node that answers has this connection. ${missing.join(', ')} did not answer.` : 'The connection has ended.';
    for (const control of stack.querySelectorAll('.buttons button, .rows button')) control.disabled = !detail;
    if (!detail) return;
    const { row } = detail;
    before = ratesOf([row], before);
    const entries = [
      ['User', row.user ?? 'guest'], ['Channel', row.channel], ['Node', row.node], ['Address', row.address ?? 'unknown'], ['Transport', row.transport],
      ['Open for', since(row.since)], ['Messages per second', rate(before.get(id)?.rate)], ['Messages', number(row.received)],
      ['Outbox', row.outboxBytes ? `${number(row.outboxMessages)} messages, ${size(row.outboxBytes)}` : 'empty'], ['Last bytes', `${since(detail.lastReceived)} ago`],
    ];
    facts.replaceChildren(...entries.map(([term, value]) => make('div', {}, make('dt', {}, term), make('dd', {}, value))));
    const now = JSON.stringify([row.user, detail.topics]);
    if (now !== known) {
      // Not on each refresh: the buttons keep the focus.
      known = now;
      showActions(row);
      topics.replaceChildren(...detail.topics.map(topic => topicRow(row, topic)),
        ...(detail.topicCount > detail.topics.length ? [make('li', {}, `and ${number(detail.topicCount - detail.topics.length)} others`)] : []));
    }
    errors.replaceChildren(...detail.errors.map(error => make('li', {},
      make('span', {}, `${error.name} in ${actionOf(error.action)}`), error.errorId && make('code', {}, error.errorId), make('span', { className: 'soft' }, time(error.at)))));
  }, 1000, isOpen);
}
