// A typed client for channels of Pikku.Akka: WebSockets with the subprotocol pikku.v1. One file without dependencies, for browsers and for
// any other runtime that has WebSockets. `docs/protocol.md` describes the wire format.

// <generated>
export interface NewTodo {
  title: string;
  priority?: 'low' | 'medium' | 'high';
}

export interface Todo {
  id: string;
  title: string;
  done: boolean;
}

export interface RoomEvent {
  text: string;
}

/** The channels of the application. */
export interface Channels {
  'todos': {
    opening: void;
    actions: {
      'action': {
        'create': { input: NewTodo; output: Todo };
        'list': { input: void; output: Todo[] };
        'find': { input: { text?: string } | undefined; output: Todo | null };
      };
      'command': {
        'clear': { input: void; output: void };
      };
    };
    fallback: { input: string; output: string };
    binary: true;
    topics: { 'todos:created': Todo; [topic: `room:${string}`]: RoomEvent };
    messages: { welcome: string };
    remotes: { 'confirm': { input: { text: string }; output: { yes: boolean } } };
  };
  'rooms': {
    opening: { roomId: string; limit?: number; tags?: string[] };
    actions: {};
    fallback: never;
    binary: false;
    topics: {};
    messages: unknown;
    remotes: {};
  };
}

const channels = {
  'todos': { path: '/todos', keys: ['action', 'command'] },
  'rooms': { path: '/rooms/{roomId}', keys: [] },
} as const satisfies { readonly [C in keyof Channels]: { readonly path: string; readonly keys: readonly string[] } };
// </generated>

/** The name of a channel. */
export type PikkuChannel = keyof Channels & string;

/** A routing key of a channel. */
export type PikkuKey<C extends PikkuChannel> = keyof Channels[C]['actions'] & string;

/** The routing key of `send`: the first one. If the type of `channels` does not show the order, it may be any of them. */
export type PikkuFirstKey<C extends PikkuChannel> = (typeof channels)[C]['keys'] extends readonly [infer K extends PikkuKey<C>, ...string[]]
  ? K
  : PikkuKey<C>;

/** The actions of a channel under a routing key. */
export type PikkuAction<C extends PikkuChannel, K extends PikkuKey<C> = PikkuFirstKey<C>> =
  K extends PikkuKey<C> ? keyof Channels[C]['actions'][K] & string : never;

/** The input and output of an action. */
type PikkuCall<C extends PikkuChannel, K extends PikkuKey<C>, A> =
  K extends PikkuKey<C> ? (A extends keyof Channels[C]['actions'][K] ? Channels[C]['actions'][K][A] : never) : never;

/** The input of an action. */
export type PikkuInput<C extends PikkuChannel, A, K extends PikkuKey<C> = PikkuFirstKey<C>> = PikkuIn<PikkuCall<C, K, A>>;

/** The output of an action. */
export type PikkuOutput<C extends PikkuChannel, A, K extends PikkuKey<C> = PikkuFirstKey<C>> = PikkuOut<PikkuCall<C, K, A>>;

type PikkuIn<F> = F extends { input: infer I } ? I : never;
type PikkuOut<F> = F extends { output: infer O } ? O : never;

/** The arguments after the name. Optional data is an optional argument. */
type PikkuArguments<I> = [I] extends [void]
  ? [data?: undefined, options?: PikkuSendOptions]
  : undefined extends I
    ? [data?: I, options?: PikkuSendOptions]
    : [data: I, options?: PikkuSendOptions];

/** The route to any channel; `name` is the discriminator. */
export type PikkuAnyRoute = { [C in PikkuChannel]: PikkuRoute<C> }[PikkuChannel];

/**
 * The state of a route: not used yet, connecting (this includes `onOpen`), connected, waiting before the next attempt, or closed, which
 * means
 * that no attempt follows.
 */
export type PikkuState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

/** A change of the state. */
export interface PikkuStateChange {
  readonly state: PikkuState;
  readonly previous: PikkuState;
  /** The close code of the connection that has ended; 1006 if there was no close frame. */
  readonly code?: number;
  /** The close reason of the server, for people. */
  readonly reason?: string;
  /** The delay before the next attempt, in milliseconds. */
  readonly retryInMs?: number;
  /** The error that ended the connection, or the error that the server sent before it closed. */
  readonly error?: unknown;
  /** True if a lost connection is restored. Events may have been missed, and subscriptions that actions made are gone. */
  readonly missed: boolean;
}

/** A validation rule that the input breaks. */
export interface PikkuErrorDetail {
  /** The path of the invalid value, such as `items[0].title`. */
  readonly path: string;
  readonly message: string;
}

/**
  * An error that the server replied with, or the reason why there is no reply. In the latter case, `status` is 0 and `name` is
  * `TimeoutError`,
  * `ConnectionLostError` (the function may or may not have run), `OfflineError` (nothing was sent) or `ClosedError`. If the server
  * refuses the
  * connection, the error is the server's reason and its `cause` is a `ClosedError`.
 */
export class PikkuError extends Error {
  /** The equivalent HTTP status code. */
  readonly status: number;
  /** The validation rules that the input breaks. */
  readonly details?: readonly PikkuErrorDetail[];
  /** The id of the error in the server's log. */
  readonly errorId?: string;

