// A typed client for channels of Pikku.Akka: WebSockets with the subprotocol pikku.v1. One file without dependencies, for browsers and for
// whatever else has WebSockets. `docs/protocol.md` says what goes over the wire.

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

/** What the application offers, by channel. */
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

/** The routing key of `send`: the first one. Where the type of `channels` does not tell the order, it is any of them. */
export type PikkuFirstKey<C extends PikkuChannel> = (typeof channels)[C]['keys'] extends readonly [infer K extends PikkuKey<C>, ...string[]]
  ? K
  : PikkuKey<C>;

/** The actions of a channel under a routing key. */
export type PikkuAction<C extends PikkuChannel, K extends PikkuKey<C> = PikkuFirstKey<C>> =
  K extends PikkuKey<C> ? keyof Channels[C]['actions'][K] & string : never;

/** What an action takes and gives. */
type PikkuCall<C extends PikkuChannel, K extends PikkuKey<C>, A> =
  K extends PikkuKey<C> ? (A extends keyof Channels[C]['actions'][K] ? Channels[C]['actions'][K][A] : never) : never;

/** What an action takes. */
export type PikkuInput<C extends PikkuChannel, A, K extends PikkuKey<C> = PikkuFirstKey<C>> = PikkuIn<PikkuCall<C, K, A>>;

/** What an action gives. */
export type PikkuOutput<C extends PikkuChannel, A, K extends PikkuKey<C> = PikkuFirstKey<C>> = PikkuOut<PikkuCall<C, K, A>>;

type PikkuIn<F> = F extends { input: infer I } ? I : never;
type PikkuOut<F> = F extends { output: infer O } ? O : never;

/** The arguments after the name: data that may be left out may be left out here. */
type PikkuArguments<I> = [I] extends [void]
  ? [data?: undefined, options?: PikkuSendOptions]
  : undefined extends I
    ? [data?: I, options?: PikkuSendOptions]
    : [data: I, options?: PikkuSendOptions];

/** The route to any channel; its `name` tells which. */
export type PikkuAnyRoute = { [C in PikkuChannel]: PikkuRoute<C> }[PikkuChannel];

/**
 * What a route is doing: nothing yet, making a connection (`onOpen` included), ready, waiting before it tries again, or nothing any more.
 */
export type PikkuState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

/** A change of the state. */
export interface PikkuStateChange {
  readonly state: PikkuState;
  readonly previous: PikkuState;
  /** The close code of the connection that has ended; 1006 where there was no close frame. */
  readonly code?: number;
  /** The reason that the server gave with it, for people. */
  readonly reason?: string;
  /** How long the route waits, in milliseconds. */
  readonly retryInMs?: number;
  /** What failed here, or what the server said before it closed. */
  readonly error?: unknown;
  /** True when a lost connection is back: events may have been missed, and subscriptions made by actions are gone. */
  readonly missed: boolean;
}

/** A rule that the input breaks. */
export interface PikkuErrorDetail {
  /** Where, such as `items[0].title`. */
  readonly path: string;
  readonly message: string;
}

/**
 * What the server answered instead of a result, or why there is no answer; then `status` is 0 and `name` one of `TimeoutError`,
 * `ConnectionLostError` (the function may have run, or not), `OfflineError` (nothing was sent) and `ClosedError`. When the server refuses
 * the connection, the error is what the server said of it, and its `cause` is a `ClosedError`.
 */
export class PikkuError extends Error {
  /** The HTTP status that says the same. */
  readonly status: number;
  /** The rules that the input breaks. */
  readonly details?: readonly PikkuErrorDetail[];
  /** Under which the server's log has it. */
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
  /** Gives the call up, rejecting with the signal's reason. What was sent may run all the same. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the answer in milliseconds, the time without a connection included; 0 waits for ever. */
  readonly timeout?: number | undefined;
}

export interface PikkuReconnect {
  /** The longest first wait, in milliseconds; doubled with each failure. Each wait is a random part of it. Default: 500. */
  readonly minDelay?: number;
  /** The longest wait, in milliseconds. Default: 30 000. */
  readonly maxDelay?: number;
  /** How many attempts in a row may fail before the route closes. Default: no limit. */
  readonly maxAttempts?: number;
}

