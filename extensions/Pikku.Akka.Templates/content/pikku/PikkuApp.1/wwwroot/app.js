import { PikkuWebSocket } from './client.js';

const byId = id => document.getElementById(id);

// Per tab, so that two tabs can be two users.
let user = JSON.parse(sessionStorage.getItem('user') ?? 'null');

// The client asks for a token for each connection and before a session expires. Return the token of your identity provider here.
async function getToken() {
  const response = await fetch('development/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user: user.name, roles: user.staff ? ['staff'] : [] }),
  });
  if (!response.ok) throw new Error(response.status === 404 ? 'This server has no development tokens.' : `The token request failed: ${response.status}`);
  return (await response.json()).token;
}

const client = new PikkuWebSocket('.', { token: getToken });
let route;
let leave = () => {};

function signIn(next) {
  user = next;
  if (user) sessionStorage.setItem('user', JSON.stringify(user));
  else sessionStorage.removeItem('user');
  leave();
  leave = () => {};
  // Another user needs another connection.
  route?.close();
  byId('sign-in').hidden = !!user;
  byId('chat').hidden = !user;
  byId('status').textContent = byId('error').textContent = '';
  if (!user) return;
  route = client.getRoute('chat');
  route.onStatus(({ status, reason }) => (byId('status').textContent = [status, reason].filter(Boolean).join(': ')));
  enter(byId('room').value);
}

function enter(room) {
  leave();
  byId('messages').replaceChildren();
  byId('error').textContent = byId('visitors').textContent = '';
  const visitors = route.presence('chat:{room}:visitors', { room });
  visitors.onChange(({ infos }) => (byId('visitors').textContent = `Here: ${infos.map(visitor => visitor.userId).join(', ')}`));
  // After an interruption, the client resumes: it receives the messages in between, once and in order.
  const stop = route.subscribe('chat:{room}', { room }, show, {
    onDenied: error => (byId('error').textContent = `You may not enter this room: ${error.message}`),
    onLost: () => (byId('error').textContent = 'You were away for so long that some messages are missing.'),
  });
  leave = () => {
    stop();
    visitors.close();
  };
}

function show({ userId, text, sentAt }) {
  const [item, time, name] = ['li', 'time', 'b'].map(tag => document.createElement(tag));
  time.textContent = new Date(sentAt).toLocaleTimeString();
  name.textContent = userId;
  item.append(time, ' ', name, ' ', text);
  byId('messages').append(item);
}

byId('sign-in').addEventListener('submit', event => {
  event.preventDefault();
  const { user: name, staff } = event.target.elements;
  signIn({ name: name.value, staff: staff.checked });
});
byId('sign-out').addEventListener('click', () => signIn(null));
byId('room').addEventListener('change', event => enter(event.target.value));
byId('send').addEventListener('submit', async event => {
  event.preventDefault();
  const { text } = event.target.elements;
  try {
    await route.send('send', { room: byId('room').value, text: text.value });
    text.value = byId('error').textContent = '';
  } catch (error) {
    byId('error').textContent = error.message;
  }
});

signIn(user);
