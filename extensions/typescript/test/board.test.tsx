import { closeAfterTest, render, until } from './harness.tsx';
import { act } from 'react';
import { after, before, describe, it } from 'node:test';
import { Node } from '../../../Pikku.Akka.Tests/Clients/typescript/e2e/node.ts';
import { Board, PikkuProvider } from '../examples/board/App.tsx';
import { PikkuWebSocket } from '../examples/board/client.ts';

/** A browser with the example page. */
async function open(node: Node, boardId: string, name: string) {
  const client = closeAfterTest(new PikkuWebSocket(node.url, { reconnect: { minDelay: 50, maxDelay: 200 } }));
  const page = await render(<PikkuProvider client={client}><Board boardId={boardId} name={name} /></PikkuProvider>);
  const find = (selector: string): HTMLElement | null => page.container.querySelector(selector);
  const text = (selector: string): string => find(selector)?.textContent ?? '';
  const notes = (): string => Array.from(page.container.querySelectorAll('.notes li'), note => note.textContent).join();
  return {
    ...page, text,
    shows: (selector: string, expected: string) => until(() => text(selector) === expected, () => page.container.innerHTML),
    showsNotes: (expected: string) => until(() => notes() === expected, () => page.container.innerHTML),
    async add(note: string): Promise<void> {
      const input = find('input') as HTMLInputElement;
      await act(async () => {
        Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value')!.set!.call(input, note);
        input.dispatchEvent(new window.Event('input', { bubbles: true }));
      });
      await act(async () => find('form button')!.click());
    },
    async point(): Promise<void> {
      await act(async () => void find('.area')!.dispatchEvent(new window.MouseEvent('pointermove', { bubbles: true })));
    },
  };
}

describe('the example page, with a server', () => {
  let node: Node;
  before(async () => {
    node = await Node.start();
  });
  after(() => node.end());

  it('shows what others do: who is there, notes and pointers', async () => {
    const ann = await open(node, 'one', 'ann');
    await ann.shows('.viewers', '1 here');
    const bob = await open(node, 'one', 'bob');
    await ann.shows('.viewers', '2 here');
    await bob.shows('.viewers', '2 here');
    await ann.add('milk');
    await ann.showsNotes('milk');
    await bob.add('bread');
    await ann.showsNotes('milk,bread');
    await bob.showsNotes('milk,bread');
    await bob.point();
    await ann.shows('.area', 'bob');
    await bob.shows('.area', 'bob');
    await bob.unmount();
    await ann.shows('.viewers', '1 here');
  });

  it('goes on after the server was replaced, and says that notes may be missing', async () => {
    const ann = await open(node, 'two', 'ann');
    await ann.shows('.viewers', '1 here');
    await ann.add('before');
    await ann.showsNotes('before');
    const { port } = node;
    await act(() => node.end('SIGKILL'));
    await until(() => ann.text('.status') !== 'connected', () => ann.text('.status'));
    await act(async () => void (node = await Node.start(port)));
    await ann.shows('.status', 'connected');
    await ann.shows('.missed', 'Some notes are missing (unknown). Start over');
    await ann.add('after');
    await ann.showsNotes('before,after');
  });
});
