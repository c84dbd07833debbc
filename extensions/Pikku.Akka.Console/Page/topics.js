import { openPublish } from './publish.js';
import { button, duration, make, number, openDialog, panel, rate, reasonOf, repeat, size, table, tell, time } from './view.js';

/** @import { TopicRow } from './client.js' */
/** @import { Console } from './app.js' */

const REFRESH_MS = 2000;
const KEPT_EVENTS = 200;

/**
 * The topics of all nodes, what is published to them, and a form to publish.
 * @param {Console} console
 */
export function createTopics(console) {
  const { route, isShown } = console;
  const list = panel('topics', 'Topics');
  const note = make('p', { className: 'note', role: 'status', hidden: true });
  const search = make('input', { type: 'search', id: 'topics-search', autocomplete: 'off', maxLength: 512, spellcheck: false });
  let asked = 0;
  let at = 0;
  /** @type {Map<string, { events: number, rate: number | undefined }>} */
  let before = new Map();

  const rows = table({
    caption: 'Topics that the search has found',
    empty: 'No topic was found. A topic is known while it has a subscriber or a history.',
    keyOf: (/** @type {TopicRow} */ row) => row.name,
    columns: [
      { title: 'Topic', show: row => row.name },
      { title: 'Subscribers', number: true, show: row => number(row.subscribers) },
      { title: 'Events/s', number: true, show: row => rate(before.get(row.name)?.rate) },
      { title: 'Kept', number: true, show: row => (row.kept !== undefined ? `${number(row.kept)} events` : row.entries !== undefined ? `${number(row.entries)} entries` : 'no history') },
      { title: 'Position', version: row => row.position ?? '', show: row => (row.position ? [make('code', { title: row.position }, row.position.length > 18 ? `…${row.position.slice(-16)}` : row.position)] : '–') },
      {
        title: 'Actions', number: true, version: row => row.name, show: row => [make('div', { className: 'buttons' },
          button('Follow', `Follow ${row.name}`, () => openTail(console, row.name)),
          row.entries === undefined && button('Publish…', `Publish to ${row.name}`, () => openPublish(console, row.name)))],
      },
    ],
  });
  const form = make('form', { className: 'filter', role: 'search', 'aria-label': 'Topics' },
    make('div', { className: 'grow' }, make('label', { for: 'topics-search' }, 'Search'), search),
    make('button', { type: 'submit' }, 'Search'),
    button('Publish an event…', 'Publish an event', () => openPublish(console, ''), 'quiet'));
  list.body.append(form, note, rows.root);
  form.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    void load().catch(error => tell(reasonOf(error), true));
  });

  async function load() {
    const mine = ++asked;
    const found = await route.send('topics', { search: search.value || null });
    if (mine !== asked) return;
    const seconds = (found.at - at) / 1000;
    before = new Map(found.rows.map(row => {
      const last = before.get(row.name);
      return [row.name, { events: row.events, rate: last && seconds > 0 ? Math.max(0, row.events - last.events) / seconds : undefined }];
    }));
    at = found.at;
    rows.show(found.rows);
    list.info.textContent = found.rows.length < found.total ? `${number(found.rows.length)} of ${number(found.total)}, those with the most subscribers` : `${number(found.rows.length)} found`;
    note.hidden = found.missing.length === 0;
    const text = found.missing.length ? `${found.missing.join(', ')} did not answer, so its subscribers are not counted here.` : '';
    if (note.textContent !== text) note.textContent = text;
  }

  return {
    root: make('section', { 'aria-label': 'Topics' }, list.root),
    shown: () => void repeat(load, REFRESH_MS, () => isShown('topics')),
  };
}

/**
 * The events of a topic in a dialog, as they come.
 * @param {Console} console
 * @param {string} topic
 */
function openTail({ route, facts }, topic) {
  const stop = new AbortController();
  const { stack, note } = openDialog('tail', `Events of ${topic}`, () => stop.abort());
  note.textContent = facts().tailPayloads
    ? 'The newest event is the first. Payloads are shown.'
    : 'The newest event is the first. Payloads are not shown: pikku.console.tail-payloads is off.';
  const state = make('p', { role: 'status' }, 'Connecting');
  const log = make('ol', { className: 'rows log', 'aria-label': `Events of ${topic}`, 'data-empty': 'No event yet', tabIndex: 0 });
  stack.append(state, log);
  let [shown, skipped] = [0, 0];

  const follow = async () => {
    const began = Date.now();
    for await (const batch of route.stream('tail', { topic }, { signal: stop.signal })) {
      shown += batch.events.length;
      skipped += batch.skipped;
      state.textContent = `Following since ${time(new Date(began).toISOString())}: ${number(shown)} events${skipped ? `, and ${number(skipped)} that were too many to show` : ''}`;
      for (const event of batch.events)
        log.prepend(make('li', {}, make('time', { dateTime: event.at }, time(event.at)), make('span', { className: 'soft' }, size(event.size)),
          event.data !== undefined && make('pre', {}, JSON.stringify(event.data, null, 1))));
      while (log.childElementCount > KEPT_EVENTS) log.lastElementChild?.remove();
    }
    state.textContent = `The console has stopped following after ${duration(Date.now() - began)}. Open it again to go on.`;
  };
  follow().catch(error => {
    if (!stop.signal.aborted) state.textContent = reasonOf(error);
  });
}