  constructor(name: string, message: string, more: { status?: unknown; details?: unknown; errorId?: unknown; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = name;
    this.status = typeof more.status === 'number' ? more.status : 0;
    if (Array.isArray(more.details)) this.details = more.details;
    if (typeof more.errorId === 'string') this.errorId = more.errorId;
  }
}

export interface PikkuSendOptions {
  /** Abandons the call, which rejects with the signal's reason. The function may still run. */
  readonly signal?: AbortSignal | undefined;
  /** The timeout of the call in milliseconds, including the time without a connection; 0 for no timeout. */
  readonly timeout?: number | undefined;
}

export interface PikkuReconnect {
  /**
   * The maximum delay before the first attempt, in milliseconds. It doubles with each failure; each delay is a random part of it.
   * Default: 500.
   */
  readonly minDelay?: number;
  /** The maximum delay before an attempt, in milliseconds. Default: 30 000. */
  readonly maxDelay?: number;
  /** The number of consecutive failed attempts after which the route closes. Default: no limit. */
  readonly maxAttempts?: number;
}

export interface PikkuOptions {
  /**
    * Returns the bearer token; called for every connection. Null or an empty string sends no token. The token is sent as a
    * subprotocol, so it
    * does not appear in logs of URLs. If the server refuses a token, the route closes unless this function returns another one.
   */
  readonly token?: () => string | null | Promise<string | null>;
  /**
    * Prepares each new connection, for example by signing in and subscribing with actions. Messages that the function sends with its
    * route go
    * out immediately; all other messages wait until the function completes. If it fails or takes longer than `timeout`, the
    * connection is closed
    * and a new attempt follows.
   */
  readonly onOpen?: (route: PikkuAnyRoute) => void | Promise<void>;
  /** The timeout of calls, `connect` and `onOpen`, in milliseconds; 0 for no timeout. `send` can override it. Default: 30 000. */
  readonly timeout?: number;
  /** The timeout of opening a connection, including the token, in milliseconds. Default: 15 000. */
  readonly connectTimeout?: number;
  /** What to do with a message while there is no connection: queue it or fail with `OfflineError`. Default: queue. */
  readonly offline?: 'queue' | 'refuse';
  /** The maximum number of queued messages; more fail with `OfflineError`. Default: 256. */
  readonly maxQueued?: number;
  /** The delays and attempts after a connection is lost; false to not reconnect. */
  readonly reconnect?: false | PikkuReconnect;
  /** Default: the WebSocket of the platform. Node.js before 22 has none. */
  readonly WebSocket?: PikkuSocketConstructor;
  /**
    * Requests the address of a failed connection to find the reason, because scripts cannot see the status of a refused upgrade.
    * False to never
    * make the request. Default: the fetch of the platform, or false if `WebSocket` is set, because that may use another network path.
   */
  readonly fetch?: false | PikkuFetch;
  /** Receives exceptions of callbacks, and errors of the server that belong to no message. Default: exceptions go to the console. */
  readonly onError?: (error: unknown) => void;
}

/** The members of a WebSocket that the client uses. */
export interface PikkuSocket {
  readonly readyState: number;
  readonly protocol: string;
  readonly bufferedAmount: number;
  binaryType: string;
  send(data: string | Uint8Array): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: any) => void): void;
}

export type PikkuSocketConstructor = new (url: string, protocols: string[]) => PikkuSocket;

/** The form of fetch that the client uses. */
export type PikkuFetch = (url: string, init: {
  readonly headers: Record<string, string>; readonly cache: 'no-store'; readonly redirect: 'manual'; readonly signal: AbortSignal;
}) => Promise<PikkuResponse>;

/** The members of a fetch response that the client uses. */
export interface PikkuResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** The context of a function that the server calls. */
export interface PikkuRemoteContext {
  /** Tells the server that the answer takes long, for example because a person is asked. It suspends the server's timeout. */
  pending(reason?: string): void;
  /** Aborted when the connection ends, because nobody would receive the answer. */
  readonly signal: AbortSignal;
}

const PROTOCOL = 'pikku.v1';
const OPEN = 1;

// Codes after which a new attempt would end in the same way or the server asks for none; see "Closing" in the protocol.
const FINAL_CODES = new Set([1000, 1002, 1003, 1007, 1009]);

// The server does not accept the client's identity or behavior.
const POLICY = 1008;

// A server that shuts down spreads reconnects over seconds. The limit protects clients from a hint that is too long.
const MAX_HINT_MS = 300_000;

// A connection that ends sooner counts as a failure. Otherwise a client that is accepted and disconnected at once would reconnect
// without a pause.
const STABLE_MS = 5_000;

// The maximum number of bytes that a socket may buffer. Beyond it, the network is slower than the application sends, and memory would fill.
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

// JavaScript timers fire at once if their delay is longer.
const MAX_TIMER_MS = 2 ** 31 - 1;

// The names of statuses of a refused upgrade, the same as errors of functions. Other statuses have no name.
const REFUSALS: { readonly [status: number]: string } = {
  400: 'BadRequestError', 401: 'UnauthorizedError', 403: 'ForbiddenError', 404: 'NotFoundError', 408: 'RequestTimeoutError',
  422: 'UnprocessableContentError', 426: 'UpgradeRequiredError', 429: 'TooManyRequestsError', 503: 'ServiceUnavailableError',
};

// RFC 9110 §5.6.2: the characters that a subprotocol may contain.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

type PikkuJson = { readonly [property: string]: unknown };
type PikkuListener = (value: any) => unknown;
type PikkuListeners = Set<{ readonly callback: PikkuListener }>;
type PikkuRemote = (input: any, context: PikkuRemoteContext) => unknown;
type PikkuEnvelope = { readonly name: string; readonly id: unknown; readonly data: string };

type PikkuStep = Partial<PikkuStateChange> & { readonly state: PikkuState };

/** The reason why a connection has ended or could not be opened. */
interface PikkuEnd {
  readonly code?: number;
  readonly reason?: string;
  /** The error on the client's side. */
  readonly error?: unknown;
  /** True if another attempt would fail in the same way. */
  readonly isFinal?: boolean;
  /** The refusal of the upgrade by the server. */
  readonly refusal?: PikkuRefusal;
}

