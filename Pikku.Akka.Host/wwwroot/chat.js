import { avatar, byId, createPanel, element, quietly } from './view.js';
import { showViewers } from './viewers.js';

// The number of messages that the page keeps.
const KEPT = 300;

/** @param {string} instant */
const timeOf = instant => new Date(instant).toLocaleTimeString();

/** @import { ChatMessage, PikkuRoute, PikkuWebSocket } from './client.js' */

/**
 * The chat: everyone can read; sending requires signing in.
 * @param {PikkuWebSocket} client
 */
export function createChat(client) {
  const list = byId('messages');
  const empty = byId('chat-empty');
  const known = new Set();
  /** @type {string | null} */
  let user = null;
  /** @type {PikkuRoute<'chat'> | undefined} */
  let chat;

  const panel = createPanel({
    name: 'chat',
    form: 'chat-form',
    placeholder: { signedIn: 'Write a message', signedOut: 'Sign in to write' },
  });

  // The stream ends with its connection, and begins again on the next one. So if the end of the session moves, the session was renewed on
  // the connection.
  /** @param {PikkuRoute<'chat'>} route */
  async function watch(route) {
    const [ticker, session] = [byId('ticker'), byId('session')];
    /** @type {string | undefined} */
    let known;
    try {
      for await (const { at, messages, sessionEndsAt } of route.stream('watch')) {
        ticker.textContent = `${timeOf(at)} · ${messages} ${messages === 1 ? 'message' : 'messages'}`;
        if (!sessionEndsAt || sessionEndsAt === known) continue;
        session.textContent = `${known ? `Session renewed at ${timeOf(at)}, ends` : 'Session ends'} at ${timeOf(sessionEndsAt)}`;
        known = sessionEndsAt;
      }
    } catch {
      ticker.textContent = session.textContent = '';
    }
  }

  function connect() {
    chat?.close();
    const route = (chat = client.getRoute('chat'));
    panel.follow(route);
    route.presence('chat:viewers').onChange(viewers => showViewers(viewers, user));
    // After an interruption only the messages in between arrive. The newest ones come at first, and when too many were missed.
    route.subscribe('chat:message', event => add(event.message), {
      onSnapshot: ({ messages }) => quietly(list, () => messages.forEach(add)),
      onSubscribed: () => void watch(route),
    });
    void route.connect();
  }

  panel.onSubmit(async text => {
    if (chat) add((await chat.send('send', { text })).message);
  });

  // A message may arrive as an event, as the reply to its sender and with the newest messages, in any order. It is shown once, sorted by time.
  /** @param {ChatMessage} message */
  function add(message) {
    if (known.has(message.id)) return;
    known.add(message.id);

    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 48;
    const before = items().find(item => (item.dataset['createdAt'] ?? '') > message.createdAt) ?? null;

    const item = render(message);
    list.insertBefore(item, before);
    for (const changed of before ? [item, before] : [item]) {
      const previous = /** @type {HTMLElement | null} */ (changed.previousElementSibling);
      changed.classList.toggle('follows', previous?.dataset['user'] === changed.dataset['user']);
    }
    if (list.childElementCount > KEPT) list.firstElementChild?.remove();
    empty.hidden = true;
    if (atEnd || message.userId === user) list.scrollTop = list.scrollHeight;
  }

  const items = () => /** @type {HTMLElement[]} */ ([...list.children]);

  /** @param {ChatMessage} message */
  function render({ userId, text, createdAt }) {
    const item = element('li', userId === user ? 'message mine' : 'message');
    item.dataset['user'] = userId;
    item.dataset['createdAt'] = createdAt;

    const time = element('time', '', new Date(createdAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
    time.dateTime = createdAt;
    const about = element('p', 'about', userId);
    about.append(' ', time);
    const body = element('div', 'body');
    body.append(about, element('p', 'bubble', text));
    item.append(avatar(userId), body);
    return item;
  }

  return {
    /** @param {string | null} name */
    signedIn(name) {
      user = name;
      panel.setUser(name);
      for (const item of items()) item.classList.toggle('mine', item.dataset['user'] === name);
      // Another user needs another connection.
      connect();
    },
  };
}
