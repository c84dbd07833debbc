import { PikkuWebSocket } from './client.js';
import { createCluster } from './cluster.js';
import { createConnections } from './connections.js';
import { createFunctions } from './functions.js';
import { createTopics } from './topics.js';
import { createUsers } from './users.js';
import { byId, make, reasonOf } from './view.js';

/** @import { ClusterUpdate, ConsoleFacts, PikkuRoute } from './client.js' */

/**
 * What the views share.
 * @typedef {{
 *   route: PikkuRoute<'pikku-console'>,
 *   onUpdate: (show: (update: ClusterUpdate) => void) => void,
 *   facts: () => ConsoleFacts,
 *   isShown: (id: string) => boolean,
 * }} Console
 */

/** The views: another one is a line here. */
const VIEWS = /** @type {const} */ ([
  ['cluster', 'Cluster', createCluster],
  ['connections', 'Connections', createConnections],
  ['topics', 'Topics', createTopics],
  ['functions', 'Functions', createFunctions],
  ['users', 'Users', createUsers],
]);

// The client's states as styles and texts.
const STATES = /** @type {Record<string, [string, string]>} */ ({
  idle: ['waiting', 'Not connected'],
  closed: ['refused', 'Closed'],
  connecting: ['connecting', 'Connecting'],
  open: ['live', 'Live'],
  waiting: ['waiting', 'Reconnecting'],
});
const CALL_TIMEOUT_MS = 15_000;

// The codes with which the server ends a console for good, and the statuses with which it refuses to open one again.
const [SIGN_IN_ENDED, DENIED] = [[4401, 401], [4403, 403]];

const client = new PikkuWebSocket(new URL('.', location.href), { timeout: CALL_TIMEOUT_MS });
const route = client.getRoute('pikku-console');
/** @type {((update: ClusterUpdate) => void)[]} */
const listeners = [];
/** @type {ConsoleFacts} */
let facts = { topics: [], tailPayloads: false, refreshInterval: 1000 };
let current = '';
let hasEnded = false;

/** @type {Console} */
const shared = {
  route,
  onUpdate: show => void listeners.push(show),
  facts: () => facts,
  isShown: id => current === id && !document.hidden && !hasEnded,
};

const views = VIEWS.map(([id, title, create]) => ({ id, title, ...(/** @type {{ root: HTMLElement, shown?: () => void }} */ (create(shared))) }));
const links = new Map(views.map(({ id, title }) => [id, make('a', { href: `#${id}` }, title)]));
byId('tabs').append(...[...links.values()].map(link => make('li', {}, link)));
byId('main').append(...views.map(view => view.root));

/** Shows the view that the address names. */
function showView() {
  const asked = location.hash.slice(1);
  const view = views.find(one => one.id === asked) ?? views[0];
  if (!view || view.id === current || hasEnded) return;
  current = view.id;
  for (const one of views) {
    one.root.hidden = one !== view;
    const link = links.get(one.id);
    if (one === view) link?.setAttribute('aria-current', 'page');
    else link?.removeAttribute('aria-current');
  }
  document.title = `${view.title} – Pikku console`;
  view.shown?.();
}

/** @param {ClusterUpdate} update */
function show(update) {
  byId('self').textContent = `served by ${update.self}`;
  for (const listener of listeners) listener(update);
}

/** The stream ends with its connection, and begins again on the next one. */
async function watch() {
  try {
    facts = await route.send('facts');
    for await (const update of route.stream('watch')) show(update);
  } catch {
    // The state of the connection says why.
  }
}

/**
 * Says why the console does not connect any more. What it has shown is out of date and may be what the operator must not see, so it is removed.
 * @param {number | undefined} code
 * @param {any} error
 * @param {string | undefined} reason
 */
function end(code, error, reason) {
  hasEnded = true;
  const codes = [code, error?.status];
  const [title, text] = SIGN_IN_ENDED.some(one => codes.includes(one)) ? ['Your sign-in has ended', 'Sign in again and reload the page.']
    : DENIED.some(one => codes.includes(one)) ? ['You may not use this console any more', 'Its authorization policy denies your user. Ask who gives the right.']
    : ['The console is closed', error ? reasonOf(error) : reason || `The connection has ended with the code ${code}.`];
  for (const dialog of document.querySelectorAll('dialog[open]')) /** @type {HTMLDialogElement} */ (dialog).close();
  byId('main').remove();
  byId('tabs').closest('nav')?.remove();
  byId('ended-title').textContent = title;
  byId('ended-text').textContent = text;
  byId('ended').hidden = false;
  byId('ended').focus();
}

byId('reload').addEventListener('click', () => location.reload());

route.onStatus(({ status, code, error, reason }) => {
  const [state, text] = STATES[status] ?? ['waiting', status];
  if (status === 'closed' && !hasEnded) end(code, error, reason);
  const shown = byId('state');
  shown.dataset['state'] = state;
  if (shown.textContent !== text) shown.textContent = text;
  if (status === 'open') void watch();
});

addEventListener('hashchange', showView);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !hasEnded) views.find(view => view.id === current)?.shown?.();
});
showView();
route.connect().catch(() => {}); // the state shows it
