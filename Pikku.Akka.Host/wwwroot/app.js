import { createChat } from './chat.js';
import { PikkuWebSocket } from './client.js';
import { createTodos } from './todos.js';
import { byId } from './view.js';

const USER_KEY = 'user';

// No action takes longer; after this time no answer will arrive.
const CALL_TIMEOUT_MS = 10_000;

// Stored per tab, so that two tabs can be two users.
let user = sessionStorage.getItem(USER_KEY);

/**
 * Returns a new token for the signed-in user; null if no user is signed in. The client calls it for each connection, when the server has
 * refused the last token, and before a session expires: it then renews the session without a reconnect.
 * @returns {Promise<string | null>}
 */
async function getToken() {
  if (!user) return null;
  const response = await fetch('demo/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user }),
  });
  if (response.ok) return (await response.json()).token;
  // The server no longer knows this user, so a new request would fail too.
  if (response.status === 422 || response.status === 404) signIn(null);
  throw new Error(`No token: ${response.status}`);
}

const client = new PikkuWebSocket('.', { token: getToken, timeout: CALL_TIMEOUT_MS });
const chat = createChat(client);
const todos = createTodos(client);

/** @param {string | null} name */
function signIn(name) {
  user = name;
  if (name) sessionStorage.setItem(USER_KEY, name);
  else sessionStorage.removeItem(USER_KEY);
  show();
}

function show() {
  byId('me').textContent = user ?? '';
  for (const id of ['signed-in', 'sign-out']) byId(id).hidden = !user;
  for (const id of ['signed-out', 'users']) byId(id).hidden = !!user;
  chat.signedIn(user);
  todos.signedIn(user);
}

async function offerUsers() {
  const response = await fetch('demo/users').catch(() => null);
  if (!response?.ok) {
    byId('signed-out').textContent = response?.status === 404 ? 'Demo sign-in is disabled on this server' : 'The server does not respond';
    return;
  }

  /** @type {string[]} */
  const names = await response.json();
  byId('users').replaceChildren(...names.map(name => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = name;
    button.addEventListener('click', () => {
      signIn(name);
      byId('chat-text').focus();
    });
    return button;
  }));
}

byId('sign-out').addEventListener('click', () => {
  signIn(null);
  byId('users').querySelector('button')?.focus();
});

show();
await offerUsers();
