import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Board, PikkuProvider } from './App.tsx';
import { PikkuWebSocket } from './client.ts';

const query = new URLSearchParams(location.search);
// Outside of components: the client lives as long as the page.
const client = new PikkuWebSocket(query.get('server') ?? 'ws://localhost:5000');

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <PikkuProvider client={client}>
      <Board boardId={query.get('board') ?? '1'} name={query.get('name') ?? 'guest'} />
    </PikkuProvider>
  </StrictMode>,
);
