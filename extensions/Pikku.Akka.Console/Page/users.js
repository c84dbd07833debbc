import { badge, button, duration, make, panel, reasonOf, size, table, tell, time } from './view.js';

/** @import { ExplainedGate, Explanation, TraceEntry } from './client.js' */
/** @import { Console } from './app.js' */

const KEPT_ENTRIES = 200;

/** @type {Record<string, ['' | 'good' | 'wait' | 'bad', string]>} The outcomes of gates and verdicts as colors and words. */
const OUTCOMES = {
  allowed: ['good', 'allowed'], denied: ['bad', 'denied'], unknown: ['wait', 'unknown'],
  allows: ['good', 'lets through'], denies: ['bad', 'refuses'], threw: ['bad', 'threw an exception'], needsInput: ['wait', 'needs data'], notAsked: ['', 'not asked'],
};

/** @type {Record<string, string>} */
const DIRECTIONS = { in: 'received', out: 'sent', server: 'server', note: 'note' };

/** @param {string} outcome */
const outcomeOf = outcome => {
  const [kind, text] = OUTCOMES[outcome] ?? ['', outcome];
  return badge(text, kind);
};

/**
 * A field with its label.
 * @param {string} id
 * @param {string} label
 * @param {Record<string, any>} [properties]
 */
function field(id, label, properties = {}) {
  const input = make(properties['rows'] ? 'textarea' : 'input', { id, autocomplete: 'off', spellcheck: false, maxLength: 1024, ...properties });
  return { input, root: make('div', {}, make('label', { for: id }, label), input) };
}

/** @param {{ input: HTMLInputElement }} one */
const textOf = ({ input }) => input.value.trim() || null;

/**
 * Why a user is refused, what a user sends and gets, and recordings of connections.
 * @param {Console} console
 */
export function createUsers(console) {
  return { root: make('section', { 'aria-label': 'Users' }, createExplain(console), createTrace(console), createRecord(console)) };
}

/** @param {Console} console */
function createExplain({ route }) {
  const { root, body, info } = panel('explain', 'Why is a user refused?');
  info.textContent = 'asks the gates one by one with the session of now, and runs no function';
  const user = field('explain-user', 'User');
  const connection = field('explain-connection', 'or connection');
  const channel = field('explain-channel', 'Channel', { required: true });
  const action = field('explain-action', 'Action');
  const topic = field('explain-topic', 'or topic');
  const data = field('explain-data', 'Data of the message, as JSON (optional)', { rows: 2, maxLength: 65_536 });
  const problem = make('p', { className: 'error', role: 'alert' });
  const verdict = make('p', { className: 'note', role: 'status', hidden: true });
  const send = make('button', { type: 'submit' }, 'Explain');
  const gates = table({
    caption: 'The gates in the order in which a message passes them',
    empty: 'Nothing has to be passed.',
    keyOf: (/** @type {ExplainedGate & { index: number }} */ gate) => `${gate.index} ${gate.name}`,
    columns: [
      { title: 'Gate', show: gate => gate.name },
      { title: 'Kind', show: gate => gate.kind },
      { title: 'Wired at', show: gate => gate.place },
      { title: 'Answer', version: gate => gate.outcome, show: gate => [outcomeOf(gate.outcome)] },
      { title: 'Detail', show: gate => [gate.error, gate.detail, ...(gate.parts ?? []).map(part => `${part.name}: ${OUTCOMES[part.outcome]?.[1] ?? part.outcome}`)].filter(Boolean).join('; ') || '–' },
    ],
  });
  gates.root.hidden = true;
  const form = make('form', { className: 'fields' },
    make('div', { className: 'columns' }, user.root, connection.root, channel.root, action.root, topic.root), data.root, problem, make('div', { className: 'buttons end' }, send));
  form.addEventListener('submit', async (/** @type {Event} */ event) => {
    event.preventDefault();
    problem.textContent = '';
    send.disabled = true;
    try {
      show(await route.send('explain', {
        channel: channel.input.value.trim(), user: textOf(user), connection: textOf(connection), action: textOf(action), topic: textOf(topic), data: textOf(data),
      }));
    } catch (error) {
      verdict.hidden = gates.root.hidden = true;
      problem.textContent = reasonOf(error);
    } finally {
      send.disabled = false;
    }
  });

  /** @param {Explanation} explanation */
  function show(explanation) {
    const { verdict: decision, error, node, session, connection: id, middleware, wiredAt } = explanation;
    verdict.replaceChildren(outcomeOf(decision), ` ${[
      error, id ? `connection ${id}` : 'no connection', `session: ${session}`, `asked on ${node}`, wiredAt && `wired in ${wiredAt}`,
      middleware.length > 0 && `not run: ${middleware.join(', ')}`,
    ].filter(Boolean).join(' · ')}`);
    verdict.hidden = gates.root.hidden = false;
    gates.show(explanation.gates.map((gate, index) => ({ ...gate, index })));
  }

  body.append(form, verdict, gates.root);
  return root;
}