export interface PikkuOptions {
  /**
   * The bearer token, asked for anew for each connection; null or an empty text for none. It goes in a subprotocol, which no log of addresses
   * has. After the server has refused a token, the route closes unless this gives another one.
   */
  readonly token?: () => string | null | Promise<string | null>;
  /**
   * Makes each new connection ready, such as signing in and subscribing by actions. What this route sends goes out at once, whatever else
   * is sent waits until it is done. When it fails, or takes longer than `timeout`, the connection is given up and tried again.
   */
  readonly onOpen?: (route: PikkuAnyRoute) => void | Promise<void>;
  /** How long a call, `connect` and `onOpen` may take, in milliseconds; 0 for ever. The default of the option of `send`. Default: 30 000. */
  readonly timeout?: number;
  /** How long a connection may take, the token included, in milliseconds. Default: 15 000. */
  readonly connectTimeout?: number;
  /** What becomes of a message while there is no connection: it waits for one, or is refused with `OfflineError`. Default: queue. */
  readonly offline?: 'queue' | 'refuse';
  /** How many messages may wait; others are refused with `OfflineError`. Default: 256. */
  readonly maxQueued?: number;
  /** How a lost connection comes back; false for not at all. */
  readonly reconnect?: false | PikkuReconnect;
  /** Default: the WebSocket of the platform. Node.js before 22 has none of its own. */
  readonly WebSocket?: PikkuSocketConstructor;
  /**
   * Asks the address of a connection that did not come about why: scripts are not shown the status with which an upgrade was refused. False to
   * never ask. Default: the fetch of the platform, and false where `WebSocket` is given, since that may take another way.
   */
  readonly fetch?: false | PikkuFetch;
  /** Gets what callbacks throw, and errors of the server that answer no message. Default: the former are reported to the console. */
  readonly onError?: (error: unknown) => void;
}

/** What is used of a WebSocket. */
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

/** What is used of fetch. */
export type PikkuFetch = (url: string, init: {
  readonly headers: Record<string, string>; readonly cache: 'no-store'; readonly redirect: 'manual'; readonly signal: AbortSignal;
}) => Promise<PikkuResponse>;

/** What is used of what fetch gives. */
export interface PikkuResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** What a function gets that the server calls. */
export interface PikkuRemoteContext {
  /** Tells the server that the answer takes its time, such as when a person is asked: stops its clock. */
  pending(reason?: string): void;
  /** Aborts when the connection ends: the answer would reach nobody. */
  readonly signal: AbortSignal;
}

const PROTOCOL = 'pikku.v1';
const OPEN = 1;

// Codes after which the same would happen again, or the server wants no more; see "Closing" in the protocol.
const FINAL_CODES = new Set([1000, 1002, 1003, 1007, 1009]);

// The server does not accept who connects, or what it does.
const POLICY = 1008;

// A server that lets go of everybody spreads the returns over seconds; nobody is to be sent away for longer than this, in ms.
const LONGEST_HINT_MS = 300_000;

// A connection that ends sooner counts as a failure: else one that is accepted and then thrown out would come back without a pause.
const STABLE_MS = 5_000;

// What a socket may hold back: behind this the network is too slow for what is sent, and memory would fill.
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

// Timers of JavaScript take no longer time and fire at once instead.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

// Statuses of a refused upgrade under the names that errors of functions have. A status that is not here has no name of its own.
const REFUSALS: { readonly [status: number]: string } = {
  400: 'BadRequestError', 401: 'UnauthorizedError', 403: 'ForbiddenError', 404: 'NotFoundError', 408: 'RequestTimeoutError',
  422: 'UnprocessableContentError', 426: 'UpgradeRequiredError', 429: 'TooManyRequestsError', 503: 'ServiceUnavailableError',
};

// RFC 9110 §5.6.2: what a subprotocol may consist of.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

type PikkuJson = { readonly [property: string]: unknown };
type PikkuListener = (value: any) => unknown;
type PikkuListeners = Set<{ readonly callback: PikkuListener }>;
type PikkuRemote = (input: any, context: PikkuRemoteContext) => unknown;
type PikkuEnvelope = { readonly name: string; readonly id: unknown; readonly data: string };

type PikkuStep = Partial<PikkuStateChange> & { readonly state: PikkuState };

/** How a connection has ended, or why none came about. */
interface PikkuEnd {
  readonly code?: number;
  readonly reason?: string;
  /** What failed here. */
  readonly error?: unknown;
  /** Another attempt would fail in the same way. */
  readonly isFinal?: boolean;
  /** The server refused the upgrade. */
  readonly refusal?: PikkuRefusal;
}

