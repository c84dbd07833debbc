import { fieldsOf } from './form.js';
import { make, openDialog, reasonOf, tell } from './view.js';

/** @import { Console } from './app.js' */

/**
 * A form to publish an event, made from the schema of the topic's events.
 * @param {Console} console
 * @param {string} topic
 */
export function openPublish({ route, facts }, topic) {
  const { stack, note, dialog } = openDialog('publish', 'Publish an event');
  note.textContent = 'The event is validated as the declared type of the topic, and goes to its subscribers on all nodes.';
  const name = make('input', { id: 'publish-topic', required: true, value: topic, autocomplete: 'off', spellcheck: false, maxLength: 1024 });
  name.setAttribute('list', 'publish-topics');
  const declared = facts().topics.filter(one => one.mayPublish);
  const names = make('datalist', { id: 'publish-topics' }, ...declared.map(one => make('option', { value: one.name })));
  const holder = make('div', {});
  const problem = make('p', { className: 'error', role: 'alert' });
  const send = make('button', { type: 'submit' }, 'Publish');
  const form = make('form', { className: 'fields' },
    make('div', {}, make('label', { for: 'publish-topic' }, 'Topic'), name, names), holder, problem, make('div', { className: 'buttons end' }, send));
  stack.append(form);
  /** @type {ReturnType<typeof fieldsOf> | undefined} */
  let fields;
  let shown = '\0';

  async function showFields() {
    const asked = name.value.trim();
    if (asked === shown) return;
    shown = asked;
    const { schema } = asked ? await route.send('schema', { topic: asked }) : { schema: undefined };
    if (asked !== shown) return;
    fields = fieldsOf(schema);
    holder.replaceChildren(fields.root);
  }

  name.addEventListener('change', () => void showFields().catch(error => tell(reasonOf(error), true)));
  form.addEventListener('submit', async (/** @type {Event} */ event) => {
    event.preventDefault();
    problem.textContent = '';
    send.disabled = true;
    try {
      await showFields();
      await route.send('publish', { topic: name.value.trim(), data: fields?.read() ?? null });
      dialog.close();
      tell(`The event was published to ${name.value.trim()}.`);
    } catch (error) {
      problem.textContent = reasonOf(error);
    } finally {
      send.disabled = false;
    }
  });
  name.focus();
  void showFields().catch(error => tell(reasonOf(error), true));
}