/** @param {Console} console */
function createTrace({ route }) {
  const { root, body, info } = panel('trace', 'What does a user send and get?');
  info.textContent = 'the messages of all connections of a user on all nodes, live and without their payloads';
  const user = field('trace-user', 'User', { required: true });
  const state = make('p', { className: 'note', role: 'status', hidden: true });
  const start = make('button', { type: 'submit' }, 'Trace');
  const stop = make('button', { type: 'button', className: 'quiet', hidden: true }, 'Stop');
  const entries = table({
    caption: 'Messages, the newest first',
    empty: 'No messages yet.',
    keyOf: (/** @type {TraceEntry & { index: number }} */ entry) => `${entry.index}`,
    columns: [
      { title: 'Time', show: entry => time(entry.at) },
      { title: 'Direction', show: entry => DIRECTIONS[entry.direction] ?? entry.direction },
      { title: 'Message', version: entry => entry.name, show: entry => [make(entry.direction === 'note' ? 'span' : 'code', {}, entry.name)] },
      { title: 'Channel', show: entry => entry.channel ?? '–' },
      { title: 'Outcome', version: entry => `${entry.outcome ?? ''} ${entry.errorId ?? ''}`, show: entry => (entry.outcome ? [badge(entry.outcome, entry.outcome === 'ok' ? 'good' : 'wait'), make('span', {}, entry.errorId ? ` ${entry.errorId}` : '')] : '–') },
      { title: 'Size', number: true, show: entry => (entry.size ? size(entry.size) : '–') },
      { title: 'Duration', number: true, show: entry => (entry.duration === undefined ? '–' : duration(entry.duration)) },
      { title: 'Node', show: entry => entry.node },
    ],
  });
  entries.root.hidden = true;
  const form = make('form', { className: 'fields' }, user.root, make('div', { className: 'buttons end' }, stop, start));
  /** @type {AbortController | undefined} */
  let running;
  stop.addEventListener('click', () => running?.abort());
  form.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    running?.abort();
    void trace(user.input.value.trim(), (running = new AbortController()));
  });

  /**
   * @param {string} name
   * @param {AbortController} call
   */
  async function trace(name, call) {
    /** @type {(TraceEntry & { index: number })[]} */
    let kept = [];
    let index = 0;
    let isDrawn = true;
    // Many messages are drawn at once.
    const draw = () => {
      isDrawn = true;
      if (running === call) entries.show(kept);
    };
    entries.root.hidden = state.hidden = stop.hidden = false;
    state.textContent = `Tracing ${name}.`;
    entries.show([]);
    let end = 'The trace has ended.';
    try {
      for await (const entry of route.stream('trace', { user: name }, { signal: call.signal })) {
        kept = [{ ...entry, index: index++ }, ...kept.slice(0, KEPT_ENTRIES - 1)];
        if (isDrawn) requestAnimationFrame(draw);
        isDrawn = false;
      }
    } catch (error) {
      if (!call.signal.aborted) end = reasonOf(error);
    }
    if (running !== call) return;
    running = undefined;
    entries.show(kept);
    stop.hidden = true;
    state.textContent = end;
  }

  body.append(form, state, entries.root);
  return root;
}

/** @param {Console} console */
function createRecord({ route }) {
  const { root, body, info } = panel('record', 'Record a connection');
  info.textContent = 'a scenario that the test kit replays; secrets are masked';
  const user = field('record-user', 'The next connection of user');
  const connection = field('record-connection', 'or connection');
  const problem = make('p', { className: 'error', role: 'alert' });
  const state = make('p', { className: 'note', role: 'status', hidden: true });
  const start = make('button', { type: 'submit' }, 'Record');
  const form = make('form', { className: 'fields' }, make('div', { className: 'columns' }, user.root, connection.root), problem, make('div', { className: 'buttons end' }, start));
  form.addEventListener('submit', async (/** @type {Event} */ event) => {
    event.preventDefault();
    problem.textContent = '';
    start.disabled = true;
    try {
      const { id } = await route.send('record', { user: textOf(user), connection: textOf(connection) });
      state.replaceChildren(`Recording ${id}. `, button('Stop and save', `Stop the recording ${id} and save it`, () => void save(id)));
      state.hidden = false;
    } catch (error) {
      problem.textContent = reasonOf(error);
    } finally {
      start.disabled = false;
    }
  });

  /** @param {string} id */
  async function save(id) {
    try {
      const { text } = await route.send('stopRecording', { id });
      const link = make('a', { href: URL.createObjectURL(new Blob([text], { type: 'application/json' })), download: `recording-${id}.json` });
      link.click();
      URL.revokeObjectURL(link.href);
      state.replaceChildren(`The recording ${id} was saved.`);
    } catch (error) {
      tell(reasonOf(error), true);
    }
  }

  body.append(form, state);
  return root;
}
