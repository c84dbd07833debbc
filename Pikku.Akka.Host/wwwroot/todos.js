import { byId, createPanel, element, quietly } from './view.js';

// All users work on one list, which belongs to the owner of the initial todos.
const OWNER = 'user1';
const TOPICS = /** @type {const} */ (['todo-created', 'todo-completed']);

/** @import { PikkuRoute, PikkuWebSocket, Todo } from './client.js' */

/**
 * The shared todo list, which requires signing in.
 * @param {PikkuWebSocket} client
 */
export function createTodos(client) {
  const list = byId('todos');
  const empty = byId('todos-empty');
  /** @type {Map<string, { node: HTMLElement, done: boolean }>} */
  const items = new Map();
  /** @type {PikkuRoute<'todos-live'> | undefined} */
  let route;

  const panel = createPanel({
    name: 'todos',
    form: 'todo-form',
    placeholder: { signedIn: 'What needs to be done?', signedOut: 'Sign in to add' },
  });

  // Loaded when the subscriptions are active: a change in between arrives twice instead of never.
  async function load() {
    try {
      if (!route) return;
      const { todos } = await route.send('list', { userId: OWNER });
      quietly(list, () => {
        clear();
        todos.forEach(show);
      });
      empty.textContent = 'No todos.';
      empty.hidden = todos.length > 0;
    } catch (problem) {
      panel.fail(problem);
    }
  }

  function connect() {
    route = client.getRoute('todos-live');
    panel.follow(route);
    for (const topic of TOPICS) route.subscribe(topic, event => show(event.todo), { onSubscribed: () => void load() });
    void route.connect();
  }

  panel.onSubmit(async (title, form) => {
    const priority = /** @type {Todo['priority']} */ (form.get('priority'));
    if (route) show((await route.send('create', { title, priority, userId: OWNER })).todo);
  });

  /** @param {Todo} todo */
  function show(todo) {
    if (todo.userId !== OWNER) return;
    const old = items.get(todo.id);
    // An event may be older than the list. A completed todo stays completed.
    if (old?.done) return;

    const node = render(todo);
    if (old) old.node.replaceWith(node);
    else list.append(node);
    items.set(todo.id, { node, done: todo.completed });
    empty.hidden = true;
  }

  /** @param {Todo} todo */
  function render({ id, title, completed, priority }) {
    const box = element('input', '');
    box.type = 'checkbox';
    box.checked = box.disabled = completed;
    box.addEventListener('change', async () => {
      box.disabled = true;
      try {
        const completion = await route?.send('complete', { id });
        if (completion?.todo) show(completion.todo);
      } catch (problem) {
        box.checked = box.disabled = false;
        panel.fail(problem);
      }
    });

    const label = element('label', '');
    label.append(box, element('span', 'title', title));
    const item = element('li', completed ? 'todo done' : 'todo');
    item.append(label, element('span', `priority ${priority}`, priority));
    return item;
  }

  function clear() {
    list.replaceChildren();
    items.clear();
  }

  return {
    /** @param {string | null} name */
    signedIn(name) {
      panel.setUser(name);
      route?.close();
      if (name) {
        connect();
        return;
      }
      clear();
      empty.textContent = 'Sign in to see the list and add to it.';
      empty.hidden = false;
    },
  };
}
