// Back-off of a lost connection: the first try soon, later ones rarer, and never all browsers at the same time.
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 20_000;

// No action of this application takes longer; without an answer by then none is coming.
const CALL_TIMEOUT_MS = 10_000;

// A session ends with its token, so the connection is renewed while the token is still good.
const RENEW_AT = 0.8;

/** What the server answers when it refuses a call. */
export class ChannelError extends Error {
  constructor({ name, message, details = [] }) {
    super(details.length ? details.map(d => (d.path ? `${d.path}: ${d.message}` : d.message)).join('; ') : message);
    this.name = name;
  }
}

/** A connection to one channel. It comes back by itself until it is stopped. */
export class Channel {
  #options;
  #topics = new Map();
  #calls = new Map();
  #lastId = 0;
  #failures = 0;
  #generation = 0;
  #socket = null;
  #timer = null;

  /**
   * @param {object} options
   * @param {string} options.path
   * @param {() => Promise<{token: string, expiresIn: number} | null>} options.getToken asked anew for each connection
   * @param {boolean} [options.tokenInUrl] whether the token is presented at the upgrade
   * @param {(channel: Channel, token: string | null) => Promise<void>} options.onOpen makes the connection ready
   * @param {(state: 'off' | 'connecting' | 'live' | 'waiting') => void} options.onState
   */
  constructor(options) {
    this.#options = options;
    // Whoever comes back to the page, or to the net, does not want to wait for a timer.
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#hurry());
  }

  on(topic, handler) {
    this.#topics.set(topic, handler);
    return this;
  }

  /** Connects, or connects anew. */
  start() {
    this.stop();
    this.#failures = 0;
    this.#connect(this.#generation);
  }

  stop() {
    this.#generation++;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#drop('The connection was closed.');
    this.#options.onState('off');
  }

  /** Calls an action and waits for its answer. */
  call(action, data = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Error('There is no connection.'));

    const id = String(++this.#lastId);
    this.#socket.send(JSON.stringify({ action, id, data }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(id, call => call.reject(new Error('The server did not answer.'))), CALL_TIMEOUT_MS);
      this.#calls.set(id, { resolve, reject, timer });
    });
  }

  // A generation is what one start began. Whatever wakes up in a later one has nothing to say any more.
  async #connect(generation) {
    const { path, getToken, tokenInUrl, onOpen, onState } = this.#options;
    this.#timer = null;
    onState('connecting');

    let grant;
    try {
      grant = await getToken();
    } catch {
      if (generation === this.#generation) this.#retry(generation);
      return;
    }
    if (generation !== this.#generation) return;

    const url = new URL(path, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    if (tokenInUrl && grant) url.searchParams.set('access_token', grant.token);

    const socket = (this.#socket = new WebSocket(url));
    socket.onmessage = message => {
      // A socket that was given up may still deliver what was on its way.
      if (socket === this.#socket) this.#receive(JSON.parse(message.data));
    };
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      this.#drop('The connection was lost.');
      this.#retry(generation);
    };
    socket.onopen = async () => {
      try {
        await onOpen(this, grant?.token ?? null);
        if (socket !== this.#socket) return;
        this.#failures = 0;
        onState('live');
        if (grant) this.#timer = setTimeout(() => this.#renew(), grant.expiresIn * 1000 * RENEW_AT);
      } catch {
        // Half a connection is none: the next try begins with a fresh token.
        socket.close();
      }
    };
  }

  #retry(generation) {
    clearTimeout(this.#timer);
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures++);
    this.#options.onState('waiting');
    this.#timer = setTimeout(() => this.#connect(generation), longest * (0.5 + Math.random() / 2));
  }

  #renew() {
    if (this.#calls.size > 0) this.#timer = setTimeout(() => this.#renew(), 1000);
    else this.start();
  }

  #hurry() {
    if (this.#socket || !this.#timer) return;
    clearTimeout(this.#timer);
    this.#connect(this.#generation);
  }

  #drop(why) {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    for (const id of [...this.#calls.keys()]) this.#settle(id, call => call.reject(new Error(why)));
  }

  #receive(message) {
    if (message.topic !== undefined) this.#topics.get(message.topic)?.(message.data);
    else if (message.error) this.#settle(message.id, call => call.reject(new ChannelError(message.error)));
    else this.#settle(message.id, call => call.resolve(message.data));
  }

  #settle(id, how) {
    const call = this.#calls.get(id);
    if (!call) return;
    this.#calls.delete(id);
    clearTimeout(call.timer);
    how(call);
  }
}
