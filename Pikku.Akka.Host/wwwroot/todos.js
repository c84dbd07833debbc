import { createPanel, element, quietly } from './view.js';

// Everybody here works on one list: that of the user who owns the todos that are there from the beginning.
const OWNER = 'user1';
const TOPICS = ['todo-created', 'todo-completed'];

const byId = id => document.getElementById(id);

/** The list of todos that everybody shares. */
export function createTodos(createChannel) {
  const list = byId('todos');
  const empty = byId('todos-empty');
  const items = new Map();

  const panel = createPanel({
    state: byId('todos-state'),
    form: byId('todo-form'),
    error: byId('todos-error'),
    placeholder: { signedIn: 'What is to be done?', signedOut: 'Sign in to add' },
  });

  const channel = createChannel({
    onState: panel.setState,
    onOpen: async opened => {
      // First the events, then the list: what changes in between comes twice instead of never.
      for (const topic of TOPICS) await opened.call('subscribe', { topic });
      const { todos } = await opened.call('list', { userId: OWNER });
      quietly(list, () => {
        clear();
        todos.forEach(show);
      });
      empty.textContent = 'Nothing to do.';
      empty.hidden = todos.length > 0;
    },
  });
  for (const topic of TOPICS) channel.on(topic, event => show(event.todo));

  panel.onSubmit(async (title, form) => {
    const { todo } = await channel.call('create', { title, priority: form.get('priority'), userId: OWNER });
    show(todo);
  });

  function show(todo) {
    if (todo.userId !== OWNER) return;
    const old = items.get(todo.id);
    // An event of the past may arrive after the list: what is done stays done.
    if (old?.done) return;

    const node = render(todo);
    if (old) old.node.replaceWith(node);
    else list.append(node);
    items.set(todo.id, { node, done: todo.completed });
    empty.hidden = true;
  }

  function render({ id, title, completed, priority }) {
    const box = element('input', '');
    box.type = 'checkbox';
    box.checked = box.disabled = completed;
    box.addEventListener('change', async () => {
      box.disabled = true;
      try {
        const { todo } = await channel.call('complete', { id });
        if (todo) show(todo);
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
    signedIn(name) {
      panel.setUser(name);
      if (name) {
        channel.start();
        return;
      }
      channel.stop();
      clear();
      empty.textContent = 'Sign in to see the list and add to it.';
      empty.hidden = false;
    },
  };
}
