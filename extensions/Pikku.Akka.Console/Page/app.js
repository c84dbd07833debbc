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

const client = new PikkuWebSocket(new URL('.', location.href), { timeout: CALL_TIMEOUT_MS });
const route = client.getRoute('pikku-console');
/** @type {((update: ClusterUpdate) => void)[]} */
const listeners = [];
/** @type {ConsoleFacts} */
let facts = { topics: [], tailPayloads: false, refreshInterval: 1000 };
let current = '';

/** @type {Console} */
const shared = {
  route,
  onUpdate: show => void listeners.push(show),
  facts: () => facts,
  isShown: id => current === id && !document.hidden,
};

const views = VIEWS.map(([id, title, create]) => ({ id, title, ...(/** @type {{ root: HTMLElement, shown?: () => void }} */ (create(shared))) }));
const links = new Map(views.map(({ id, title }) => [id, make('a', { href: `#${id}` }, title)]));
byId('tabs').append(...[...links.values()].map(link => make('li', {}, link)));
byId('main').append(...views.map(view => view.root));

/** Shows the view that the address names. */
function showView() {
  const asked = location.hash.slice(1);
  const view = views.find(one => one.id === asked) ?? views[0];
  if (!view || view.id === current) return;
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

route.onStatus(({ status, error }) => {
  const [state, text] = status === 'closed' && error ? ['refused', reasonOf(error)] : STATES[status] ?? ['waiting', status];
  const shown = byId('state');
  shown.dataset['state'] = state;
  if (shown.textContent !== text) shown.textContent = text;
  if (status === 'open') void watch();
});

addEventListener('hashchange', showView);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) views.find(view => view.id === current)?.shown?.();
});
showView();
route.connect().catch(() => {}); // the state shows it