/** What the server says of an upgrade that it refused, or of its absence. */
interface PikkuRefusal {
  readonly error: PikkuError;
  readonly retryAfterMs?: number;
}

/** Where a connection goes, in what way, and whom to ask when none comes about. */
interface PikkuSource {
  create(token: string | null): PikkuSocket;
  readonly ask: ((token: string | null, signal: AbortSignal) => Promise<PikkuRefusal | undefined>) | undefined;
}

/** A message that waits, with or without somebody who waits for the answer. */
interface PikkuOutgoing {
  readonly data: string | Uint8Array;
  readonly call?: PikkuOpenCall;
}

interface PikkuOpenCall {
  /** Undefined where the answer has none and is found by its order. */
  readonly id: unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const isObject = (value: unknown): value is PikkuJson => typeof value === 'object' && value !== null && !Array.isArray(value);
const isName = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

function errorOf({ name, message, ...more }: PikkuJson): PikkuError {
  return new PikkuError(typeof name === 'string' ? name : 'Error', typeof message === 'string' ? message : '', more);
}

/** How long the server asks to stay away, in milliseconds. */
function hintOf({ code, reason }: PikkuEnd): number | undefined {
  // Without a close frame the server has said nothing.
  const hint = code === 1006 ? undefined : /retry-after-ms=(\d+)\s*$/.exec(reason ?? '')?.[1];
  return hint === undefined ? undefined : Number(hint);
}

const wrongProtocol = (socket: PikkuSocket): Error =>
  new TypeError(`The WebSocket speaks '${socket.protocol}' and not '${PROTOCOL}': that is to be offered when it is made.`);

// The same request would get such a status again, until something else changes.
const isLasting = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;

/** The bytes of a text in UTF-8, as a text that has a character for each. */
const bytesOf = (text: string): string => Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join('');

/** The entry that carries a token; one that can't stand there as it is goes in base64url. */
const tokenEntry = (token: string): string => TOKEN.test(token)
  ? `pikku.bearer.${token}`
  : `pikku.bearer64.${btoa(bytesOf(token)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`;

/** A refused upgrade, from its status and the problem (RFC 9457) that came with it. */
function refusalOf(status: number, problem: unknown, retryAfter: string | null): PikkuRefusal {
  const { title, detail, errors } = isObject(problem) ? problem : ({} as PikkuJson);
  const text = [detail, title].find(one => typeof one === 'string') ?? `The server refused the connection with ${status}.`;
  const seconds = /^\d{1,9}$/.exec(retryAfter ?? '')?.[0];
  return {
    error: new PikkuError(REFUSALS[status] ?? 'RefusedError', text as string, { status, details: errors }),
    ...(seconds === undefined ? {} : { retryAfterMs: Number(seconds) * 1000 }),
  };
}

/** Asks an address without an upgrade: the server refuses that as it refuses an upgrade, and with 426 what it would accept. */
async function askWhy(ask: PikkuFetch, url: string, token: string | null, signal: AbortSignal): Promise<PikkuRefusal | undefined> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${bytesOf(token)}` };
  const response = await ask(url.replace(/^ws/, 'http'), { headers, cache: 'no-store', redirect: 'manual', signal });
  const problem = parse(await response.text());
  if (response.status === 426)
    return { error: new PikkuError('ConnectionLostError', 'The server answers, but no WebSocket gets through to it; a proxy may be the reason.') };
  // Below, a page that shares the address, a sign-in page or a network that wants to be paid: nothing that the channel said.
  return response.status < 400 ? undefined : refusalOf(response.status, problem, response.headers.get('retry-after'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON text has this value
  }
}

/** Fills the path of a channel, in the syntax of ASP.NET Core, from the opening data; the rest becomes the query. */
function address(base: URL, channel: string, path: string, opening: PikkuJson): string {
  const rest = new Map(Object.entries(opening).filter(([, value]) => value !== undefined && value !== null));
  const text = (value: unknown): string =>
    Array.isArray(value) ? value.map(text).join(',') : value instanceof Date ? value.toISOString() : String(value);
  const take = (parameter: string): string => {
    // Names of parameters have no case.
    const name = [...rest.keys()].find(key => key.toLowerCase() === parameter.toLowerCase());
    if (name === undefined) return '';
    const value = text(rest.get(name));
    rest.delete(name);
    return value;
  };
  const filled = path.replace(/\{(\*{0,2})([^{}:=?*]+)((?:[^{}]|\{\{|\}\})*)\}/g, (_, star: string, parameter: string, suffix: string) => {
    const value = take(parameter);
    if (!value && !star && !suffix.includes('=') && !suffix.endsWith('?'))
      throw new TypeError(`The channel '${channel}' needs '${parameter}' in its opening data.`);
    const segments = star ? value.split('/') : [value];
    // A URL has no way to write dots: they would lead to another path.
    if (segments.some(segment => segment === '.' || segment === '..'))
      throw new TypeError(`'${parameter}' of the channel '${channel}' can't be '${value}'.`);
    return segments.map(encodeURIComponent).join('/');
  });

  const url = new URL(base);
  // Of optional parameters that are left out, the slashes go too.
  url.pathname = url.pathname.replace(/\/+$/, '') + (filled.replace(/\/+$/, '') || '/');
  for (const [name, value] of rest) {
    // In one text a comma would end an item; several of one name are a list as they stand.
    const [first, ...others] = Array.isArray(value) && value.length > 1 ? value : [value];
    url.searchParams.set(name, text(first));
    for (const other of others) url.searchParams.append(name, text(other));
  }
  return url.href;
}

