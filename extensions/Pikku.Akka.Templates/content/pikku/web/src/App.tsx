import { useState, type FormEvent } from 'react';
import { Chat, PikkuProvider } from './Chat.tsx';
import { PikkuWebSocket } from './client.ts';
import { getToken, readUser, writeUser, type User } from './user.ts';

interface SignedIn {
  readonly user: User;
  readonly client: PikkuWebSocket;
}

// The client asks for a token for each connection and before a session expires. Another user needs another client.
const connect = (user: User | null): SignedIn | null => user && { user, client: new PikkuWebSocket('.', { token: () => getToken(user) }) };

const initial = connect(readUser());

export function App() {
  const [current, setCurrent] = useState(initial);
  const signIn = (user: User | null): void => {
    writeUser(user);
    current?.client.close();
    setCurrent(connect(user));
  };
  if (!current) return <SignIn onSignIn={signIn} />;
  return <PikkuProvider client={current.client}><Chat onSignOut={() => signIn(null)} /></PikkuProvider>;
}

function SignIn({ onSignIn }: { readonly onSignIn: (user: User) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSignIn({ name: String(form.get('user')), staff: form.has('staff') });
  };
  return (
    <form onSubmit={submit}>
      <label>Name <input name="user" required maxLength={50} autoComplete="off" /></label>
      <label><input name="staff" type="checkbox" /> staff</label>
      <button>Sign in</button>
    </form>
  );
}
