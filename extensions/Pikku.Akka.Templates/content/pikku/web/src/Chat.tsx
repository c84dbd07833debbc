import { createPikkuContext, usePikkuAction, usePikkuStatus, usePikkuTopic, usePresence } from '@pikku-akka/react';
import { useState, type FormEvent } from 'react';
import type { PikkuWebSocket } from './client.ts';

export const { PikkuProvider, usePikkuRoute } = createPikkuContext<PikkuWebSocket>();

export function Chat({ onSignOut }: { readonly onSignOut: () => void }) {
  const [room, setRoom] = useState('lobby');
  const { status, reason } = usePikkuStatus(usePikkuRoute('chat'));
  return (
    <main>
      <header>
        <h1>PikkuApp.1</h1>
        <p role="status">{[status, reason].filter(Boolean).join(': ')}</p>
      </header>
      <nav>
        <label>Room <select value={room} onChange={event => setRoom(event.target.value)}><option>lobby</option><option>staff</option></select></label>
        <button type="button" onClick={onSignOut}>Sign out</button>
      </nav>
      <Room key={room} room={room} />
    </main>
  );
}

function Room({ room }: { readonly room: string }) {
  const route = usePikkuRoute('chat');
  const { entries: visitors } = usePresence(route, 'chat:{room}:visitors', { room });
  // After an interruption, the client resumes: it receives the messages in between, once and in order.
  const { events: messages, missed, error: denied } = usePikkuTopic(route, 'chat:{room}', { room });
  const send = usePikkuAction(route, 'send');
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send.run({ room, text }).then(() => setText(''), () => {}); // the error is shown below
  };
  return (
    <>
      <p>Here: {[...new Set(visitors.map(({ info }) => info.userId))].join(', ')}</p>
      {missed && <p role="alert">You were away for so long that some messages are missing.</p>}
      <ol role="log" aria-label="Messages">
        {messages.map(({ id, userId, text, sentAt }) => <li key={id}><time>{new Date(sentAt).toLocaleTimeString()}</time> <b>{userId}</b> {text}</li>)}
      </ol>
      <form onSubmit={submit}>
        <input aria-label="Message" required maxLength={2000} autoComplete="off" value={text} onChange={event => setText(event.target.value)} />
        <button disabled={send.isPending}>Send</button>
      </form>
      {denied && <p role="alert">You may not enter this room: {denied.message}</p>}
      {send.error && <p role="alert">{send.error.message}</p>}
    </>
  );
}