/** The server's response to an upgrade that it refused, or to the same request without an upgrade. */
interface PikkuRefusal {
  readonly error: PikkuError;
  readonly retryAfterMs?: number;
}

/** Creates connections, and finds out why one could not be opened. */
interface PikkuSource {
  create(token: string | null): PikkuSocket;
  readonly ask: ((token: string | null, signal: AbortSignal) => Promise<PikkuRefusal | undefined>) | undefined;
}

/** A message to send, and the call that waits for its answer, if there is one. */
interface PikkuOutgoing {
  readonly data: string | Uint8Array;
  readonly call?: PikkuOpenCall;
}

interface PikkuOpenCall {
  /** Undefined if the answer has no id and is matched by order. */
  readonly id: unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const isObject = (value: unknown): value is PikkuJson => typeof value === 'object' && value !== null && !Array.isArray(value);
const isName = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

function errorOf({ name, message, ...more }: PikkuJson): PikkuError {
  return new PikkuError(typeof name === 'string' ? name : 'Error', typeof message === 'string' ? message : '', more);
}

/** The delay that the server asks for, in milliseconds. */
function hintOf({ code, reason }: PikkuEnd): number | undefined {
  // Only a close frame can carry a hint.
  const hint = code === 1006 ? undefined : /retry-after-ms=(\d+)\s*$/.exec(reason ?? '')?.[1];
  return hint === undefined ? undefined : Number(hint);
}

const wrongProtocol = (socket: PikkuSocket): Error =>
  new TypeError(`The WebSocket uses the subprotocol '${socket.protocol}' instead of '${PROTOCOL}'. Offer '${PROTOCOL}' when it is created.`);

// True if the same request would be refused again until something else changes.
const isPermanent = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;

/** Encodes a text as UTF-8 and returns one character for each byte. */
const bytesOf = (text: string): string => Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join('');

/** The subprotocol that carries a token. A token with characters that a subprotocol cannot contain is encoded as base64url. */
const tokenEntry = (token: string): string => TOKEN.test(token)
  ? `pikku.bearer.${token}`
  : `pikku.bearer64.${btoa(bytesOf(token)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`;

/** Creates a refusal from the status and the problem document (RFC 9457) of a response. */
function refusalOf(status: number, problem: unknown, retryAfter: string | null): PikkuRefusal {
  const { title, detail, errors } = isObject(problem) ? problem : ({} as PikkuJson);
  const text = [detail, title].find(one => typeof one === 'string') ?? `The server refused the connection with ${status}.`;
  const seconds = /^\d{1,9}$/.exec(retryAfter ?? '')?.[0];
  return {
    error: new PikkuError(REFUSALS[status] ?? 'RefusedError', text as string, { status, details: errors }),
    ...(seconds === undefined ? {} : { retryAfterMs: Number(seconds) * 1000 }),
  };
}

/**
 * Requests an address without an upgrade. The server refuses it for the same reason as the upgrade, or with 426 if it would accept the
 * upgrade.
 */
async function fetchRefusal(ask: PikkuFetch, url: string, token: string | null, signal: AbortSignal): Promise<PikkuRefusal | undefined> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${bytesOf(token)}` };
  const response = await ask(url.replace(/^ws/, 'http'), { headers, cache: 'no-store', redirect: 'manual', signal });
  const problem = parse(await response.text());
  if (response.status === 426)
    return { error: new PikkuError('ConnectionLostError', 'The server answers HTTP requests, but WebSocket connections fail; a proxy may block them.') };
  // A lower status comes from a page at the same address or from a network that requires signing in, not from the channel.
  return response.status < 400 ? undefined : refusalOf(response.status, problem, response.headers.get('retry-after'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // JSON cannot express undefined, so it means that the text is not JSON.
  }
}

/** Fills the path of a channel, in the syntax of ASP.NET Core, from the opening data; the rest becomes the query. */
function address(base: URL, channel: string, path: string, opening: PikkuJson): string {
  const rest = new Map(Object.entries(opening).filter(([, value]) => value !== undefined && value !== null));
  const text = (value: unknown): string =>
    Array.isArray(value) ? value.map(text).join(',') : value instanceof Date ? value.toISOString() : String(value);
  const takeValue = (parameter: string): string => {
    // The server ignores case in the names of path parameters.
    const name = [...rest.keys()].find(key => key.toLowerCase() === parameter.toLowerCase());
    if (name === undefined) return '';
    const value = text(rest.get(name));
    rest.delete(name);
    return value;
  };
  const filled = path.replace(/\{(\*{0,2})([^{}:=?*]+)((?:[^{}]|\{\{|\}\})*)\}/g, (_, star: string, parameter: string, suffix: string) => {
    const value = takeValue(parameter);
    if (!value && !star && !suffix.includes('=') && !suffix.endsWith('?'))
      throw new TypeError(`The opening data of the channel '${channel}' lacks '${parameter}'.`);
    const segments = star ? value.split('/') : [value];
    // A URL cannot contain these segments: parsers remove them, which changes the path.
    if (segments.some(segment => segment === '.' || segment === '..'))
      throw new TypeError(`The parameter '${parameter}' of the channel '${channel}' cannot be '${value}'.`);
    return segments.map(encodeURIComponent).join('/');
  });

  const url = new URL(base);
  // Removes the trailing slashes that omitted optional parameters leave.
  url.pathname = url.pathname.replace(/\/+$/, '') + (filled.replace(/\/+$/, '') || '/');
  for (const [name, value] of rest) {
    // In a single value, a comma would split an item. Several values with the same name are read as a list.
    const [first, ...others] = Array.isArray(value) && value.length > 1 ? value : [value];
    url.searchParams.set(name, text(first));
    for (const other of others) url.searchParams.append(name, text(other));
  }
  return url.href;
}

/** The connection of a route, and everything that outlives a single socket. It is not typed. */
class PikkuConnection {
  readonly topics = new Map<string, PikkuListeners>();
  readonly messages: PikkuListeners = new Set();
  readonly binaries: PikkuListeners = new Set();
  readonly states: PikkuListeners = new Set();
  readonly remotes = new Map<string, PikkuRemote>();
  readonly keys: readonly string[];
  state: PikkuState = 'idle';

  readonly #channel: string;
  readonly #options: PikkuOptions;
  readonly #source: PikkuSource | undefined;
  readonly #runOnOpen: (socket: PikkuSocket) => void | Promise<void>;
  readonly #queue = new Set<PikkuOutgoing>();
  readonly #calls = new Map<unknown, PikkuOpenCall>();
  #unnamed: PikkuOpenCall[] = [];
  #lastId = 0;
  #suppliedSocket: PikkuSocket | undefined;
  #socket: PikkuSocket | undefined;
  #life = new AbortController();
  // Each attempt has a number. A callback of an earlier attempt compares it and does nothing.
  #attempt = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #openedAt: number | undefined;
  #wasLost = false;
  #lastError: unknown;
  // True if a reply has arrived, which means that `onConnect` has accepted the connection.
  #isAnswered = false;
  #token: string | null = null;
  #refused: { readonly token: string | null; readonly about: Partial<PikkuStateChange>; readonly error: PikkuError } | undefined;
  #closed: PikkuError | undefined;
  #isOver = false;
  readonly #waiters = new Set<{ resolve(): void; reject(error: unknown): void }>();

  constructor(
    channel: string, keys: readonly string[], options: PikkuOptions, source: PikkuSocket | PikkuSource,
    runOnOpen: (socket: PikkuSocket) => void | Promise<void>,
  ) {
    this.#channel = channel;
    this.keys = keys;
    this.#options = options;
    this.#runOnOpen = runOnOpen;
    if ('create' in source) this.#source = source;
    else this.#suppliedSocket = source;
  }

  connect(): Promise<void> {
    if (this.state === 'open') return Promise.resolve();
    if (this.#isOver) return Promise.reject(this.#closed);
    const promise = new Promise<void>((resolve, reject) => {
      const settle = (how: () => void): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        how();
      };
      const waiter = { resolve: () => settle(resolve), reject: (error: unknown) => settle(() => reject(error)) };
      const timer = this.#startTimer(this.#options.timeout, limit => waiter.reject(
        new PikkuError('TimeoutError', `No connection within ${limit} ms; the route is ${this.state}.`, { cause: this.#lastError })));
      this.#waiters.add(waiter);
    });
    // Prevents an unhandled rejection: callers that do not wait for it learn about the end from the state.
    promise.catch(() => {});
    if (this.state === 'idle' || this.state === 'closed') void this.#open();
    return promise;
  }

  /** Sends a message with a new id and returns its answer. */
  call(compose: (id: string) => PikkuEnvelope, { signal, timeout }: PikkuSendOptions = {}, direct?: PikkuSocket): Promise<unknown> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const { name, id, data } = compose(`p${++this.#lastId}`);
      if (this.#calls.has(id)) throw new PikkuError('ConflictError', `A message with the id ${String(id)} is already waiting for an answer.`);

      const settle = (how: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#queue.delete(outgoing);
        if (this.#calls.get(id) === outgoing.call) this.#calls.delete(id);
        how();
      };
      const call: PikkuOpenCall = {
        id,
        resolve: value => settle(() => resolve(value)),
        reject: error => settle(() => reject(error)),
      };
      const outgoing: PikkuOutgoing = { data, call };
      const abort = (): void => call.reject(signal!.reason);
      const timer = this.#startTimer(timeout ?? this.#options.timeout, limit => call.reject(
        new PikkuError('TimeoutError', `No answer to ${name} within ${limit} ms; the route is ${this.state}.`, { cause: this.#lastError })));
      signal?.addEventListener('abort', abort);
      try {
        this.submit(outgoing, direct);
      } catch (error) {
        call.reject(error);
      }
    });
  }

  /** Sends a message now or after the connection opens. With a socket, the message is sent on that socket or not at all. */
  submit(outgoing: PikkuOutgoing, direct?: PikkuSocket): void {
    if (direct && direct !== this.#socket) throw new PikkuError('ConnectionLostError', 'The connection has ended.');
    if (this.#closed) throw this.#closed;
    // A closing socket accepts data and discards it, so the message waits for the next connection.
    if (direct || (this.state === 'open' && this.#socket!.readyState === OPEN)) return this.#write(outgoing);

    if (this.state === 'idle') void this.#open();
    if (this.#options.offline === 'refuse') throw new PikkuError('OfflineError', 'There is no connection.');
    if (this.#queue.size >= (this.#options.maxQueued ?? 256))
      throw new PikkuError('OfflineError', 'There is no connection, and too many messages are waiting for one.');
    this.#queue.add(outgoing);
  }

  /** Closes the connection permanently. */
  close(): void {
    if (!this.#isOver) this.#end({}, new PikkuError('ClosedError', 'The route was closed.'), true);
  }

  #write({ data, call }: PikkuOutgoing): void {
    const socket = this.#socket!;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) throw new PikkuError('OfflineError', 'The network is too slow for the messages that are sent.');
    socket.send(data);
    if (call?.id !== undefined) this.#calls.set(call.id, call);
    else if (call) this.#unnamed.push(call);
  }

  #startTimer(limit: number | undefined = 30_000, late: (limit: number) => void): ReturnType<typeof setTimeout> | undefined {
    return limit > 0 && limit <= MAX_TIMER_MS ? setTimeout(() => late(limit), limit) : undefined;
  }

  async #open(): Promise<void> {
    const { token, connectTimeout = 15_000 } = this.#options;
    const tooLate = (): void => this.#handleEnd({ error: new PikkuError('TimeoutError', `No connection within ${connectTimeout} ms.`) });
    this.#lastError = this.#closed = undefined;
    const attempt = this.#beginState({ state: 'connecting' }, () => setTimeout(tooLate, connectTimeout));
    const isCurrent = (): boolean => attempt === this.#attempt;
    if (!isCurrent()) return;
    try {
      this.#token = this.#suppliedSocket ? null : ((await token?.()) || null);
    } catch (error) {
      if (isCurrent()) this.#handleEnd({ error });
      return;
    }
    if (!isCurrent()) return;
    const refused = this.#refused;
    this.#refused = undefined;
    if (refused && refused.token === this.#token) return this.#end(refused.about, refused.error, false);
    try {
      this.#listen((this.#socket = this.#suppliedSocket ?? this.#source!.create(this.#token)), isCurrent);
    } catch (error) {
      // An invalid address or subprotocol fails again with every attempt.
      if (isCurrent()) this.#handleEnd({ error, isFinal: true });
    }
  }

  #listen(socket: PikkuSocket, isCurrent: () => boolean): void {
    let wasOpen = false;
    const opened = async (): Promise<void> => {
      if (!isCurrent()) return;
      wasOpen = true;
      clearTimeout(this.#timer);
      this.#timer = this.#startTimer(this.#options.timeout, limit => isCurrent() && this.#handleEnd({
        error: new PikkuError('TimeoutError', `onOpen did not complete within ${limit} ms.`, { cause: this.#lastError }),
      }));
      try {
        if (socket.protocol !== PROTOCOL) return this.#handleEnd({ code: 1002, error: wrongProtocol(socket) });
        await this.#runOnOpen(socket);
        if (isCurrent()) this.#becomeOpen();
      } catch (error) {
        if (isCurrent()) this.#handleEnd({ error });
      }
    };
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', opened);
    socket.addEventListener('message', event => {
      if (!isCurrent()) return;
      try {
        this.#receive(event.data);
      } catch (error) {
        // An exception in a listener would end a Node.js process.
        this.#report(error);
      }
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (!isCurrent()) return;
      if (wasOpen) this.#handleEnd({ code, reason });
      else void this.#findRefusal();
    });
    // Some implementations raise no close event if the connection could not be opened.
    socket.addEventListener('error', event => void (isCurrent() && !wasOpen && this.#findRefusal(event)));
    if (socket.readyState === OPEN) void opened();
    else if (socket.readyState > OPEN) this.#handleEnd({ code: 1006 });
  }

  /** Finds out why the connection could not be opened, within the connect timeout. */
  async #findRefusal(event?: { readonly message?: unknown; readonly error?: unknown }): Promise<void> {
    const error = event?.error ?? (event?.message ? new Error(String(event.message)) : undefined);
    const about = { code: 1006, ...(error === undefined ? {} : { error }) };
    // The package ws has the status only in its error message.
    const status = /^Unexpected server response: (\d{3})$/.exec(String(event?.message ?? ''))?.[1];
    if (status) return this.#handleEnd({ ...about, refusal: refusalOf(Number(status), undefined, null) });
    const ask = this.#source?.ask;
    if (!ask) return this.#handleEnd(about);

    // From here on, events of the socket are ignored.
    const attempt = ++this.#attempt;
    let refusal: PikkuRefusal | undefined;
    try {
      refusal = await ask(this.#token, this.#life.signal);
    } catch {
      // The server does not answer, or the browser hides the response from this page.
    }
    if (attempt === this.#attempt) this.#handleEnd(refusal ? { ...about, refusal } : about);
  }

  #becomeOpen(): void {
    const missed = this.#wasLost;
    this.#wasLost = false;
    this.#openedAt = Date.now();
    clearTimeout(this.#timer);
    for (const waiter of [...this.#waiters]) waiter.resolve();
    // Queued messages are sent before those that a callback sends.
    for (const outgoing of this.#queue) {
      try {
        this.#write(outgoing);
      } catch (error) {
        if (outgoing.call) outgoing.call.reject(error);
        else this.#report(error);
      }
    }
    this.#queue.clear();
    this.#setState({ state: 'open', missed });
  }

  /** Handles the end of a connection or a failed attempt: waits for the next attempt or closes the route. */
  #handleEnd(end: PikkuEnd): void {
    const wasStable = this.#openedAt !== undefined && Date.now() - this.#openedAt >= STABLE_MS;
    this.#wasLost ||= this.#openedAt !== undefined;
    if (wasStable) this.#failures = 0;
    const { minDelay = 500, maxDelay = 30_000, maxAttempts = Infinity } = this.#options.reconnect || {};
    const error = end.refusal?.error ?? end.error ?? this.#lastError;
    const about = {
      ...(end.code === undefined ? {} : { code: end.code }),
      ...(end.reason ? { reason: end.reason } : {}),
      ...(error === undefined ? {} : { error }),
    };
    const next = this.#suppliedSocket || this.#options.reconnect === false || this.#failures >= maxAttempts ? 'stop' : this.#decideRetry(end, wasStable);
    if (next === 'stop') return this.#end(about, this.#endedBy(about), !!this.#suppliedSocket);

    this.#refused = next === 'retry with new token' ? { token: this.#token, about, error: this.#endedBy(about) } : undefined;
    // Full jitter: clients that lost their connections at the same time do not reconnect at the same time.
    const backoff = Math.round(Math.random() * Math.min(maxDelay, minDelay * 2 ** this.#failures));
    const retryInMs = this.#retryIn(end, backoff);
    this.#failures++;
    this.#lastError = error;
    this.#closeSocket(new PikkuError('ConnectionLostError', 'The connection was lost before the answer arrived.', { cause: error }));
    if (!this.#closed) this.#beginState({ state: 'waiting', retryInMs, ...about }, () => setTimeout(() => void this.#open(), retryInMs));
  }

  /** Decides whether to reconnect. An explicit hint of the server overrides the meaning of the close code. */
  #decideRetry(end: PikkuEnd, wasStable: boolean): 'stop' | 'retry with new token' | 'retry' {
    const { code = 0, reason = '', isFinal, refusal } = end;
    const newToken = this.#options.token ? 'retry with new token' : 'stop';
    if (isFinal || (code >= 4400 && code <= 4499) || /retry=never\s*$/.test(reason)) return 'stop';
    if (hintOf(end) !== undefined) return 'retry';
    if (FINAL_CODES.has(code)) return 'stop';
    // The session of an action has ended, too; `onOpen` begins a new one.
    if (code === POLICY) return wasStable && this.#options.onOpen ? 'retry' : newToken;
    if (refusal?.error.status === 401) return newToken;
    // `onConnect` refuses with this code if the reason is not the client's identity; the last error is the reason.
    const status = refusal?.error.status ?? (this.#lastError instanceof PikkuError && !this.#isAnswered && code === 1011 ? this.#lastError.status : 0);
    return isPermanent(status) ? 'stop' : 'retry';
  }

  /** The hint of the server applies, but after a failure never with a shorter delay than the backoff. */
  #retryIn(end: PikkuEnd, backoff: number): number {
    const hint = hintOf(end);
    if (hint !== undefined) return Math.max(Math.min(hint, MAX_HINT_MS), this.#failures > 0 ? backoff : 0);
    return backoff + Math.min(end.refusal?.retryAfterMs ?? 0, MAX_HINT_MS);
  }

  /** The error for everything that waits: the server's reason, or that the connection has ended. */
  #endedBy({ code, reason, error }: Partial<PikkuStateChange>): PikkuError {
    const ended = new PikkuError('ClosedError', `The connection has ended: ${reason || error || code}`, { cause: error });
    if (!(error instanceof PikkuError) || error.status === 0) return ended;
    return new PikkuError(error.name, error.message, { ...error, cause: ended });
  }

  /** Ends the attempts and rejects everything that waits. Unless `isOver` is true, `connect` may connect again. */
  #end(about: Partial<PikkuStateChange>, error: PikkuError, isOver: boolean): void {
    this.#closed = error;
    this.#isOver = isOver;
    this.#failures = 0;
    this.#refused = undefined;
    this.#closeSocket(error);
    for (const { call } of [...this.#queue]) {
      if (call) call.reject(error);
      else this.#report(error); // A binary frame has no caller to reject.
    }
    this.#queue.clear();
    for (const waiter of [...this.#waiters]) waiter.reject(error);
    this.#beginState({ ...about, state: 'closed' });
  }

  /** Closes the socket and rejects its open calls. */
  #closeSocket(error: PikkuError): void {
    const socket = this.#socket;
    const calls = [...this.#calls.values(), ...this.#unnamed];
    this.#socket = this.#openedAt = undefined;
    this.#isAnswered = false;
    this.#attempt++;
    this.#unnamed = [];
    this.#life.abort(error);
    this.#life = new AbortController();
    for (const call of calls) call.reject(error);
    try {
      socket?.close(1000);
    } catch (failure) {
      this.#report(failure);
    }
  }

  /** Enters a state that begins a new attempt or wait, and returns its number. */
  #beginState(change: PikkuStep, start?: () => ReturnType<typeof setTimeout>): number {
    clearTimeout(this.#timer);
    const attempt = ++this.#attempt;
    // The timer starts before callbacks run, because a callback may close the route.
    this.#timer = start?.();
    this.#watchPage(change.state === 'waiting');
    this.#setState(change);
    return attempt;
  }

  #setState(change: PikkuStep): void {
    const previous = this.state;
    this.state = change.state;
    this.#emit(this.states, { missed: false, ...change, previous });
  }

  // When the user returns to the page or the network returns, the next attempt starts at once.
  readonly #retryNow = (): void => {
    const page = (globalThis as { document?: { visibilityState?: string } }).document;
    if (this.state === 'waiting' && page?.visibilityState !== 'hidden') void this.#open();
  };

  #watchPage(on: boolean): void {
    const { addEventListener, removeEventListener, document } = globalThis as any;
    const method = on ? 'addEventListener' : 'removeEventListener';
    if (typeof addEventListener !== 'function' || typeof removeEventListener !== 'function') return;
    (globalThis as any)[method]('online', this.#retryNow);
    document?.[method]?.('visibilitychange', this.#retryNow);
  }

  /** Dispatches a message in the order of the protocol's last section. No message may break the client. */
  #receive(data: unknown): void {
    this.#lastError = undefined; // Only the last message can be the reason why the connection ends.
    if (typeof data !== 'string') {
      if (ArrayBuffer.isView(data)) return this.#emit(this.binaries, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      if (Object.prototype.toString.call(data) === '[object ArrayBuffer]') return this.#emit(this.binaries, new Uint8Array(data as ArrayBuffer));
      return this.#report(new TypeError('The WebSocket delivers binary data in an unexpected form. It must support binaryType.'));
    }

    const message = parse(data);
    if (!isObject(message)) return this.#emit(this.messages, message === undefined ? data : message);
    if (message['action'] === 'pikku-rpc-request') return void this.#answer(message).catch(error => this.#report(error));

    const { id, topic, error, errorName } = message;
    const isRouted = this.keys.some(key => isName(message[key]));
    const isReply = Object.keys(message).every(name => name === 'id' || name === 'data' || name === 'error' || this.keys.includes(name));
    const call = isReply && id !== undefined ? this.#calls.get(id)
      : isReply && !isRouted ? this.#unnamed.shift()
      : undefined;
    if (call) {
      this.#isAnswered = true;
      return isObject(error) ? call.reject(errorOf(error)) : call.resolve(message['data']);
    }
    if (typeof topic === 'string' && 'data' in message && !isRouted) return this.#emit(this.topics.get(topic), message['data']);
    // The answer of an abandoned call.
    if (isReply && typeof id === 'string' && /^p\d+$/.test(id)) return;

    if (isObject(error) || typeof errorName === 'string') {
      this.#lastError = errorOf(isObject(error) ? error : { name: errorName, message: error });
      // Not reported to the console: if the error matters, the connection ends with it.
      if (this.#options.onError) this.#report(this.#lastError);
      return;
    }
    this.#emit(this.messages, message);
  }

  /** Runs a function that the server calls. */
  async #answer({ id, funcName, data }: PikkuJson): Promise<void> {
    const { signal } = this.#life;
    const socket = this.#socket!;
    const reply = (action: string, body: PikkuJson): void => {
      if (socket === this.#socket) socket.send(JSON.stringify({ action, id, ...body }));
    };
    try {
      const remote = this.remotes.get(funcName as string);
      if (!remote) throw new PikkuError('RPCNotFoundError', `Capability not exposed: ${String(funcName)}`);
      const pending = (reason?: string): void => reply('pikku-rpc-pending', { reason });
      const result = await remote(data, { pending, signal });
      reply('pikku-rpc-response', { ok: true, result });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(typeof error === 'string' ? error : 'The function failed.');
      reply('pikku-rpc-response', { ok: false, error: { name, message } });
    }
  }

  #emit(listeners: PikkuListeners | undefined, value: unknown): void {
    for (const { callback } of [...(listeners ?? [])]) {
      try {
        const result = callback(value);
        // Any thenable may be returned; nothing else handles its rejection.
        if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') Promise.resolve(result).catch(error => this.#report(error));
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #report(error: unknown): void {
    try {
      if (this.#options.onError) this.#options.onError(error);
      else console.error(`A callback of the channel '${this.#channel}' failed:`, error);
    } catch (second) {
      console.error(second);
    }
  }
}

/** A connection to one channel. Created by `PikkuWebSocket.getRoute`. */
class PikkuRoute<C extends PikkuChannel> {
  /** The channel. */
  readonly name: C;
  readonly #connection: PikkuConnection;
  readonly #direct: PikkuSocket | undefined;
  readonly #forget: () => void;

  constructor(name: C, connection: PikkuConnection, forget: () => void, direct?: PikkuSocket) {
    this.name = name;
    this.#connection = connection;
    this.#forget = forget;
    this.#direct = direct;
  }

  /** The state of the route. */
  get state(): PikkuState {
    return this.#connection.state;
  }

  /**
    * Connects the route before the first message, or again if the server has closed it. Rejects when the route closes, with the
    * server's reason
    * if the server refused the connection, and with `TimeoutError` after the `timeout` of the options; in that case the route keeps
    * connecting.
   */
  connect(): Promise<void> {
    return this.#connection.connect();
  }

  /** Calls an action of the first routing key. */
  send<A extends PikkuAction<C>>(action: A, ...args: PikkuArguments<PikkuInput<C, A>>): Promise<PikkuOutput<C, A>> {
    return this.#send(this.#connection.keys[0], action, args) as Promise<PikkuOutput<C, A>>;
  }

  /** Calls actions of another routing key. */
  via<K extends PikkuKey<C>>(key: K): {
    send<A extends PikkuAction<C, K>>(action: A, ...args: PikkuArguments<PikkuInput<C, A, K>>): Promise<PikkuOutput<C, A, K>>;
  } {
    return { send: (action, ...args) => this.#send(key, action, args) as Promise<any> };
  }

  /**
    * Sends a message that matches no action to the channel's default handler. An object is sent with an additional property `id`,
    * unless it has
    * an `id` that is a string or a number; that id must be unique among open calls. A string is sent unchanged, other values as JSON.
    * Those have
    * no id, so their answers are matched by order alone, and `pikku.channel.max-in-flight` must be 1.
   */
  fallback(...args: [Channels[C]['fallback']] extends [never] ? [none: never] : PikkuArguments<PikkuIn<Channels[C]['fallback']>>):
    Promise<PikkuOut<Channels[C]['fallback']>> {
    const [data, options] = args as [unknown, PikkuSendOptions?];
    return this.#connection.call(id => {
      const body = isObject(data) && !isName(data['id']) ? { ...data, id } : data;
      const seen = typeof body === 'string' ? parse(body) : body;
      return {
        name: 'the default handler',
        id: isObject(seen) && isName(seen['id']) ? seen['id'] : undefined,
        data: typeof body === 'string' ? body : (JSON.stringify(body) ?? 'null'),
      };
    }, options, this.#direct) as Promise<any>;
  }

  /** Sends a binary frame. Throws `OfflineError` and `ClosedError`. */
  sendBinary(...[bytes]: Channels[C]['binary'] extends true ? [bytes: Uint8Array] : [none: never]): void {
    // Copied, because the frame may have to wait.
    this.#connection.submit({ data: Uint8Array.from(bytes as Uint8Array) }, this.#direct);
  }

  /**
   * Adds a callback for the events of a topic. Call the returned function to remove it. The server decides which events it sends, usually by
   * an action.
   */
  subscribe<T extends keyof Channels[C]['topics'] & string>(topic: T, callback: (data: Channels[C]['topics'][T]) => void): () => void {
    const { topics } = this.#connection;
    const listeners = topics.get(topic) ?? new Set();
    topics.set(topic, listeners);
    const remove = this.#add(listeners, callback);
    return () => {
      remove();
      if (listeners.size === 0 && topics.get(topic) === listeners) topics.delete(topic);
    };
  }

  /**
   * Adds a callback for messages that belong to no topic and no call. JSON is parsed; other text is passed unchanged. Call the returned
   * function to remove it.
   */
  onMessage(callback: (message: Channels[C]['messages']) => void): () => void {
    return this.#add(this.#connection.messages, callback);
  }

  /** Adds a callback for binary frames. Call the returned function to remove it. */
  onBinary(callback: (bytes: Uint8Array) => void): () => void {
    return this.#add(this.#connection.binaries, callback);
  }

  /** Adds a callback for changes of `state`. Call the returned function to remove it. */
  onState(callback: (change: PikkuStateChange) => void): () => void {
    return this.#add(this.#connection.states, callback);
  }

  /** Exposes a function to the server. Exceptions of the function are sent to the server. Call the returned function to remove it. */
  expose<F extends keyof Channels[C]['remotes'] & string>(
    name: F,
    remote: (input: PikkuIn<Channels[C]['remotes'][F]>, context: PikkuRemoteContext)
      => PikkuOut<Channels[C]['remotes'][F]> | Promise<PikkuOut<Channels[C]['remotes'][F]>>,
  ): () => void {
    const { remotes } = this.#connection;
    remotes.set(name, remote);
    return () => void (remotes.get(name) === remote && remotes.delete(name));
  }

  /** Closes the connection permanently; `getRoute` then returns a new route. */
  close(): void {
    this.#forget();
    this.#connection.close();
  }

  #send(key: string | undefined, action: string, [data, options]: readonly [unknown?, PikkuSendOptions?]): Promise<unknown> {
    const compose = (id: string): PikkuEnvelope => ({ name: action, id, data: JSON.stringify({ [key ?? 'action']: action, id, data }) });
    return this.#connection.call(compose, options, this.#direct);
  }

  #add(listeners: PikkuListeners, callback: PikkuListener): () => void {
    const entry = { callback };
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }
}

export type { PikkuRoute };

/** A client for the channels of a server. Each route has its own connection, which is opened on first use. */
export class PikkuWebSocket {
  readonly #options: PikkuOptions;
  readonly #base: URL | undefined;
  readonly #WebSocket: PikkuSocketConstructor | undefined;
  readonly #socket: PikkuSocket | undefined;
  readonly #routes = new Map<string, PikkuAnyRoute>();
  #isClosed = false;

  /**
    * @param urlOrSocket The address of the server, such as `wss://example.com/prefix`. The schemes http and https are accepted as
    * well, and in a
    * browser the address may be relative to the page. Or a WebSocket with the subprotocol `pikku.v1`, which can have only one route.
   */
  constructor(urlOrSocket: string | URL | PikkuSocket, options: PikkuOptions = {}) {
    this.#options = options;
    if (typeof urlOrSocket === 'string' || urlOrSocket instanceof URL) {
      const page = (globalThis as { location?: { href: string } }).location;
      const base = new URL(urlOrSocket, page?.href);
      base.protocol = base.protocol.replace(/^http/, 'ws');
      base.hash = '';
      this.#base = base;
      const global = globalThis as { WebSocket?: PikkuSocketConstructor };
      this.#WebSocket = options.WebSocket ?? global.WebSocket;
      if (!this.#WebSocket) throw new TypeError('This platform has no WebSocket. Set the option WebSocket.');
    } else {
      // A connecting socket has no protocol yet; it is checked later.
      if (urlOrSocket.readyState === OPEN && urlOrSocket.protocol !== PROTOCOL)
        throw wrongProtocol(urlOrSocket);
      this.#socket = urlOrSocket;
    }
  }

  /** Returns the route to a channel; the same opening data (path parameters and query) returns the same route. Does not connect. */
  getRoute<C extends PikkuChannel>(name: C, ...[opening]: PikkuOpening<Channels[C]['opening']>): PikkuRoute<C> {
    if (this.#isClosed) throw new PikkuError('ClosedError', 'The client was closed.');
    const { path, keys } = channels[name];
    const url = this.#base ? address(this.#base, name, path, (opening ?? {}) as PikkuJson) : '';
    const key = `${name} ${url}`;
    const known = this.#routes.get(key);
    if (known) return known as unknown as PikkuRoute<C>;
    if (this.#socket && this.#routes.size > 0) throw new TypeError('A client with a WebSocket has only one route. Pass a URL instead.');

    const forget = (): void => void this.#routes.delete(key);
    const connection: PikkuConnection = new PikkuConnection(
      name, keys, this.#options, this.#socket ?? this.#source(url),
      socket => this.#options.onOpen?.(new PikkuRoute(name, connection, forget, socket) as unknown as PikkuAnyRoute));
    const route = new PikkuRoute(name, connection, forget);
    this.#routes.set(key, route as unknown as PikkuAnyRoute);
    return route;
  }

  /** Closes all connections permanently. */
  close(): void {
    this.#isClosed = true;
    for (const route of [...this.#routes.values()]) route.close();
  }

  #source(url: string): PikkuSource {
    const { WebSocket: given, fetch = given ? false : (globalThis as { fetch?: PikkuFetch }).fetch } = this.#options;
    return {
      create: token => new this.#WebSocket!(url, token === null ? [PROTOCOL] : [PROTOCOL, tokenEntry(token)]),
      ask: fetch ? (token, signal) => fetchRefusal(fetch, url, token, signal) : undefined,
    };
  }
}

/** The arguments of `getRoute` after the name. */
type PikkuOpening<O> = [O] extends [void] ? [opening?: undefined] : {} extends O ? [opening?: O] : [opening: O];
