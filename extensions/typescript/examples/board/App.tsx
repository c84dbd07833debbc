import { createPikkuContext, usePikkuAction, usePikkuState, usePikkuStatus, usePikkuTopic, usePresence } from '@pikku-akka/react';
import { useState, type FormEvent, type PointerEvent } from 'react';
import type { PikkuWebSocket } from './client.ts';

export const { PikkuProvider, usePikkuRoute } = createPikkuContext<PikkuWebSocket>();

/** A board of the conformance sample: its notes, who looks at it, and where their pointers are. */
export function Board({ boardId, name }: { readonly boardId: string; readonly name: string }) {
  const route = usePikkuRoute('boards');
  const { status, reason } = usePikkuStatus(route);
  return (
    <main>
      <h1>Board {boardId}</h1>
      <p className="status">{status === 'open' ? 'connected' : [status, reason].filter(Boolean).join(': ')}</p>
      <Viewers boardId={boardId} />
      <Notes boardId={boardId} />
      <Cursors boardId={boardId} name={name} />
    </main>
  );
}

function Viewers({ boardId }: { readonly boardId: string }) {
  const { entries, status } = usePresence(usePikkuRoute('boards'), 'viewers:{boardId}', { boardId });
  return <p className="viewers">{status === 'loading' ? 'Who is here?' : `${entries.length} here`}</p>;
}

function Notes({ boardId }: { readonly boardId: string }) {
  const route = usePikkuRoute('boards');
  const topic = `public:${boardId}`;
  const { events, missed, clear } = usePikkuTopic(route, 'public:{name}', { name: boardId });
  const publish = usePikkuAction(route, 'publish');
  const [text, setText] = useState('');
  const add = (event: FormEvent): void => {
    event.preventDefault();
    void publish.run({ topic, data: text });
    setText('');
  };
  return (
    <section>
      {missed && <p className="missed">Some notes are missing ({missed.reason}). <button onClick={clear}>Start over</button></p>}
      <ol className="notes">{events.map((note, index) => <li key={index}>{String(note)}</li>)}</ol>
      <form onSubmit={add}>
        <input aria-label="Note" value={text} onChange={event => setText(event.target.value)} />
        <button disabled={publish.isPending}>Add</button>
        {publish.error && <p role="alert">{publish.error.message}</p>}
      </form>
    </section>
  );
}

function Cursors({ boardId, name }: { readonly boardId: string; readonly name: string }) {
  const route = usePikkuRoute('boards');
  const { entries } = usePikkuState(route, 'cursors:{boardId}', { boardId });
  const point = usePikkuAction(route, 'point');
  const move = ({ nativeEvent: { offsetX, offsetY } }: PointerEvent): void => {
    // One position at a time: the next one is sent when the server has taken the last.
    if (!point.isPending) void point.run({ boardId, name, cursor: { x: Math.round(offsetX), y: Math.round(offsetY) } });
  };
  return (
    <div className="area" onPointerMove={move} style={{ position: 'relative', height: 300, border: '1px solid' }}>
      {[...entries].map(([who, { x, y }]) => <span key={who} style={{ position: 'absolute', left: x, top: y }}>{who}</span>)}
    </div>
  );
}
