// Elements are made from texts and never from markup: names of users and topics and payloads come from clients.

/** @param {string} id */
export const byId = id => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Creates an element with properties and children.
 * @param {string} tag
 * @param {Record<string, any>} [properties] Properties of the element; those with a hyphen and `role` and `for` are attributes.
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.includes('-') || name === 'role' || name === 'for' || name === 'scope') element.setAttribute(name, String(value));
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else /** @type {any} */ (element)[name] = value;
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== false).map(child => /** @type {Node | string} */ (child)));
  return element;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** @param {number | null | undefined} value */
export const number = value => (value === null || value === undefined ? '–' : value < 100_000 ? whole.format(value) : short.format(value));

/** @param {number | null | undefined} value */
export const rate = value => (value === null || value === undefined ? '–' : value > 0 && value < 100 ? tenths.format(value) : number(value));

/** @param {number | null | undefined} bytes */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return '–';
  if (bytes < 1024) return `${bytes} B`;
  const [amount, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KiB'] : bytes < 1024 ** 3 ? [bytes / 1024 ** 2, 'MiB'] : [bytes / 1024 ** 3, 'GiB'];
  return `${tenths.format(amount)} ${unit}`;
}

/** @param {number} milliseconds */
export const duration = milliseconds =>
  milliseconds < 1 ? `${Math.max(1, Math.round(milliseconds * 1000))} µs` : milliseconds < 1000 ? `${tenths.format(milliseconds)} ms` : age(milliseconds);

/** @param {number} milliseconds */
export function age(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${tenths.format(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** @param {string | undefined} instant */
export const time = instant => (instant ? new Date(instant).toLocaleTimeString() : '–');

/** @param {string | undefined} instant */
export const since = instant => (instant ? age(Math.max(0, Date.now() - Date.parse(instant))) : 'closing');

/**
 * The name of a function in the words of the log, such as `route 'action:move'`.
 * @param {string} label
 */
export const actionOf = label => /^route '(?:action:)?(.*)'$/.exec(label)?.[1] ?? label;

/**
 * A badge: a word whose color repeats what it says.
 * @param {string} text
 * @param {'' | 'good' | 'wait' | 'bad'} [kind]
 */
export const badge = (text, kind = '') => make('span', { className: `badge ${kind}` }, text);

/**
 * A panel with a title.
 * @param {string} id
 * @param {string} title
 */
export function panel(id, title) {
  const info = make('p', { id: `${id}-info` });
  const head = make('header', {}, make('h2', { id: `${id}-title` }, title), info);
  const body = make('div', {});
  const root = make('section', { className: 'panel', id, 'aria-labelledby': `${id}-title` }, head, body);
  return { root, head, body, info };
}

/**
 * A table whose rows are kept from one state to the next, so that the focus stays where it is.
 * @template T
 * @param {{ caption: string, empty: string, keyOf: (row: T) => string, className?: (row: T) => string,
 *   columns: { title: string, number?: boolean, show: (row: T) => string | Node[], version?: (row: T) => string }[] }} options
 */
export function table({ caption, empty, keyOf, className, columns }) {
  const body = make('tbody', { role: 'rowgroup' });
  const root = make('table', { role: 'table' },
    make('caption', { className: 'hidden-text' }, caption),
    make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' },
      ...columns.map(({ title, number }) => make('th', { scope: 'col', role: 'columnheader', className: number ? 'number' : '' }, title)))),
    body);
  const nothing = make('p', { className: 'empty', hidden: true }, empty);
  const holder = make('div', { className: 'scroll' }, root, nothing);
  /** @type {Map<string, { row: HTMLElement, cells: HTMLElement[], versions: string[] }>} */
  let known = new Map();

  /** @param {T} _ */
  function create(_) {
    // The first column names the row.
    const cells = columns.map(({ title, number }, index) => make(index === 0 ? 'th' : 'td', {
      scope: index === 0 ? 'row' : undefined, role: index === 0 ? 'rowheader' : 'cell', 'data-label': title, className: number ? 'number' : '',
    }));
    return { row: make('tr', { role: 'row' }, ...cells), cells, versions: columns.map(() => '') };
  }

  return {
    root: holder,
    /** @param {T[]} rows */
    show(rows) {
      const next = new Map();
      for (const row of rows) {
        const key = keyOf(row);
        const entry = known.get(key) ?? create(row);
        next.set(key, entry);
        if (className) entry.row.className = className(row);
        columns.forEach(({ show, version }, index) => {
          const shown = version ? version(row) : show(row);
          const text = typeof shown === 'string' ? shown : '';
          const cell = /** @type {HTMLElement} */ (entry.cells[index]);
          if (version ? entry.versions[index] === `v${text}` : entry.versions[index] === text && cell.childNodes.length > 0) return;
          entry.versions[index] = version ? `v${text}` : text;
          const content = version ? show(row) : shown;
          if (typeof content === 'string') cell.replaceChildren(make('span', {}, content));
          else cell.replaceChildren(...(content.length === 1 ? content : [make('div', {}, ...content)]));
        });
      }
      for (const [key, { row }] of known) if (!next.has(key)) row.remove();
      let index = 0;
      for (const { row } of next.values()) {
        if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
        index++;
      }
      known = next;
      root.hidden = rows.length === 0;
      nothing.hidden = rows.length > 0;
    },
  };
}

/** The answer to an action, at the bottom of the page and for screen readers. */
let hiding = 0;
/**
 * @param {string} text
 * @param {boolean} [isBad]
 */
export function tell(text, isBad = false) {
  const result = byId('result');
  // A dialog hides what is behind it, also from screen readers, so the answer moves into the topmost one.
  const dialogs = [...document.querySelectorAll('dialog[open]')];
  (dialogs.at(-1) ?? document.body).append(result);
  result.textContent = text;
  result.classList.toggle('bad', isBad);
  result.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (result.hidden = true), isBad ? 15_000 : 6_000);
}

