import { avatar, byId, element } from './view.js';

/** @import { PikkuPresence, Viewer } from './client.js' */

/**
 * Shows who is in the chat now: each user once, also with several tabs, and the number of guests.
 * @param {PikkuPresence<Viewer>} viewers
 * @param {string | null} me
 */
export function showViewers({ entries, status }, me) {
  const users = new Set(entries.flatMap(({ info }) => info.userId ?? []));
  const guests = entries.filter(({ info }) => !info.userId).length;
  const list = byId('viewers');
  // While the connection is lost, the list is the last one that was known.
  list.dataset['status'] = status;
  list.replaceChildren(...[...users].sort().map(name => viewer(name, name === me)));
  if (guests > 0) list.append(element('li', 'guests', `${guests} ${guests === 1 ? 'guest' : 'guests'}`));
}

/**
 * @param {string} name
 * @param {boolean} isMe
 */
function viewer(name, isMe) {
  const item = element('li', 'viewer');
  item.title = isMe ? `${name} (you)` : name;
  item.append(avatar(name), element('span', 'name', item.title));
  return item;
}
