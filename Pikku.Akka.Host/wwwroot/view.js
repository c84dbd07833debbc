/** @import { PikkuAnyRoute, PikkuError } from './client.js' */

// The statuses of a route as a style and as text.
const STATES = /** @type {const} */ ({
  idle: ['off', 'Signed out'],
  closed: ['off', 'Signed out'],
  connecting: ['connecting', 'Connecting'],
  open: ['live', 'Live'],
  waiting: ['waiting', 'Reconnecting'],
});

// The client has stopped with an error. It tries again when the user signs in again.
const REFUSED = /** @type {const} */ (['refused', 'Refused']);

/** @param {string} id */
export const byId = id => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Creates an element with a class and a text. The text is never interpreted as markup.
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

// The number of avatar colors in the style sheet.
const HUES = 6;

/**
 * The initial of a user in a circle with the color of the user.
 * @param {string} name
 */
export function avatar(name) {
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % HUES;
  const circle = element('span', `avatar hue-${hue}`, name.slice(0, 1).toUpperCase());
  circle.ariaHidden = 'true';
  return circle;
}

// The time that a screen reader may take to notice added text.
const NOTICE_MS = 1000;

/**
 * Fills a live region with text that can be read but is not announced.
 * @param {HTMLElement} region
 * @param {() => void} fill
 */
export function quietly(region, fill) {
  region.ariaLive = 'off';
  fill();
  setTimeout(() => (region.ariaLive = 'polite'), NOTICE_MS);
}

/**
 * The common parts of all panels: the state, a form that is enabled while the connection is open, and a line for errors. Their
 * elements are `NAME-state`, `FORM` and `NAME-error`.
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
     * Shows the state of the connection and its changes.
     * @param {PikkuAnyRoute} route
     */
    follow(route) {
      route.onStatus(change => {
        const refusal = change.status === 'closed' ? /** @type {PikkuError | undefined} */ (change.error) : undefined;
        [state.dataset['state'], state.textContent] = refusal ? REFUSED : STATES[change.status];
        live = change.status === 'open';
        if (live) error.textContent = '';
        if (refusal) error.textContent = `${refusal.status ? `${refusal.status} ` : ''}${refusal.name}: ${refusal.message}`;
        refresh();
        // The server closed an idle connection, but the page is still open.
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
     * Passes submitted text to a function and clears the input if the function succeeds.
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