/**
 * Says what went wrong, with the details of the server.
 * @param {any} error
 */
export function reasonOf(error) {
  /** @type {string[]} */
  const details = (error.details ?? []).map((/** @type {{ path: string, message: string }} */ { path, message }) => `${path} ${message}`.trim());
  return (details.length > 0 ? details.join('\n') : error.message || String(error)) + (error.errorId ? ` (${error.errorId})` : '');
}

/**
 * Asks before something is done that can't be taken back.
 * @param {{ title: string, text: string, button: string }} question
 * @returns {Promise<boolean>}
 */
export function ask({ title, text, button }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('confirm'));
  document.body.append(dialog); // behind the other dialogs, so that it is the topmost one
  byId('confirm-title').textContent = title;
  byId('confirm-text').textContent = text;
  byId('confirm-ok').textContent = button;
  dialog.returnValue = 'cancel';
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok'), { once: true }));
}

/**
 * Carries an action out, after a question if there is one, and shows its result.
 * @param {() => Promise<any>} action
 * @param {string} done What is shown when the action has succeeded.
 * @param {{ title: string, text: string, button: string }} [question]
 * @returns {Promise<boolean>} True when it was carried out.
 */
export async function act(action, done, question) {
  if (question && !(await ask(question))) return false;
  try {
    await action();
    tell(done);
    return true;
  } catch (error) {
    tell(reasonOf(error), true);
    return false;
  }
}

/**
 * A button for an action.
 * @param {string} text
 * @param {string} label What a screen reader says: the action with its object.
 * @param {(event: Event) => void} onclick
 * @param {string} [className]
 */
export const button = (text, label, onclick, className = 'quiet small') =>
  make('button', { type: 'button', className, 'aria-label': label, onclick }, text);

/**
 * A dialog with a title, which closes with Escape. It is removed when it closes.
 * @param {string} id
 * @param {string} title
 * @param {() => void} [onclose]
 */
export function openDialog(id, title, onclose) {
  document.getElementById(id)?.remove();
  const heading = make('h2', { id: `${id}-title` }, title);
  const note = make('p', { className: 'soft' });
  const stack = make('div', { className: 'stack' });
  const dialog = make('dialog', { id, 'aria-labelledby': `${id}-title` }, stack);
  stack.append(make('div', { className: 'head' }, make('div', {}, heading, note),
    button('Close', `Close ${title}`, () => dialog.close())));
  dialog.addEventListener('close', (/** @type {Event} */ event) => {
    if (event.target !== dialog) return;
    const result = byId('result');
    if (dialog.contains(result)) document.body.append(result);
    dialog.remove();
    onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, stack, note, isOpen: () => dialog.open };
}

/**
 * Runs something at once and then at an interval while a condition holds, one run after the other.
 * @param {() => Promise<void>} run
 * @param {number} interval
 * @param {() => boolean} holds
 */
export async function repeat(run, interval, holds) {
  while (holds()) {
    await run().catch(() => {}); // the state of the connection shows why
    await new Promise(resolve => setTimeout(resolve, interval));
  }
}
