/** @import { PikkuAnyRoute, PikkuError } from './client.js' */

// What the states of a route are called, for the style sheet and for people.
const STATES = /** @type {const} */ ({
  idle: ['off', 'Signed out'],
  closed: ['off', 'Signed out'],
  connecting: ['connecting', 'Connecting'],
  open: ['live', 'Live'],
  waiting: ['waiting', 'Reconnecting'],
});

/** @param {string} id */
export const byId = id => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * An element with a class and a text. Text only: what people write never becomes markup.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} className
 */
export function element(tag, className, text = '') {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

// How long a screen reader may take to notice what was added.
const NOTICE_MS = 1000;

/**
 * Fills a live region with what is no news: it is there to be read, but is not read out.
 * @param {HTMLElement} region
 * @param {() => void} fill
 */
export function quietly(region, fill) {
  region.ariaLive = 'off';
  fill();
  setTimeout(() => (region.ariaLive = 'polite'), NOTICE_MS);
}

/**
 * What all panels have: a state, a form that works while the connection lives, and a line for what went wrong. Their elements are
 * `NAME-state`, `FORM` and `NAME-error`.
 * @param {{ name: string, form: string, placeholder: { signedIn: string, signedOut: string } }} options
 */
export function createPanel({ name, form: formId, placeholder }) {
  const state = byId(`${name}-state`);
  const error = byId(`${name}-error`);
  const form = /** @type {HTMLFormElement} */ (byId(formId));
  const controls = /** @type {(HTMLInputElement | HTMLSelectElement | HTMLButtonElement)[]} */ ([...form.elements]);
  const input = /** @type {HTMLInputElement} */ (form.querySelector('input'));
  let live = false;
  /** @type {string | null} */
  let user = null;

  const refresh = () => {
    for (const control of controls) control.disabled = !user || (control.type === 'submit' && !live);
    input.placeholder = user ? placeholder.signedIn : placeholder.signedOut;
  };

  return {
    /**
     * Shows how the connection is, from now on.
     * @param {PikkuAnyRoute} route
     */
    follow(route) {
      route.onState(change => {
        [state.dataset['state'], state.textContent] = STATES[change.state];
        live = change.state === 'open';
        if (live) error.textContent = '';
        refresh();
        // A page that is looked at is not idle, whatever the server says.
        if (change.code === 1000) void route.connect();
      });
    },
    /** @param {string | null} name */
    setUser(name) {
      user = name;
      error.textContent = '';
      refresh();
    },
    /** @param {unknown} problem */
    fail(problem) {
      const { message, details } = /** @type {PikkuError} */ (problem);
      error.textContent = details?.length ? details.map(d => (d.path ? `${d.path}: ${d.message}` : d.message)).join('; ') : message;
    },
    /**
     * Hands over what was submitted; the input is emptied once that has succeeded.
     * @param {(text: string, form: FormData) => Promise<void>} send
     */
    onSubmit(send) {
      form.addEventListener('submit', async event => {
        event.preventDefault();
        const text = input.value.trim();
        if (!text || !live || !user) return;
        try {
          error.textContent = '';
          await send(text, new FormData(form));
          if (input.value.trim() === text) input.value = '';
        } catch (problem) {
          this.fail(problem);
        }
        input.focus();
      });
    },
  };
}
