import { createPanel, element, quietly } from './view.js';

// What one call may ask for, and what the page keeps.
const HISTORY = 100;
const KEPT = 300;

// As many colours as the style sheet has for avatars.
const HUES = 6;

const byId = id => document.getElementById(id);
const hueOf = name => [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES;

/** The chat: anybody reads, who has signed in writes. */
export function createChat(createChannel) {
  const list = byId('messages');
  const empty = byId('chat-empty');
  const known = new Set();
  let user = null;

  const panel = createPanel({
    state: byId('chat-state'),
    form: byId('chat-form'),
    error: byId('chat-error'),
    placeholder: { signedIn: 'Say something', signedOut: 'Sign in to write' },
  });

  const channel = createChannel({
    onState: panel.setState,
    onOpen: async (opened, token) => {
      if (token) await opened.call('auth', { token });
      const { messages } = await opened.call('history', { limit: HISTORY });
      quietly(list, () => messages.forEach(add));
    },
  }).on('chat:message', event => add(event.message));

  panel.onSubmit(async text => add((await channel.call('send', { text })).message));

  // A message may come as an event, as the answer to its sending and in the history, in any order: it is shown once, in its place.
  function add(message) {
    if (known.has(message.id)) return;
    known.add(message.id);

    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 48;
    let before = null;
    for (let item = list.lastElementChild; item?.dataset.createdAt > message.createdAt; item = item.previousElementSibling) before = item;

    const item = render(message);
    list.insertBefore(item, before);
    for (const changed of [item, before]) changed?.classList.toggle('follows', changed.previousElementSibling?.dataset.user === changed.dataset.user);
    if (list.childElementCount > KEPT) list.firstElementChild.remove();
    empty.hidden = true;
    if (atEnd || message.userId === user) list.scrollTop = list.scrollHeight;
  }

  function render({ userId, text, createdAt }) {
    const item = element('li', userId === user ? 'message mine' : 'message');
    item.dataset.user = userId;
    item.dataset.createdAt = createdAt;

    const avatar = element('span', `avatar hue-${hueOf(userId)}`, userId.slice(0, 1).toUpperCase());
    avatar.ariaHidden = 'true';
    const time = element('time', '', new Date(createdAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
    time.dateTime = createdAt;
    const about = element('p', 'about', userId);
    about.append(' ', time);
    const body = element('div', 'body');
    body.append(about, element('p', 'bubble', text));
    item.append(avatar, body);
    return item;
  }

  return {
    signedIn(name) {
      user = name;
      panel.setUser(name);
      for (const item of list.children) item.classList.toggle('mine', item.dataset.user === name);
      channel.start();
    },
  };
}
