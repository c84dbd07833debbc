const STATES = { off: 'Signed out', connecting: 'Connecting', live: 'Live', waiting: 'Reconnecting' };

/** An element with a class and a text. Text only: what people write never becomes markup. */
export function element(tag, className, text = '') {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

// How long a screen reader may take to notice what was added.
const NOTICE_MS = 1000;

/** Fills a live region with what is no news: it is there to be read, but is not read out. */
export function quietly(region, fill) {
  region.ariaLive = 'off';
  fill();
  setTimeout(() => (region.ariaLive = 'polite'), NOTICE_MS);
}

/** What all panels have: a state, a form that works while the connection lives, and a line for what went wrong. */
export function createPanel({ state, form, error, placeholder }) {
  const controls = [...form.elements];
  const input = form.querySelector('input');
  let live = false;
  let user = null;

  const refresh = () => {
    for (const control of controls) control.disabled = !user || (control.type === 'submit' && !live);
    input.placeholder = user ? placeholder.signedIn : placeholder.signedOut;
  };

  return {
    setState(name) {
      state.dataset.state = name;
      state.textContent = STATES[name];
      live = name === 'live';
      if (live) error.textContent = '';
      refresh();
    },
    setUser(name) {
      user = name;
      error.textContent = '';
      refresh();
    },
    fail(problem) {
      error.textContent = problem.message;
    },
    /** Hands over what was submitted; the input is emptied once that has succeeded. */
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