/** The connection of a route, and all that outlives a single socket. Knows nothing of types. */
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
  readonly #greet: (socket: PikkuSocket) => void | Promise<void>;
  readonly #queue = new Set<PikkuOutgoing>();
  readonly #calls = new Map<unknown, PikkuOpenCall>();
  #unnamed: PikkuOpenCall[] = [];
  #lastId = 0;
  #given: PikkuSocket | undefined;
  #socket: PikkuSocket | undefined;
  #life = new AbortController();
  // What an attempt began ends with it: whatever wakes up in a later one has nothing to say any more.
  #attempt = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #openedAt: number | undefined;
  #lost = false;
  #trouble: unknown;
  // A reply has come, so that `onConnect` has let the connection in.
  #isAnswered = false;
  #token: string | null = null;
  #refused: { readonly token: string | null; readonly about: Partial<PikkuStateChange>; readonly error: PikkuError } | undefined;
  #closed: PikkuError | undefined;
  #isOver = false;
  readonly #waiters = new Set<{ resolve(): void; reject(error: unknown): void }>();

  constructor(
    channel: string, keys: readonly string[], options: PikkuOptions, source: PikkuSocket | PikkuSource,
    greet: (socket: PikkuSocket) => void | Promise<void>,
  ) {
    this.#channel = channel;
    this.keys = keys;
    this.#options = options;
    this.#greet = greet;
    if ('create' in source) this.#source = source;
    else this.#given = source;
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
        new PikkuError('TimeoutError', `No connection within ${limit} ms; the route is ${this.state}.`, { cause: this.#trouble })));
      this.#waiters.add(waiter);
    });
    // Who does not wait for it learns of the end by the state: no unhandled rejection.
    promise.catch(() => {});
    if (this.state === 'idle' || this.state === 'closed') void this.#open();
    return promise;
  }

  /** Sends a message with an id of its own, and gives its answer. */
  call(compose: (id: string) => PikkuEnvelope, { signal, timeout }: PikkuSendOptions = {}, direct?: PikkuSocket): Promise<unknown> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const { name, id, data } = compose(`p${++this.#lastId}`);
      if (this.#calls.has(id)) throw new PikkuError('ConflictError', `A message with the id ${String(id)} is under way.`);

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
        new PikkuError('TimeoutError', `No answer to ${name} within ${limit} ms; the route is ${this.state}.`, { cause: this.#trouble })));
      signal?.addEventListener('abort', abort);
      try {
        this.submit(outgoing, direct);
      } catch (error) {
        call.reject(error);
      }
    });
  }

  /** Sends now, or once there is a connection. With a socket, on that one or not at all. */
  submit(outgoing: PikkuOutgoing, direct?: PikkuSocket): void {
    if (direct && direct !== this.#socket) throw new PikkuError('ConnectionLostError', 'That connection has ended.');
    if (this.#closed) throw this.#closed;
    // A socket that is closing takes what it is given, and loses it: that waits for the next one.
    if (direct || (this.state === 'open' && this.#socket!.readyState === OPEN)) return this.#write(outgoing);

    if (this.state === 'idle') void this.#open();
    if (this.#options.offline === 'refuse') throw new PikkuError('OfflineError', 'There is no connection.');
    if (this.#queue.size >= (this.#options.maxQueued ?? 256))
      throw new PikkuError('OfflineError', 'There is no connection, and too much waits for one.');
    this.#queue.add(outgoing);
  }

  /** Ends it for good. */
  close(): void {
    if (!this.#isOver) this.#end({}, new PikkuError('ClosedError', 'The route was closed.'), true);
  }

  #write({ data, call }: PikkuOutgoing): void {
    const socket = this.#socket!;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) throw new PikkuError('OfflineError', 'The connection is too slow for what is sent.');
    socket.send(data);
    if (call?.id !== undefined) this.#calls.set(call.id, call);
    else if (call) this.#unnamed.push(call);
  }

  #startTimer(limit: number | undefined = 30_000, late: (limit: number) => void): ReturnType<typeof setTimeout> | undefined {
    return limit > 0 && limit <= LONGEST_TIMER_MS ? setTimeout(() => late(limit), limit) : undefined;
  }

  async #open(): Promise<void> {
    const { token, connectTimeout = 15_000 } = this.#options;
    const tooLate = (): void => this.#lose({ error: new PikkuError('TimeoutError', `No connection within ${connectTimeout} ms.`) });
    this.#trouble = this.#closed = undefined;
    const attempt = this.#begin({ state: 'connecting' }, () => setTimeout(tooLate, connectTimeout));
    const isCurrent = (): boolean => attempt === this.#attempt;
    if (!isCurrent()) return;
    try {
      this.#token = this.#given ? null : ((await token?.()) || null);
    } catch (error) {
      if (isCurrent()) this.#lose({ error });
      return;
    }
    if (!isCurrent()) return;
    const refused = this.#refused;
    this.#refused = undefined;
    if (refused && refused.token === this.#token) return this.#end(refused.about, refused.error, false);
    try {
      this.#listen((this.#socket = this.#given ?? this.#source!.create(this.#token)), isCurrent);
    } catch (error) {
      // What is wrong with the address or with what is offered is wrong the next time, too.
      if (isCurrent()) this.#lose({ error, isFinal: true });
    }
  }

  #listen(socket: PikkuSocket, isCurrent: () => boolean): void {
    let wasOpen = false;
    const opened = async (): Promise<void> => {
      if (!isCurrent()) return;
      wasOpen = true;
      clearTimeout(this.#timer);
      this.#timer = this.#startTimer(this.#options.timeout, limit => isCurrent() && this.#lose({
        error: new PikkuError('TimeoutError', `onOpen was not done within ${limit} ms.`, { cause: this.#trouble }),
      }));
      try {
        if (socket.protocol !== PROTOCOL) return this.#lose({ code: 1002, error: wrongProtocol(socket) });
        await this.#greet(socket);
        if (isCurrent()) this.#opened();
      } catch (error) {
        if (isCurrent()) this.#lose({ error });
      }
    };
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', opened);
    socket.addEventListener('message', event => {
      if (!isCurrent()) return;
      try {
        this.#receive(event.data);
      } catch (error) {
        // Thrown here, it would end a process of Node.js.
        this.#report(error);
      }
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (!isCurrent()) return;
      if (wasOpen) this.#lose({ code, reason });
      else void this.#explain();
    });
    // Not everywhere does a close follow when no connection came about.
    socket.addEventListener('error', event => void (isCurrent() && !wasOpen && this.#explain(event)));
    if (socket.readyState === OPEN) void opened();
    else if (socket.readyState > OPEN) this.#lose({ code: 1006 });
  }

  /** No connection came about: finds out why, within the time that it may take. */
  async #explain(event?: { readonly message?: unknown; readonly error?: unknown }): Promise<void> {
    const error = event?.error ?? (event?.message ? new Error(String(event.message)) : undefined);
    const about = { code: 1006, ...(error === undefined ? {} : { error }) };
    // The package ws knows the status, and tells it in words alone.
    const status = /^Unexpected server response: (\d{3})$/.exec(String(event?.message ?? ''))?.[1];
    if (status) return this.#lose({ ...about, refusal: refusalOf(Number(status), undefined, null) });
    const ask = this.#source?.ask;
    if (!ask) return this.#lose(about);

    // Nothing of the socket counts any more.
    const attempt = ++this.#attempt;
    let refusal: PikkuRefusal | undefined;
    try {
      refusal = await ask(this.#token, this.#life.signal);
    } catch {
      // Nobody answers there, or this page may not know what.
    }
    if (attempt === this.#attempt) this.#lose(refusal ? { ...about, refusal } : about);
  }

  #opened(): void {
    const missed = this.#lost;
    this.#lost = false;
    this.#openedAt = Date.now();
    clearTimeout(this.#timer);
    for (const waiter of [...this.#waiters]) waiter.resolve();
    // What has waited goes before what a callback sends.
    for (const outgoing of this.#queue) {
      try {
        this.#write(outgoing);
      } catch (error) {
        if (outgoing.call) outgoing.call.reject(error);
        else this.#report(error);
      }
    }
    this.#queue.clear();
    this.#enter({ state: 'open', missed });
  }

  /** The connection has ended, or none came about: waits for the next attempt, if there is to be one. */
  #lose(end: PikkuEnd): void {
    const hasHeld = this.#openedAt !== undefined && Date.now() - this.#openedAt >= STABLE_MS;
    this.#lost ||= this.#openedAt !== undefined;
    if (hasHeld) this.#failures = 0;
    const { minDelay = 500, maxDelay = 30_000, maxAttempts = Infinity } = this.#options.reconnect || {};
    const error = end.refusal?.error ?? end.error ?? this.#trouble;
    const about = {
      ...(end.code === undefined ? {} : { code: end.code }),
      ...(end.reason ? { reason: end.reason } : {}),
      ...(error === undefined ? {} : { error }),
    };
    const next = this.#given || this.#options.reconnect === false || this.#failures >= maxAttempts ? 'never' : this.#judge(end, hasHeld);
    if (next === 'never') return this.#end(about, this.#endedBy(about), !!this.#given);

    this.#refused = next === 'with another token' ? { token: this.#token, about, error: this.#endedBy(about) } : undefined;
    // Full jitter: clients that were lost together do not come back together.
    const backoff = Math.round(Math.random() * Math.min(maxDelay, minDelay * 2 ** this.#failures));
    const retryInMs = this.#retryIn(end, backoff);
    this.#failures++;
    this.#trouble = error;
    this.#drop(new PikkuError('ConnectionLostError', 'The connection was lost before the answer came.', { cause: error }));
    if (!this.#closed) this.#begin({ state: 'waiting', retryInMs, ...about }, () => setTimeout(() => void this.#open(), retryInMs));
  }

  /** Whether to come back. What the server says of it counts more than what its code means. */
  #judge(end: PikkuEnd, hasHeld: boolean): 'never' | 'with another token' | 'again' {
    const { code = 0, reason = '', isFinal, refusal } = end;
    const anotherToken = this.#options.token ? 'with another token' : 'never';
    if (isFinal || (code >= 4400 && code <= 4499) || /retry=never\s*$/.test(reason)) return 'never';
    if (hintOf(end) !== undefined) return 'again';
    if (FINAL_CODES.has(code)) return 'never';
    // A session that an action began ends, too, and `onOpen` begins another one.
    if (code === POLICY) return hasHeld && this.#options.onOpen ? 'again' : anotherToken;
    if (refusal?.error.status === 401) return anotherToken;
    // With other codes `onConnect` refuses what is not about who connects: what comes last is why.
    const status = refusal?.error.status ?? (this.#trouble instanceof PikkuError && !this.#isAnswered && code === 1011 ? this.#trouble.status : 0);
    return isLasting(status) ? 'never' : 'again';
  }

  /** As long as the server says, but never without a pause where that did not help. */
  #retryIn(end: PikkuEnd, backoff: number): number {
    const hint = hintOf(end);
    if (hint !== undefined) return Math.max(Math.min(hint, LONGEST_HINT_MS), this.#failures > 0 ? backoff : 0);
    return backoff + Math.min(end.refusal?.retryAfterMs ?? 0, LONGEST_HINT_MS);
  }

  /** The error of all that waits: what the server said, or that it is closed. */
  #endedBy({ code, reason, error }: Partial<PikkuStateChange>): PikkuError {
    const ended = new PikkuError('ClosedError', `The connection has ended: ${reason || error || code}`, { cause: error });
    if (!(error instanceof PikkuError) || error.status === 0) return ended;
    return new PikkuError(error.name, error.message, { ...error, cause: ended });
  }

  /** No more attempts: who waits is told. Unless it is over, `connect` may begin anew. */
  #end(about: Partial<PikkuStateChange>, error: PikkuError, isOver: boolean): void {
    this.#closed = error;
    this.#isOver = isOver;
    this.#failures = 0;
    this.#refused = undefined;
    this.#drop(error);
    for (const { call } of [...this.#queue]) {
      if (call) call.reject(error);
      else this.#report(error); // nobody waits for a binary frame
    }
    this.#queue.clear();
    for (const waiter of [...this.#waiters]) waiter.reject(error);
    this.#begin({ ...about, state: 'closed' });
  }

  /** Lets go of the socket and of all that was under way on it. */
  #drop(error: PikkuError): void {
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

  /** Enters a state in which something new begins, and gives the number of that. */
  #begin(change: PikkuStep, start?: () => ReturnType<typeof setTimeout>): number {
    clearTimeout(this.#timer);
    const attempt = ++this.#attempt;
    // First the timer, then the news: a callback may close the route.
    this.#timer = start?.();
    this.#watch(change.state === 'waiting');
    this.#enter(change);
    return attempt;
  }

  #enter(change: PikkuStep): void {
    const previous = this.state;
    this.state = change.state;
    this.#emit(this.states, { missed: false, ...change, previous });
  }

  // Whoever comes back to the page, or to the net, does not want to wait for a timer.
  readonly #hurry = (): void => {
    const page = (globalThis as { document?: { visibilityState?: string } }).document;
    if (this.state === 'waiting' && page?.visibilityState !== 'hidden') void this.#open();
  };

  #watch(on: boolean): void {
    const { addEventListener, removeEventListener, document } = globalThis as any;
    const method = on ? 'addEventListener' : 'removeEventListener';
    if (typeof addEventListener !== 'function' || typeof removeEventListener !== 'function') return;
    (globalThis as any)[method]('online', this.#hurry);
    document?.[method]?.('visibilitychange', this.#hurry);
  }

  /** Tells messages apart in the order of the protocol's last section. Nothing that comes may break the client. */
  #receive(data: unknown): void {
    this.#trouble = undefined; // only what comes last is why a connection ends
    if (typeof data !== 'string') {
      if (ArrayBuffer.isView(data)) return this.#emit(this.binaries, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      if (Object.prototype.toString.call(data) === '[object ArrayBuffer]') return this.#emit(this.binaries, new Uint8Array(data as ArrayBuffer));
      return this.#report(new TypeError('The WebSocket gives bytes in a form that was not asked for: it has to support binaryType.'));
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
    // Of a call that was given up.
    if (isReply && typeof id === 'string' && /^p\d+$/.test(id)) return;

    if (isObject(error) || typeof errorName === 'string') {
      this.#trouble = errorOf(isObject(error) ? error : { name: errorName, message: error });
      // By itself it is not worth a line in the console: if it matters, the connection ends with it.
      if (this.#options.onError) this.#report(this.#trouble);
      return;
    }
    this.#emit(this.messages, message);
  }

  /** Runs what the server calls. */
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
      const { name, message } = error instanceof Error ? error : new Error(typeof error === 'string' ? error : 'It failed.');
      reply('pikku-rpc-response', { ok: false, error: { name, message } });
    }
  }

  #emit(listeners: PikkuListeners | undefined, value: unknown): void {
    for (const { callback } of [...(listeners ?? [])]) {
      try {
        const result = callback(value);
        // Whatever can be waited for: nobody else looks at how it ends.
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

/** A connection to one channel: what is sent, what comes, and how it is. Made by `PikkuWebSocket.getRoute`. */
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

  /** What the route is doing. */
  get state(): PikkuState {
    return this.#connection.state;
  }

  /**
   * Connects, where the first message would; anew where the server has closed. Rejects when the route closes, with what the server said if it
   * refused the connection, and with `TimeoutError` after `timeout` of the options: then the route goes on trying.
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
   * Sends what matches no action to the channel's default handler. An object goes with an `id` beside its properties, unless it has one
   * that is a string or a number: then that one counts, and no two may be under way. Text goes as it is, other values as JSON; these have
   * no id, so their answers are told apart by their order alone, and `pikku.channel.max-in-flight` must be 1.
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
    // A copy, since it may have to wait.
    this.#connection.submit({ data: Uint8Array.from(bytes as Uint8Array) }, this.#direct);
  }

  /** Gets the events of a topic, until the returned function is called. Which events come is the server's to say, usually by an action. */
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

  /** Gets messages that belong to no topic and answer nothing. JSON comes parsed; what is none comes as text. */
  onMessage(callback: (message: Channels[C]['messages']) => void): () => void {
    return this.#add(this.#connection.messages, callback);
  }

  /** Gets binary frames. */
  onBinary(callback: (bytes: Uint8Array) => void): () => void {
    return this.#add(this.#connection.binaries, callback);
  }

  /** Gets the changes of `state`. */
  onState(callback: (change: PikkuStateChange) => void): () => void {
    return this.#add(this.#connection.states, callback);
  }

  /** Lets the server call a function, until the returned function is called. What it throws is told to the server. */
  expose<F extends keyof Channels[C]['remotes'] & string>(
    name: F,
    remote: (input: PikkuIn<Channels[C]['remotes'][F]>, context: PikkuRemoteContext)
      => PikkuOut<Channels[C]['remotes'][F]> | Promise<PikkuOut<Channels[C]['remotes'][F]>>,
  ): () => void {
    const { remotes } = this.#connection;
    remotes.set(name, remote);
    return () => void (remotes.get(name) === remote && remotes.delete(name));
  }

  /** Closes the connection for good; `getRoute` gives a new route then. */
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

/** The channels of a server. Each route is a connection of its own, made when it is first used. */
export class PikkuWebSocket {
  readonly #options: PikkuOptions;
  readonly #base: URL | undefined;
  readonly #WebSocket: PikkuSocketConstructor | undefined;
  readonly #socket: PikkuSocket | undefined;
  readonly #routes = new Map<string, PikkuAnyRoute>();
  #isClosed = false;

  /**
   * @param urlOrSocket Where the server is, such as `wss://example.com/prefix`; http and https mean the same, and in a browser it may be
   * relative to the page. Or a WebSocket on the subprotocol `pikku.v1`, for the one route that is asked for.
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
      if (!this.#WebSocket) throw new TypeError('There is no WebSocket here: give the option WebSocket.');
    } else {
      // While it connects it has no protocol yet, and is asked later.
      if (urlOrSocket.readyState === OPEN && urlOrSocket.protocol !== PROTOCOL)
        throw wrongProtocol(urlOrSocket);
      this.#socket = urlOrSocket;
    }
  }

  /** The route to a channel, the same one for the same opening data: path parameters and query. Connects nothing yet. */
  getRoute<C extends PikkuChannel>(name: C, ...[opening]: PikkuOpening<Channels[C]['opening']>): PikkuRoute<C> {
    if (this.#isClosed) throw new PikkuError('ClosedError', 'The client was closed.');
    const { path, keys } = channels[name];
    const url = this.#base ? address(this.#base, name, path, (opening ?? {}) as PikkuJson) : '';
    const key = `${name} ${url}`;
    const known = this.#routes.get(key);
    if (known) return known as unknown as PikkuRoute<C>;
    if (this.#socket && this.#routes.size > 0) throw new TypeError('A WebSocket has one route only; give the URL instead.');

    const forget = (): void => void this.#routes.delete(key);
    const connection: PikkuConnection = new PikkuConnection(
      name, keys, this.#options, this.#socket ?? this.#source(url),
      socket => this.#options.onOpen?.(new PikkuRoute(name, connection, forget, socket) as unknown as PikkuAnyRoute));
    const route = new PikkuRoute(name, connection, forget);
    this.#routes.set(key, route as unknown as PikkuAnyRoute);
    return route;
  }

  /** Closes all connections for good. */
  close(): void {
    this.#isClosed = true;
    for (const route of [...this.#routes.values()]) route.close();
  }

  #source(url: string): PikkuSource {
    const { WebSocket: given, fetch = given ? false : (globalThis as { fetch?: PikkuFetch }).fetch } = this.#options;
    return {
      create: token => new this.#WebSocket!(url, token === null ? [PROTOCOL] : [PROTOCOL, tokenEntry(token)]),
      ask: fetch ? (token, signal) => askWhy(fetch, url, token, signal) : undefined,
    };
  }
}

/** The arguments of `getRoute` after the name. */
type PikkuOpening<O> = [O] extends [void] ? [opening?: undefined] : {} extends O ? [opening?: O] : [opening: O];
