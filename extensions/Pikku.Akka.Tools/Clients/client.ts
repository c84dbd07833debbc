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

export interface Board {
  moves: string[];
}

/** The channels of the application. */
export interface Channels {
  'todos': {
    opening: void;
    keys: readonly ['action', 'command'];
    actions: {
      'action': {
        'create': { input: NewTodo; output: Todo };
        'list': { input: void; output: Todo[] };
        'find': { input: { text?: string } | undefined; output: Todo | null };
        'count': { input: { to: number }; item: number };
        'watch': { input: void; item: Todo };
      };
      'command': {
        'clear': { input: void; output: void };
        'export': { input: void; item: string };
      };
    };
    fallback: { input: string; output: string };
    binary: true;
    topics: { 'todos:created': Todo; [topic: `room:${string}`]: RoomEvent };
    subscriptions: {
      'todos:updated': { key: void; event: Todo };
      'board:{boardId}': { key: { boardId: number }; event: { moved: string }; snapshot: Board };
      'board:{boardId}:viewers': {
        key: { boardId: number }; event: PikkuPresenceChange<string>; snapshot: PikkuPresenceEntry<string>[]; presence: string;
      };
      'board:{boardId}:cursors': {
        key: { boardId: number }; event: PikkuEntryChange<number>; snapshot: { [key: string]: number }; state: number;
      };
      '{tenant}/files:{path}': { key: { tenant: string; path: string }; event: string };
    };
    messages: { welcome: string };
    remotes: { 'confirm': { input: { text: string }; output: { yes: boolean } } };
  };
  'rooms': {
    opening: { roomId: string; limit?: number; tags?: string[] };
    keys: readonly [];
    actions: {};
    fallback: never;
    binary: false;
    topics: {};
    subscriptions: {};
    messages: unknown;
    remotes: {};
  };
}

const channels = {
  'todos': {
    path: '/todos', keys: ['action', 'command'],
    subscriptions: ['todos:updated', 'board:{boardId}', 'board:{boardId}:viewers', 'board:{boardId}:cursors', '{tenant}/files:{path}'],
  },
  'rooms': { path: '/rooms/{roomId}', keys: [], subscriptions: [] },
} as const satisfies PikkuTables<Channels>;
// </generated>

/** What the types of this file know about a channel. The generated interface `Channels` has the channels of the application. */
export interface PikkuChannelTypes {
  /** The path parameters and the query, or void. */
  readonly opening: any;
  /** The routing keys; `send` uses the first. */
  readonly keys: readonly string[];
  /** For each routing key, the actions with their `input` and `output`, or `item` for a stream. */
  readonly actions: any;
  readonly fallback: any;
  readonly binary: boolean;
  /** The topics whose events the server sends by itself, with the event. */
  readonly topics: any;
  /** The topics that clients subscribe to, with `key`, `event` and, if they have one, `snapshot`. */
  readonly subscriptions: any;
  readonly messages: any;
  readonly remotes: any;
}

/** The constraint of `S`, the channels of an application. */
export type PikkuChannels<S> = { readonly [C in keyof S]: PikkuChannelTypes };

/** The name of a channel. */
export type PikkuChannel<S = Channels> = keyof S & string;

/** A routing key of a channel. */
export type PikkuKey<C extends PikkuChannel<S>, S extends PikkuChannels<S> = Channels> = keyof S[C]['actions'] & string;

/** The routing key of `send`: the first one. If the type of `keys` does not show the order, it may be any of them. */
export type PikkuFirstKey<C extends PikkuChannel<S>, S extends PikkuChannels<S> = Channels> =
  S[C]['keys'] extends readonly [infer K extends PikkuKey<C, S>, ...string[]] ? K : PikkuKey<C, S>;

/** The names of the members that have a property: actions with an `output`, streams with an `item`, topics with a `snapshot`. */
type PikkuNames<A, P extends string> = { [N in keyof A & string]: P extends keyof A[N] ? N : never }[keyof A & string];

/** A routing key as an argument of a type; undefined is the first one. */
type PikkuKeyArgument<C extends PikkuChannel<S>, S extends PikkuChannels<S>> = PikkuKey<C, S> | undefined;

/** The actions of a channel under a routing key. */
type PikkuActions<C extends PikkuChannel<S>, K, S extends PikkuChannels<S>> =
  K extends undefined ? PikkuActions<C, PikkuFirstKey<C, S>, S> : K extends PikkuKey<C, S> ? S[C]['actions'][K] : never;

/** The names of the actions that have a property. Where the routing key may be one of several, those under any of them. */
type PikkuActionNames<A, P extends string> = A extends unknown ? PikkuNames<A, P> : never;

/** The actions of a channel under a routing key, except streams. */
export type PikkuAction<C extends PikkuChannel<S>, K extends PikkuKeyArgument<C, S> = undefined, S extends PikkuChannels<S> = Channels> =
  PikkuActionNames<PikkuActions<C, K, S>, 'output'>;

/** The actions of a channel under a routing key that answer with a stream. */
export type PikkuStream<C extends PikkuChannel<S>, K extends PikkuKeyArgument<C, S> = undefined, S extends PikkuChannels<S> = Channels> =
  PikkuActionNames<PikkuActions<C, K, S>, 'item'>;

/** The input and output of an action. */
type PikkuCall<A, M> = M extends unknown ? (A extends keyof M ? M[A] : never) : never;

/** The input of an action. */
export type PikkuInput<C extends PikkuChannel<S>, A, K extends PikkuKeyArgument<C, S> = undefined, S extends PikkuChannels<S> = Channels> =
  PikkuIn<PikkuCall<A, PikkuActions<C, K, S>>>;

/** The output of an action. */
export type PikkuOutput<C extends PikkuChannel<S>, A, K extends PikkuKeyArgument<C, S> = undefined, S extends PikkuChannels<S> = Channels> =
  PikkuOut<PikkuCall<A, PikkuActions<C, K, S>>>;

/** The item of a stream. */
export type PikkuItem<C extends PikkuChannel<S>, A, K extends PikkuKeyArgument<C, S> = undefined, S extends PikkuChannels<S> = Channels> =
  PikkuCall<A, PikkuActions<C, K, S>> extends { item: infer I } ? I : never;

/** The topics of a channel: those that clients subscribe to, and those whose events the server sends by itself. */
export type PikkuTopic<C extends PikkuChannel<S>, S extends PikkuChannels<S> = Channels> =
  (keyof S[C]['subscriptions'] | keyof S[C]['topics']) & string;

/** The event of a topic. */
export type PikkuEvent<C extends PikkuChannel<S>, T, S extends PikkuChannels<S> = Channels> =
  T extends keyof S[C]['subscriptions'] ? (S[C]['subscriptions'][T] extends { event: infer E } ? E : never)
    : T extends keyof S[C]['topics'] ? S[C]['topics'][T]
    : never;

/** The state of a topic, for topics that have a snapshot. */
export type PikkuSnapshot<C extends PikkuChannel<S>, T, S extends PikkuChannels<S> = Channels> =
  T extends keyof S[C]['subscriptions'] ? (S[C]['subscriptions'][T] extends { snapshot: infer V } ? V : never) : never;

/** The topics of a channel that have a snapshot, for `live`. */
export type PikkuLiveTopic<C extends PikkuChannel<S>, S extends PikkuChannels<S> = Channels> = PikkuNames<S[C]['subscriptions'], 'snapshot'>;

/** The topics of a channel that say who is present. */
export type PikkuPresenceTopic<C extends PikkuChannel<S>, S extends PikkuChannels<S> = Channels> = PikkuNames<S[C]['subscriptions'], 'presence'>;

/** The info about a connection in a presence topic. */
export type PikkuPresenceInfo<C extends PikkuChannel<S>, T, S extends PikkuChannels<S> = Channels> =
  T extends keyof S[C]['subscriptions'] ? (S[C]['subscriptions'][T] extends { presence: infer I } ? I : never) : never;

/** The topics of a channel that hold the last value of each key. */
export type PikkuStateTopic<C extends PikkuChannel<S>, S extends PikkuChannels<S> = Channels> = PikkuNames<S[C]['subscriptions'], 'state'>;

/** The value of an entry of a state topic. */
export type PikkuStateValue<C extends PikkuChannel<S>, T, S extends PikkuChannels<S> = Channels> =
  T extends keyof S[C]['subscriptions'] ? (S[C]['subscriptions'][T] extends { state: infer V } ? V : never) : never;

/** The key of a topic as an argument. A topic that is no family has none. */
export type PikkuTopicKey<C extends PikkuChannel<S>, T, S extends PikkuChannels<S> = Channels> =
  T extends keyof S[C]['subscriptions']
    ? S[C]['subscriptions'][T] extends { key: infer K } ? ([K] extends [void] ? [] : [key: K]) : []
    : [];

/** The options of `subscribe`. Only the server sends by itself what is not in `subscriptions`, so nothing can be denied there. */
type PikkuTopicOptions<C extends PikkuChannel<S>, T, S extends PikkuChannels<S>> =
  T extends PikkuLiveTopic<C, S> ? [options?: PikkuSnapshotOptions<PikkuSnapshot<C, T, S>>]
    : T extends keyof S[C]['subscriptions'] ? [options?: PikkuSubscribeOptions]
    : [];

type PikkuIn<F> = F extends { input: infer I } ? I : never;
type PikkuOut<F> = F extends { output: infer O } ? O : never;

/** The arguments after the name. Optional data is an optional argument. */
export type PikkuArguments<I, O = PikkuSendOptions> = [I] extends [void]
  ? [data?: undefined, options?: O]
  : undefined extends I
    ? [data?: I, options?: O]
    : [data: I, options?: O];

/** The route to any channel; `name` is the discriminator. */
export type PikkuAnyRoute<S extends PikkuChannels<S> = Channels> = { [C in PikkuChannel<S>]: PikkuRoute<C, S> }[PikkuChannel<S>];

/**
 * The status of a route: not used yet, connecting (until the server's `onConnect` and `onOpen` have completed), connected, waiting before
 * the next attempt, or closed, which means that no attempt follows.
 */
export type PikkuStatus = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

/** A change of the status. */
export interface PikkuStatusChange {
  readonly status: PikkuStatus;
  readonly previous: PikkuStatus;
  /** The close code of the connection that has ended; 1006 if there was no close frame. */
  readonly code?: number;
  /** The close reason of the server, for people. */
  readonly reason?: string;
  /** The delay before the next attempt, in milliseconds. */
  readonly retryInMs?: number;
  /** The error that ended the connection, or the error that the server sent before it closed. */
  readonly error?: unknown;
  /**
   * True if a lost connection is restored and something may have been missed: events of topics without history, or messages outside of
   * topics. Topics with history resume; if the server no longer has all of their events, another change follows whose status is `open`
   * again and for which this is true.
   */
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
  * `TimeoutError`, `ConnectionLostError` (the function may or may not have run), `OfflineError` (nothing was sent), `ClosedError`,
  * `BufferOverflowError` or `EventsLostError`. If the server refuses the connection, the error is the server's reason and its `cause` is a `ClosedError`.
 */
export class PikkuError extends Error {
  /** The equivalent HTTP status code. */
  readonly status: number;
  /** The validation rules that the input breaks. */
  readonly details?: readonly PikkuErrorDetail[];
  /** The id of the error in the server's log. */
  readonly errorId?: string;
  /** True if the same call may succeed later: the server was overloaded, or there was no answer. */
  readonly retryable: boolean;

  constructor(name: string, message: string, more: { status?: unknown; details?: unknown; errorId?: unknown; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = name;
    this.status = typeof more.status === 'number' ? more.status : 0;
    if (Array.isArray(more.details)) this.details = more.details;
    if (typeof more.errorId === 'string') this.errorId = more.errorId;
    this.retryable = this.status === 0 ? name !== 'ClosedError' && name !== 'BufferOverflowError' : RETRYABLE.has(this.status);
  }
}

export interface PikkuSendOptions {
  /** Cancels the call on the server and rejects it with the signal's reason. The function may have run. */
  readonly signal?: AbortSignal | undefined;
  /** Cancels the call after this time in milliseconds, which includes the time without a connection; 0 for no timeout. */
  readonly timeout?: number | undefined;
}

/**
 * Why events of a topic are lost: the server no longer keeps them, there are more than it replays at once, it does not know the client's
 * position (for example because all of its nodes were down), or the topic has no history.
 */
export type PikkuLossReason = 'expired' | 'limit' | 'unknown' | 'no-history';

/** A loss of events. */
export interface PikkuLoss {
  /** The name of the topic, such as `board:7`. */
  readonly topic: string;
  readonly reason: PikkuLossReason;
}

/** What happens to a subscription that the client has made. */
export interface PikkuSubscribeOptions {
  /** The subscription is in force: from now on, each event arrives. Called again after each reconnect. */
  readonly onSubscribed?: () => void;
  /** Events were missed and will not come. If the topic has a snapshot, `onSnapshot` follows. The subscription goes on. */
  readonly onLost?: (loss: PikkuLoss) => void;
  /** The server has refused the subscription. The handler is removed. Default: the error goes to `onError`. */
  readonly onDenied?: (error: PikkuError) => void;
  /** The server has ended the subscription, for example because the user has lost the permission. The handler is removed. Default: as above. */
  readonly onEnded?: (error: PikkuError) => void;
}

/** The options of a topic with a snapshot. */
export interface PikkuSnapshotOptions<S> extends PikkuSubscribeOptions {
  /**
   * Receives the state of the topic before its first event, and again whenever events were lost. The events that follow are at least those
   * that the state does not contain yet; it may already contain the first of them.
   */
  readonly onSnapshot?: (snapshot: S) => void;
}

/** What a handler is told about an event. */
export interface PikkuEventInfo {
  /** The name of the topic, such as `board:7`. */
  readonly topic: string;
  /** The identity of the event in the topic, if the topic has history: the publishing process and the event's number there. */
  readonly at?: string;
  /** True if the event was published while the client was away. */
  readonly replayed: boolean;
}

/** What the function of `live` is told about an event. */
export interface PikkuLiveInfo<S> extends PikkuEventInfo {
  /** Discards what the function returns and loads the state again. Returns the present state, so that `return reload()` is complete. */
  reload(): S;
}

/** Applies an event to the state of a topic and returns the new state. The state may already contain the event. */
export type PikkuReduce<S, E> = (state: S, event: E, info: PikkuLiveInfo<S>) => S;

/**
 * The status of a live state: no value yet, up to date, out of date (the route reconnects, or the state is loaded again), or ended because of
 * `error` or `close`. If the route was closed, `connect` revives it.
 */
export type PikkuLiveStatus = 'loading' | 'live' | 'stale' | 'closed';

/** One connection in a presence topic. */
export interface PikkuPresenceEntry<I> {
  /** Identifies the connection. Several connections may have the same info, such as two tabs of one user. */
  readonly key: string;
  readonly info: I;
}

/** A change of a presence topic: a connection has joined, has another info, or has left. */
export type PikkuPresenceChange<I> =
  | { readonly key: string; readonly joined: I }
  | { readonly key: string; readonly updated: I }
  | { readonly key: string; readonly left: I };

/** A change of a state topic: an entry has a new value, or was removed. */
export type PikkuEntryChange<V> = { readonly key: string; readonly value: V } | { readonly key: string; readonly removed: true };

export interface PikkuEventsOptions {
  /** Ends the loop with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The number of values that may wait for the loop. If it is exceeded, the loop ends with `BufferOverflowError` after these values.
   * Default: 10 000.
   */
  readonly buffer?: number | undefined;
}

/** The options of a stream. `timeout` is the time until the first item. */
export interface PikkuStreamOptions extends PikkuSendOptions, PikkuEventsOptions {}

/** Why a token is needed: for a new connection, because the session is about to expire, or because the server refused the last one. */
export type PikkuTokenReason = 'connect' | 'expiring' | 'refused';

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

export interface PikkuOptions<S extends PikkuChannels<S> = Channels> {
  /**
    * Returns the bearer token; called for every connection, and before the session expires. Null or an empty string sends no token. The
    * token is sent as a subprotocol, so it does not appear in logs of URLs. If the server refuses a token, the function is called once more,
    * and the route closes unless it returns another token that the server accepts.
   */
  readonly token?: (request: { readonly reason: PikkuTokenReason }) => string | null | Promise<string | null>;
  /**
    * Prepares each new connection, for example by signing in with an action. Messages that the function sends with its route go out
    * immediately; subscriptions and all other messages wait until the function completes. If it fails or takes longer than `timeout`, the
    * connection is closed and a new attempt follows.
   */
  readonly onOpen?: (route: PikkuAnyRoute<S>) => void | Promise<void>;
  /**
   * The timeout of calls, `connect`, the server's `onConnect` and `onOpen`, in milliseconds; 0 for no timeout. `send` can override it.
   * Default: 30 000.
   */
  readonly timeout?: number;
  /** The timeout of opening a connection, including the token, in milliseconds. Default: 15 000. */
  readonly connectTimeout?: number;
  /** The time without a message after which the client pings the server, in milliseconds; 0 for never. Default: 25 000. */
  readonly pingInterval?: number;
  /** What to do with a message while there is no connection: queue it or fail with `OfflineError`. Default: queue. */
  readonly offline?: 'queue' | 'refuse';
  /** The maximum number of queued messages; more fail with `OfflineError`. Default: 256. */
  readonly maxQueued?: number;
  /**
   * Returns the trace context (W3C `traceparent`) of the current span, for example of the OpenTelemetry SDK. Called for each action and each stream; the
   * context is sent with the message. Undefined sends none.
   */
  readonly traceparent?: () => string | undefined;
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

// The number of values that wait for a loop. Node.js delivers all messages of up to 64 KiB at once, almost 2000 small ones, before a loop can run.
const DEFAULT_BUFFER = 10_000;

// JavaScript timers fire at once if their delay is longer.
const MAX_TIMER_MS = 2 ** 31 - 1;

// A server that does not answer a ping within this time is dead or out of reach; a round trip takes less than a second even on slow networks.
const PONG_TIMEOUT_MS = 10_000;

// A token is renewed at most this long before it expires, so that tokens which live for hours are used.
const MAX_RENEWAL_LEAD_MS = 60_000;

// The delay before a failed renewal is repeated, and before a renewal if the clock says that the session has already expired.
const RENEWAL_RETRY_MS = 10_000;

// The delays before a subscription that failed for another reason than a denial is repeated.
const SUBSCRIBE_RETRY_MS = { minDelay: 500, maxDelay: 30_000 };

// Statuses that pass: the server asks to wait, or something between the client and the server failed.
const RETRYABLE = new Set([408, 425, 429, 502, 503, 504]);

// The names of statuses of a refused upgrade, the same as errors of functions. Other statuses have no name.
const REFUSALS: { readonly [status: number]: string } = {
  400: 'BadRequestError', 401: 'UnauthorizedError', 403: 'ForbiddenError', 404: 'NotFoundError', 408: 'RequestTimeoutError',
  422: 'UnprocessableContentError', 426: 'UpgradeRequiredError', 429: 'TooManyRequestsError', 503: 'ServiceUnavailableError',
};

// RFC 9110 §5.6.2: the characters that a subprotocol may contain.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What the client knows about a channel at run time. */
export interface PikkuChannelTable {
  readonly path: string;
  readonly keys: readonly string[];
  /** The topics that clients may subscribe to. */
  readonly subscriptions: readonly string[];
}

/** What the client knows about the channels of an application at run time. */
export type PikkuTables<S extends PikkuChannels<S>> = { readonly [C in keyof S]: PikkuChannelTable & { readonly keys: S[C]['keys'] } };

type PikkuJson = { readonly [property: string]: unknown };
type PikkuListener = (value: any, about?: any) => unknown;
type PikkuListeners = Set<{ readonly callback: PikkuListener }>;
type PikkuRemote = (input: any, context: PikkuRemoteContext) => unknown;
type PikkuEnvelope = { readonly name: string; readonly id: unknown; readonly data: string };

type PikkuStep = Partial<PikkuStatusChange> & { readonly status: PikkuStatus };

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
  /** Receives the items of a stream. */
  readonly onItem?: ((item: unknown) => void) | undefined;
}

/** For each publishing process, the number of the last event up to which nothing is missing; see "Positions" in the protocol. */
type PikkuPosition = Map<string, number>;

/** A handler of a topic. */
interface PikkuTopicHandler extends PikkuSnapshotOptions<any> {
  readonly onEvent: (event: any, info: PikkuEventInfo) => unknown;
  /** The connection was lost. If `canResume` is false, events may be missing; if `isFinal` is true, the route has closed. */
  readonly onInterrupted?: (error: PikkuError, canResume: boolean, isFinal: boolean) => void;
  /** True if the handler receives events: it has been told that the subscription is in force and has the snapshot that it wants. */
  isLive?: boolean;
  /** The events that the handler already has, where that is more than the position of the subscription; see `join`. */
  has?: PikkuPosition | undefined;
}

// The properties of an answer, beside the routing key.
const ANSWER = new Set(['id', 'data', 'error', 'item', 'done']);

/** The state in the reply to a subscribe. The reply for a presence topic has the infos as its state, and their keys beside it. */
const snapshotOf = ({ snapshot, keys }: PikkuJson): unknown => Array.isArray(snapshot) && Array.isArray(keys)
  ? keys.map((key, index) => ({ key, info: snapshot[index] }))
  : snapshot;

const isObject = (value: unknown): value is PikkuJson => typeof value === 'object' && value !== null && !Array.isArray(value);

/** True for a message that moves the position of a topic without an event. */
const isMark = ({ at, position, ...rest }: PikkuJson): boolean =>
  Object.keys(rest).length === 1 && (typeof at === 'string') !== (typeof position === 'string');

// True if the same request would be refused again until something else changes.
const isPermanent = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
const isName = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

function errorOf({ name, message, ...more }: PikkuJson): PikkuError {
  return new PikkuError(typeof name === 'string' ? name : 'Error', typeof message === 'string' ? message : '', more);
}

/** Reads `origin.number`. */
function readEntry(text: string): readonly [origin: string, number: number] | undefined {
  const dot = text.lastIndexOf('.');
  const number = Number(text.slice(dot + 1));
  return dot > 0 && Number.isSafeInteger(number) ? [text.slice(0, dot), number] : undefined;
}

function readPosition(text: string): PikkuPosition {
  const position: PikkuPosition = new Map();
  for (const part of text.split(',')) {
    const entry = readEntry(part.trim());
    if (entry) position.set(entry[0], Math.max(entry[1], numberIn(position, entry[0])));
  }
  return position;
}

const textOfPosition = (position: PikkuPosition): string => Array.from(position, ([origin, number]) => `${origin}.${number}`).join(',');

const numberIn = (position: PikkuPosition | undefined, origin: string): number => position?.get(origin) ?? 0;

/** True if `one` names events that are not in `other`. An entry with a tilde names a history and the age of the position, not events. */
const isAhead = (one: PikkuPosition, other: PikkuPosition): boolean =>
  [...one].some(([origin, number]) => !origin.startsWith('~') && number > numberIn(other, origin));

// Full jitter: clients that lost their connections at the same time do not come back at the same time.
const backoffOf = (failures: number, minDelay: number, maxDelay: number): number =>
  Math.round(Math.random() * Math.min(maxDelay, minDelay * 2 ** failures));

/** The delay that the server asks for, in milliseconds. */
function hintOf({ code, reason }: PikkuEnd): number | undefined {
  // Only a close frame can carry a hint.
  const hint = code === 1006 ? undefined : /retry-after-ms=(\d+)\s*$/.exec(reason ?? '')?.[1];
  return hint === undefined ? undefined : Number(hint);
}

const wrongProtocol = (socket: PikkuSocket): Error =>
  new TypeError(`The WebSocket uses the subprotocol '${socket.protocol}' instead of '${PROTOCOL}'. Offer '${PROTOCOL}' when it is created.`);

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

/** Writes a value for a path, a query or the name of a topic. */
const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(textOf).join(',') : value instanceof Date ? value.toISOString() : String(value);

/** Fills the placeholders of a topic. Only characters that have a meaning in names are escaped, so that names stay readable. */
const topicName = (template: string, key: PikkuJson): string => template.replace(/\{([^{}]+)\}/g, (_, placeholder: string) => {
  const value = key[placeholder];
  if (value === undefined || value === null) throw new TypeError(`The key of the topic '${template}' lacks '${placeholder}'.`);
  return textOf(value).replace(/[%:/{}\u0000-\u001f\u007f]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
});

/** Fills the path of a channel, in the syntax of ASP.NET Core, from the opening data; the rest becomes the query. */
function address(base: URL, channel: string, path: string, opening: PikkuJson): string {
  const rest = new Map(Object.entries(opening).filter(([, value]) => value !== undefined && value !== null));
  const takeValue = (parameter: string): string => {
    // The server ignores case in the names of path parameters.
    const name = [...rest.keys()].find(key => key.toLowerCase() === parameter.toLowerCase());
    if (name === undefined) return '';
    const value = textOf(rest.get(name));
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
    url.searchParams.set(name, textOf(first));
    for (const other of others) url.searchParams.append(name, textOf(other));
  }
  return url.href;
}

/**
 * Values that a `for await` loop takes one after another. A script cannot make a WebSocket wait, so values that arrive faster are buffered up
 * to a limit; beyond it, the sequence ends with an error instead of losing values or filling the memory.
 */
class PikkuSequence<T> implements AsyncIterableIterator<T> {
  readonly #signal: AbortSignal | undefined;
  readonly #limit: number;
  readonly #start: (sequence: PikkuSequence<T>) => () => void;
  readonly #values: T[] = [];
  readonly #loops: { resolve(result: IteratorResult<T, undefined>): void; reject(error: unknown): void }[] = [];
  #stop: (() => void) | undefined;
  #isStarted = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  /** @param start Starts the source of the values; called once. Returns a function that stops the source and may be called after its end. */
  constructor({ signal, buffer = DEFAULT_BUFFER }: PikkuEventsOptions, start: (sequence: PikkuSequence<T>) => () => void) {
    this.#signal = signal;
    this.#limit = buffer;
    this.#start = start;
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted) this.#abort();
  }

  start(): void {
    if (this.#isStarted || this.#isOver) return;
    this.#isStarted = true;
    this.#stop = this.#start(this);
  }

  push(value: T): void {
    if (this.#isOver) return;
    const loop = this.#loops.shift();
    if (loop) loop.resolve({ value, done: false });
    else if (this.#values.length < this.#limit) this.#values.push(value);
    else this.end({ error: new PikkuError('BufferOverflowError', `The loop is too slow: ${this.#limit} values are waiting for it.`) });
  }

  /** Ends the sequence after the buffered values. */
  end(failure?: { readonly error: unknown }): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#stop?.();
    // Loops wait only if no values are buffered.
    for (const { resolve, reject } of this.#loops.splice(0)) this.next().then(resolve, reject);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    this.start();
    if (this.#values.length > 0) return Promise.resolve({ value: this.#values.shift()!, done: false });
    if (!this.#isOver) return new Promise((resolve, reject) => this.#loops.push({ resolve, reject }));
    const failure = this.#failure;
    this.#failure = undefined;
    return failure ? Promise.reject(failure.error) : Promise.resolve({ value: undefined, done: true });
  }

  /** Called when a loop is left. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.end();
    this.#values.length = 0;
    this.#failure = undefined;
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #abort = (): void => {
    this.#values.length = 0;
    this.end({ error: this.#signal!.reason });
  };
}

/** True if a handler has not received the snapshot yet that it wants before events. */
const isWaiting = ({ isLive, onSnapshot }: PikkuTopicHandler): boolean => !isLive && onSnapshot !== undefined;

/**
 * The handlers of a topic, and the subscription on the server that they share. At most one request decides about it at a time, and each step
 * compares what the server has with what the handlers want; so it does not matter in which order handlers come and go, answers arrive and
 * connections end.
 *
 * If the topic has history, the position says which events the handlers have. An event is taken only if it is the next one of its origin; any
 * other is a hole, after which the client subscribes again with the position before the hole. See docs/client-behavior.md.
 */
class PikkuSubscription {
  readonly handlers = new Set<PikkuTopicHandler>();
  /** True if the client subscribes; false if the server sends the events by itself. */
  isRequested = false;
  readonly #connection: PikkuConnection;
  readonly #topic: string;
  // 'joining' is an active subscription whose snapshot is requested for handlers that came later.
  #state: 'none' | 'subscribing' | 'active' | 'joining' | 'unsubscribing' = 'none';
  // Outlives the connection, and is of use only to live handlers. Undefined if the topic has no history.
  #position: PikkuPosition | undefined;
  // True after a hole: what follows is dropped until the next reply.
  #isBehind = false;
  // The number of holes since the last event that was taken.
  #holes = 0;
  // The number of events to come that the last reply announced as missed.
  #replays = 0;
  // The number of the last request. The answer to an earlier one is ignored, see `lose` and `repair`.
  #request = 0;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: PikkuConnection, topic: string) {
    this.#connection = connection;
    this.#topic = topic;
  }

  get isSubscribing(): boolean {
    return this.#state === 'subscribing';
  }

  /** True if handlers have received events, or would have. */
  get isUsed(): boolean {
    return this.isRequested ? this.#has(({ isLive }) => isLive === true) : this.handlers.size > 0;
  }

  get canResume(): boolean {
    return this.isRequested && this.#position !== undefined;
  }

  add(handler: PikkuTopicHandler): void {
    this.handlers.add(handler);
    if (this.#isActive && !isWaiting(handler)) {
      handler.isLive = true;
      queueMicrotask(() => this.#isActive && this.#tell(handler, 'onSubscribed'));
    }
    this.update();
  }

  /** Loads the snapshot again for one handler, with a delay if the last one did not help. */
  reload(handler: PikkuTopicHandler, failures: number): void {
    handler.isLive = false;
    handler.has = undefined;
    if (failures > 0) this.#repeat(failures - 1);
    else this.update();
  }

  /** Takes the next step, if there is one. */
  update(): void {
    const { topics, canSend } = this.#connection;
    const isWanted = this.handlers.size > 0;
    if (!isWanted && this.#state === 'none') {
      clearTimeout(this.#retry);
      if (topics.get(this.#topic) === this) topics.delete(this.#topic);
    } else if (!this.isRequested || !canSend || this.#retry !== undefined) {
      // There is nothing to do, or the next step follows later.
    } else if (isWanted && (this.#state === 'none' || (this.#state === 'active' && (this.#isBehind || !this.isUsed)))) {
      const isNew = this.#state === 'none';
      const since = this.isUsed ? this.#position : undefined;
      const data = since ? { since: textOfPosition(since) } : {};
      this.#send('subscribing', 'pikku-subscribe', data, reply => this.#activate(reply, isNew, since !== undefined));
    } else if (isWanted && this.#state === 'active' && this.#has(isWaiting)) {
      this.#send('joining', 'pikku-subscribe', {}, reply => this.#join(reply));
    } else if (!isWanted && this.#state === 'active') {
      this.#send('unsubscribing', 'pikku-unsubscribe', {}, () => this.#settle('none'));
    }
  }

  /** Handles an event, a tick (a number without an event) or a refresh (a new position without an event). */
  receive(message: PikkuJson): void {
    const { at, position, data } = message;
    const isEvent = 'data' in message;
    if (!isEvent && typeof position === 'string') return this.#refresh(readPosition(position));
    const entry = typeof at === 'string' ? readEntry(at) : undefined;
    const replayed = this.#replays > 0;
    if (entry && this.isRequested && !this.#take(...entry)) return;
    if (!isEvent) return;
    const info: PikkuEventInfo = typeof at === 'string' ? { topic: this.#topic, at, replayed } : { topic: this.#topic, replayed };
    for (const handler of [...this.handlers]) {
      if (isWaiting(handler) || (handler.has && entry && this.#isKnown(handler, ...entry))) continue;
      this.#connection.run(handler.onEvent, data, info);
    }
  }

  /** The connection has ended, and with it the subscription. `isFinal` is true if the client does not reconnect by itself. */
  lose(error: PikkuError, wasOpen: boolean, isFinal: boolean): void {
    const canResume = this.canResume && !isFinal;
    this.#request++;
    this.#failures = this.#holes = 0;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    for (const { isLive, onInterrupted } of [...this.handlers])
      if (isFinal || (this.isRequested ? isLive : wasOpen)) onInterrupted?.(error, canResume, isFinal);
    this.#state = 'none';
    this.update();
  }

  /** The server has ended the subscription. In another state, it was an earlier one, which nobody waits for. */
  end(error: PikkuError): void {
    if (this.#state === 'active') this.#remove('onEnded', error, () => true, 'none');
    // The server has still to answer those that came later.
    else if (this.#state === 'joining') this.#remove('onEnded', error, handler => !isWaiting(handler), 'subscribing');
  }

  get #isActive(): boolean {
    return this.#state === 'active' || this.#state === 'joining';
  }

  #has(condition: (handler: PikkuTopicHandler) => boolean): boolean {
    for (const handler of this.handlers) if (condition(handler)) return true;
    return false;
  }

  /** Moves the position by one event, or returns false. */
  #take(origin: string, number: number): boolean {
    // Between a subscribe and its reply, nothing is taken: the reply says what follows.
    if (!this.#isActive || this.#isBehind) return false;
    if (!this.#position) return true;
    if (this.#replays > 0) this.#replays--;
    const last = numberIn(this.#position, origin);
    if (number > last + 1) this.#repair();
    if (number !== last + 1) return false;
    this.#position.set(origin, number);
    this.#holes = 0;
    return true;
  }

  /** True if a handler already has the event. Its own position is removed where the position of the subscription has reached it. */
  #isKnown(handler: PikkuTopicHandler, origin: string, number: number): boolean {
    const known = numberIn(handler.has, origin);
    if (number >= known) handler.has!.delete(origin);
    return number <= known;
  }

  #refresh(position: PikkuPosition): void {
    if (!this.#isActive || this.#isBehind || !this.#position) return;
    if (isAhead(position, this.#position)) this.#repair();
    else this.#position = position;
  }

  /** Events are missing. Holes that follow one another without an event in between are repaired with backoff. */
  #repair(): void {
    // The answer to a request for a snapshot is ignored: those who wait for it ask again after the repair.
    this.#request++;
    this.#state = 'active';
    this.#isBehind = true;
    if (this.#holes++ === 0) this.update();
    else this.#repeat(this.#holes - 2);
  }

  #send(state: 'subscribing' | 'joining' | 'unsubscribing', action: string, data: PikkuJson, done: (reply: PikkuJson) => void): void {
    const before = this.#state === 'none' ? 'none' : 'active';
    const request = ++this.#request;
    this.#state = state;
    const failed = (error: unknown): void => {
      const isDenied = isPermanent((error as PikkuError).status);
      if (isDenied && state !== 'unsubscribing')
        return this.#remove('onDenied', error as PikkuError, state === 'joining' ? isWaiting : () => true, before);
      if (!isDenied) {
        this.#connection.report(error);
        this.#repeat(this.#failures++);
      }
      this.#settle(isDenied ? 'none' : before);
    };
    const answered = (how: () => void): void => {
      // The end of the connection fails the request, too, but that is no answer.
      if (request === this.#request) how();
    };
    this.#connection.request(
      action, { topic: this.#topic, ...data },
      reply => answered(() => done(isObject(reply) ? reply : {})), error => answered(() => failed(error)));
  }

  /** Takes the next step after a delay. */
  #repeat(failures: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.update();
    }, backoffOf(failures, SUBSCRIBE_RETRY_MS.minDelay, SUBSCRIBE_RETRY_MS.maxDelay));
  }

  #settle(state: 'none' | 'active' | 'subscribing'): void {
    this.#state = state;
    this.#continue();
  }

  #continue(): void {
    this.update();
    this.#connection.tellMissed();
  }

  /** The subscription is in force, and `reply` says which events follow. */
  #activate({ recovery, reason, position, replayed, ...reply }: PikkuJson, isNew: boolean, hadSince: boolean): void {
    const isComplete = hadSince && recovery === 'complete';
    const told = [...this.handlers].filter(handler => !(isComplete && isWaiting(handler)));
    const old = new Set(told.filter(({ isLive }) => isLive));
    const loss: PikkuLoss = { topic: this.#topic, reason: recovery === 'lost' ? (reason as PikkuLossReason) : 'no-history' };
    if (hadSince && !isComplete) this.#connection.miss();
    this.#state = 'active';
    this.#isBehind = false;
    this.#failures = 0;
    // Never merged: after a loss, the old position may contain numbers that no node knows.
    this.#position = typeof position === 'string' ? readPosition(position) : undefined;
    this.#replays = isComplete && typeof replayed === 'number' ? replayed : 0;
    // Before any callback, because a callback may add a handler, and the next step depends on all of them.
    for (const handler of told) {
      handler.isLive = true;
      if (!isComplete) handler.has = undefined;
    }
    for (const handler of told) {
      if (!isComplete && old.has(handler)) this.#tell(handler, 'onLost', loss);
      if ('snapshot' in reply) this.#tell(handler, 'onSnapshot', snapshotOf(reply));
      // A repair that brings everything is not worth mentioning.
      if (isNew || !isComplete || !old.has(handler)) this.#tell(handler, 'onSubscribed');
    }
    this.#continue();
  }

  /**
   * Gives the snapshot of a second subscribe to the handlers that came later. The others have gone on receiving events meanwhile and may be ahead
   * of the snapshot, so the position becomes the smaller one of both, for each origin, and each handler skips what it has.
   */
  #join({ position: text, ...reply }: PikkuJson): void {
    const joined = [...this.handlers].filter(isWaiting);
    const [mine, theirs] = [this.#position, typeof text === 'string' ? readPosition(text) : undefined];
    this.#state = 'active';
    this.#failures = 0;
    if (!mine || !theirs || !this.isUsed) this.#position = theirs;
    else {
      const both = [...mine].filter(([origin]) => theirs.has(origin));
      this.#position = new Map(both.map(([origin, number]) => [origin, Math.min(number, theirs.get(origin)!)]));
      for (const handler of this.handlers) this.#note(handler, isWaiting(handler) ? theirs : mine);
    }
    const lacks = mine && theirs && this.isUsed && isAhead(theirs, mine);
    for (const handler of joined) handler.isLive = true;
    // The server has dropped events on their way to the others.
    if (lacks) this.#repair();
    for (const handler of joined) {
      if ('snapshot' in reply) this.#tell(handler, 'onSnapshot', snapshotOf(reply));
      this.#tell(handler, 'onSubscribed');
    }
    this.#continue();
  }

  /** Notes which events a handler has beyond the position. */
  #note(handler: PikkuTopicHandler, has: PikkuPosition): void {
    for (const [origin, number] of has)
      if (number > Math.max(numberIn(this.#position, origin), numberIn(handler.has, origin))) (handler.has ??= new Map()).set(origin, number);
  }

  #tell(handler: PikkuTopicHandler, callback: 'onSubscribed' | 'onSnapshot' | 'onLost', value?: unknown): void {
    // An earlier callback may have removed the handler.
    if (handler[callback] && this.handlers.has(handler)) this.#connection.run(handler[callback], value);
  }

  #remove(
    callback: 'onDenied' | 'onEnded', error: PikkuError, condition: (handler: PikkuTopicHandler) => boolean, state: 'none' | 'active' | 'subscribing',
  ): void {
    const removed = [...this.handlers].filter(condition);
    // First, because a callback may subscribe again.
    for (const handler of removed) this.handlers.delete(handler);
    this.#settle(state);
    for (const handler of removed) {
      const told = handler[callback];
      if (told) this.#connection.run(told, error);
      else this.#connection.report(error);
    }
  }
}

/** Notices that a connection is dead: pings the server when it has been silent, and gives up when nothing follows. */
class PikkuLiveness {
  readonly #interval: number;
  readonly #sendPing: () => void;
  readonly #lose: (error: PikkuError) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  #isPinged = false;

  constructor(interval: number, sendPing: () => void, lose: (error: PikkuError) => void) {
    this.#interval = Math.min(interval, MAX_TIMER_MS);
    this.#sendPing = sendPing;
    this.#lose = lose;
  }

  /** The server has sent something, or the connection is open. One timer serves many messages, each of which only notes its time. */
  hear(): void {
    this.#heardAt = Date.now();
    if (this.#timer === undefined || this.#isPinged) this.#watch(this.#interval, false);
  }

  /** Makes sure that the connection is alive. */
  check(): void {
    if (this.#timer === undefined || this.#isPinged) return;
    this.#watch(PONG_TIMEOUT_MS, true);
    this.#sendPing();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isPinged = false;
  }

  #watch(delay: number, isPinged: boolean): void {
    clearTimeout(this.#timer);
    this.#isPinged = isPinged;
    this.#timer = this.#interval > 0 ? setTimeout(() => this.#decide(), delay) : undefined;
  }

  #decide(): void {
    if (this.#isPinged) return this.#lose(new PikkuError('TimeoutError', `The server did not answer a ping within ${PONG_TIMEOUT_MS} ms.`));
    const silence = Date.now() - this.#heardAt;
    if (silence >= 0 && silence < this.#interval) this.#watch(this.#interval - silence, false);
    else this.check(); // Nothing has come, or the clock was set back and does not say.
  }
}

/** Renews the session of an open connection with new tokens before it expires. */
class PikkuRenewal {
  readonly #getToken: NonNullable<PikkuOptions<any>['token']>;
  readonly #authenticate: (token: string) => Promise<unknown>;
  readonly #report: (error: unknown) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  // A token that arrives after the end of its connection is not used.
  #connection = 0;

  /** @param authenticate Presents a token to the server and returns the new expiry. */
  constructor(
    getToken: NonNullable<PikkuOptions<any>['token']>, authenticate: (token: string) => Promise<unknown>, report: (error: unknown) => void,
  ) {
    this.#getToken = getToken;
    this.#authenticate = authenticate;
    this.#report = report;
  }

  /** Each client chooses another moment, so that sessions of the same age are not renewed together. */
  plan(expiresAt: unknown): void {
    const rest = Date.parse(String(expiresAt)) - Date.now();
    if (Number.isNaN(rest)) return;
    const lead = Math.min(rest / 4, MAX_RENEWAL_LEAD_MS) * (1 - Math.random() / 2);
    this.#renewIn(rest > 0 ? rest - lead : RENEWAL_RETRY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#connection++;
  }

  #renewIn(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#renew('expiring'), Math.min(Math.max(delay, 1_000), MAX_TIMER_MS));
  }

  /** A refused token is replaced once. The server ends a session that is not renewed. */
  async #renew(reason: PikkuTokenReason, refused?: { readonly token: string; readonly error: unknown }): Promise<void> {
    const connection = this.#connection;
    let token: string | null = null;
    try {
      token = (await this.#getToken({ reason })) || null;
      if (connection !== this.#connection) return;
      if (token === null || token === refused?.token) return refused && this.#report(refused.error);
      const expiresAt = await this.#authenticate(token);
      if (connection === this.#connection) this.plan(expiresAt);
    } catch (error) {
      if (connection !== this.#connection) return;
      const isRefusal = token !== null && error instanceof PikkuError && isPermanent(error.status);
      if (isRefusal && !refused) return this.#renew('refused', { token: token!, error });
      this.#report(error);
      if (!isRefusal) this.#renewIn(RENEWAL_RETRY_MS);
    }
  }
}

/** The connection of a route, and everything that outlives a single socket. It is not typed. */
class PikkuConnection {
  readonly topics = new Map<string, PikkuSubscription>();
  readonly messages: PikkuListeners = new Set();
  readonly binaries: PikkuListeners = new Set();
  readonly statuses: PikkuListeners = new Set();
  readonly remotes = new Map<string, PikkuRemote>();
  readonly keys: readonly string[];
  readonly subscriptions: readonly string[];
  status: PikkuStatus = 'idle';

  readonly #channel: string;
  readonly #options: PikkuOptions<any>;
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
  // True if a topic has lost events and the status has not told it yet.
  #hasMissed = false;
  #lastError: unknown;
  // True if `onConnect` has accepted the connection: the server said so, or a reply has arrived.
  #isAccepted = false;
  #accept: (() => void) | undefined;
  // True if `onOpen` has completed, too.
  #isReady = false;
  readonly #liveness: PikkuLiveness;
  readonly #renewal: PikkuRenewal | undefined;
  #token: string | null = null;
  #refused: { readonly token: string | null; readonly about: Partial<PikkuStatusChange>; readonly error: PikkuError } | undefined;
  // True if the server has refused a token and has not accepted one since.
  #wasRefused = false;
  #closed: PikkuError | undefined;
  #isOver = false;
  readonly #waiters = new Set<{ resolve(): void; reject(error: unknown): void }>();

  constructor(
    channel: string, table: PikkuChannelTable, options: PikkuOptions<any>, source: PikkuSocket | PikkuSource,
    runOnOpen: (socket: PikkuSocket) => void | Promise<void>,
  ) {
    this.#channel = channel;
    this.keys = table.keys;
    this.subscriptions = table.subscriptions;
    this.#options = options;
    this.#runOnOpen = runOnOpen;
    this.#liveness = new PikkuLiveness(
      options.pingInterval ?? 25_000, () => this.#sendNow({ action: 'pikku-ping' }), error => this.#handleEnd({ code: 1006, error }));
    if ('create' in source) this.#source = source;
    else this.#suppliedSocket = source;
    if (this.#source && options.token) this.#renewal = new PikkuRenewal(options.token, token => this.#authenticate(token), error => this.report(error));
  }

  connect(): Promise<void> {
    if (this.status === 'open') return Promise.resolve();
    if (this.#isOver) return Promise.reject(this.#closed);
    const promise = new Promise<void>((resolve, reject) => {
      const settle = (how: () => void): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        how();
      };
      const waiter = { resolve: () => settle(resolve), reject: (error: unknown) => settle(() => reject(error)) };
      const timer = this.#startTimer(this.#options.timeout, limit => waiter.reject(
        new PikkuError('TimeoutError', `No connection within ${limit} ms; the route is ${this.status}.`, { cause: this.#lastError })));
      this.#waiters.add(waiter);
    });
    // Prevents an unhandled rejection: callers that do not wait for it learn about the end from the status.
    promise.catch(() => {});
    if (this.status === 'idle' || this.status === 'closed') void this.#open();
    return promise;
  }

  /** True if messages can be sent now. A closing socket accepts data and discards it. */
  get canSend(): boolean {
    return this.#isReady && this.#socket!.readyState === OPEN;
  }

  /** Adds a handler of a topic, which the client subscribes to on the server if `isRequested` is true. Returns a function that removes it. */
  subscribe(name: string, handler: PikkuTopicHandler, isRequested: boolean): () => void {
    if (this.#isOver) throw this.#closed;
    const topic = this.topics.get(name) ?? new PikkuSubscription(this, name);
    this.topics.set(name, topic);
    topic.isRequested ||= isRequested;
    topic.add(handler);
    if (isRequested && this.status === 'idle') void this.#open();
    return () => {
      if (topic.handlers.delete(handler)) topic.update();
    };
  }

  /** The error that has closed the route. */
  get closed(): PikkuError | undefined {
    return this.#closed;
  }

  /** A topic has lost events. */
  miss(): void {
    this.#hasMissed = true;
  }

  /** Reports losses once, when the server has answered all subscriptions. */
  tellMissed(): void {
    if (!this.#hasMissed || this.status !== 'open' || [...this.topics.values()].some(topic => topic.isSubscribing)) return;
    this.#hasMissed = false;
    this.#setStatus({ status: 'open', missed: true });
  }

  /** True if a lost connection may have cost something that no history brings back. */
  #mayHaveMissed(): boolean {
    const topics = [...this.topics.values()].filter(topic => topic.isUsed);
    return topics.length === 0 || !topics.every(topic => topic.canResume) || this.messages.size > 0 || this.binaries.size > 0;
  }

  /** Returns the events of a topic until events may be missing. */
  events(name: string, options: PikkuEventsOptions, isRequested: boolean): PikkuSequence<any> {
    const sequence: PikkuSequence<any> = new PikkuSequence<any>(options, () => {
      const fail = (error: PikkuError): void => sequence.end({ error });
      return this.subscribe(name, {
        onEvent: event => sequence.push(event), onDenied: fail, onEnded: fail,
        onInterrupted: (error, canResume) => canResume || fail(error),
        onLost: ({ reason }) => fail(new PikkuError('EventsLostError', `Events of the topic '${name}' are lost: ${reason}.`)),
      }, isRequested);
    });
    if (this.#closed) sequence.end({ error: this.#closed });
    // At once and not with the first turn of the loop, so that nothing is missed between this call and the loop.
    sequence.start();
    return sequence;
  }

  /** Sends a message when its first item is asked for, and returns the items of its answer. */
  stream(compose: (id: string) => PikkuEnvelope, options: PikkuStreamOptions = {}, direct?: PikkuSocket): PikkuSequence<any> {
    return new PikkuSequence<any>(options, sequence => {
      const abandoned = new AbortController();
      this.call(compose, { timeout: options.timeout, signal: abandoned.signal }, direct, item => sequence.push(item))
        .then(() => sequence.end(), error => sequence.end({ error }));
      return () => abandoned.abort();
    });
  }

  /** Sends a message with a new id and returns its answer. A message with `onItem` is answered with items before. */
  call(
    compose: (id: string) => PikkuEnvelope, { signal, timeout }: PikkuSendOptions = {}, direct?: PikkuSocket, onItem?: (item: unknown) => void,
  ): Promise<unknown> {
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
        onItem: onItem && (item => {
          clearTimeout(timer); // A stream may take any time.
          onItem(item);
        }),
      };
      const outgoing: PikkuOutgoing = { data, call };
      const abandon = (error: unknown): void => {
        // Only a message that was sent has something to cancel.
        if (this.#calls.get(id) === call) this.#sendNow({ action: 'pikku-cancel', id });
        call.reject(error);
      };
      const abort = (): void => abandon(signal!.reason);
      const timer = this.#startTimer(timeout ?? this.#options.timeout, limit => abandon(
        new PikkuError('TimeoutError', `No answer to ${name} within ${limit} ms; the route is ${this.status}.`, { cause: this.#lastError })));
      signal?.addEventListener('abort', abort);
      try {
        this.submit(outgoing, direct);
      } catch (error) {
        call.reject(error);
      }
    });
  }

  /** Presents a token on this connection and returns when the session expires. */
  async #authenticate(token: string): Promise<unknown> {
    const action = 'pikku-auth';
    const answer = await this.call(id => ({ name: action, id, data: JSON.stringify({ action, id, data: { token } }) }), {}, this.#socket);
    this.#token = token;
    return isObject(answer) ? answer['expiresAt'] : undefined;
  }

  /** The trace context for a message. If the application's function fails, the message is sent without a context. */
  traceparent(): string | undefined {
    try {
      return this.#options.traceparent?.();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  /** Sends a message of the client itself. Its callbacks run while the answer is received, before the next message. */
  request(action: string, data: PikkuJson, resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    const id = `p${++this.#lastId}`;
    const settle = (how: (value: unknown) => void) => (value: unknown): void => {
      this.#calls.delete(id);
      how(value);
    };
    try {
      this.#write({ data: JSON.stringify({ action, id, data }), call: { id, resolve: settle(resolve), reject: settle(reject) } });
    } catch (error) {
      reject(error);
    }
  }

  /** Sends a message now or after the connection opens. With a socket, the message is sent on that socket or not at all. */
  submit(outgoing: PikkuOutgoing, direct?: PikkuSocket): void {
    if (direct && direct !== this.#socket) throw new PikkuError('ConnectionLostError', 'The connection has ended.');
    if (this.#closed) throw this.#closed;
    if (direct || this.canSend) return this.#write(outgoing);

    if (this.status === 'idle') void this.#open();
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

  /** Sends a message that has no answer and must not wait. */
  #sendNow(message: PikkuJson): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(message));
  }

  #startTimer(limit: number | undefined = 30_000, late: (limit: number) => void): ReturnType<typeof setTimeout> | undefined {
    return limit > 0 && limit <= MAX_TIMER_MS ? setTimeout(() => late(limit), limit) : undefined;
  }

  async #open(): Promise<void> {
    const { token, connectTimeout = 15_000 } = this.#options;
    const tooLate = (): void => this.#handleEnd({ error: new PikkuError('TimeoutError', `No connection within ${connectTimeout} ms.`) });
    this.#lastError = this.#closed = undefined;
    const attempt = this.#beginStatus({ status: 'connecting' }, () => setTimeout(tooLate, connectTimeout));
    const isCurrent = (): boolean => attempt === this.#attempt;
    if (!isCurrent()) return;
    try {
      this.#token = this.#suppliedSocket ? null : ((await token?.({ reason: this.#refused ? 'refused' : 'connect' })) || null);
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
        error: new PikkuError('TimeoutError', `onConnect and onOpen did not complete within ${limit} ms.`, { cause: this.#lastError }),
      }));
      try {
        if (socket.protocol !== PROTOCOL) return this.#handleEnd({ code: 1002, error: wrongProtocol(socket) });
        this.#liveness.hear();
        const accepted = new Promise<void>(resolve => (this.#accept = resolve));
        this.#sendNow({ action: 'pikku-ping', ready: true });
        await Promise.all([accepted, this.#runOnOpen(socket)]);
        if (isCurrent()) this.#becomeOpen();
      } catch (error) {
        if (isCurrent()) this.#handleEnd({ error });
      }
    };
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', opened);
    socket.addEventListener('message', event => {
      if (!isCurrent()) return;
      this.#liveness.hear();
      try {
        this.#receive(event.data);
      } catch (error) {
        // An exception in a listener would end a Node.js process.
        this.report(error);
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
    const missed = this.#hasMissed || (this.#wasLost && this.#mayHaveMissed());
    this.#wasLost = this.#hasMissed = false;
    this.#isReady = true;
    this.#openedAt = Date.now();
    clearTimeout(this.#timer);
    for (const waiter of [...this.#waiters]) waiter.resolve();
    // Before the queued messages, so that events which these cause arrive.
    for (const topic of [...this.topics.values()]) topic.update();
    // Queued messages are sent before those that a callback sends.
    for (const outgoing of this.#queue) {
      try {
        this.#write(outgoing);
      } catch (error) {
        if (outgoing.call) outgoing.call.reject(error);
        else this.report(error);
      }
    }
    this.#queue.clear();
    this.#setStatus({ status: 'open', missed });
  }

  /** Handles the end of a connection or a failed attempt: waits for the next attempt or closes the route. */
  #handleEnd(end: PikkuEnd): void {
    const wasStable = this.#openedAt !== undefined && Date.now() - this.#openedAt >= STABLE_MS;
    this.#wasLost ||= this.#openedAt !== undefined;
    if (wasStable) {
      this.#failures = 0;
      this.#wasRefused = false;
    }
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
    this.#wasRefused ||= !!this.#refused;
    // A failure of `onConnect` is an answer to `connect`, although another attempt may succeed.
    if (!this.#refused && this.#failedOnConnect()) for (const waiter of [...this.#waiters]) waiter.reject(this.#endedBy(about));
    const retryInMs = this.#retryIn(end, backoffOf(this.#failures, minDelay, maxDelay));
    this.#failures++;
    this.#lastError = error;
    this.#closeSocket(new PikkuError('ConnectionLostError', 'The connection was lost before the answer arrived.', { cause: error }));
    if (!this.#closed) this.#beginStatus({ status: 'waiting', retryInMs, ...about }, () => setTimeout(() => void this.#open(), retryInMs));
  }

  /** Decides whether to reconnect. An explicit hint of the server overrides the meaning of the close code. */
  #decideRetry(end: PikkuEnd, wasStable: boolean): 'stop' | 'retry with new token' | 'retry' {
    const { code = 0, reason = '', isFinal, refusal } = end;
    const status = (refusal?.error ?? this.#failedOnConnect())?.status ?? 0;
    if (isFinal || (code >= 4400 && code <= 4499) || /retry=never\s*$/.test(reason)) return 'stop';
    if (hintOf(end) !== undefined) return 'retry';
    if (FINAL_CODES.has(code)) return 'stop';
    // The session of an action has ended, too; `onOpen` begins a new one.
    if (code === POLICY && wasStable && this.#options.onOpen) return 'retry';
    // With a 403, the server knows the user; another token of the same user changes nothing.
    if (status === 401 || (code === POLICY && status !== 403)) return this.#options.token && !this.#wasRefused ? 'retry with new token' : 'stop';
    return code === POLICY || isPermanent(status) ? 'stop' : 'retry';
  }

  /** The error that the server sent before `onConnect` had completed. */
  #failedOnConnect(): PikkuError | undefined {
    return !this.#isAccepted && this.#lastError instanceof PikkuError && this.#lastError.status > 0 ? this.#lastError : undefined;
  }

  /** The hint of the server applies, but after a failure never with a shorter delay than the backoff. */
  #retryIn(end: PikkuEnd, backoff: number): number {
    const hint = hintOf(end);
    if (hint !== undefined) return Math.max(Math.min(hint, MAX_HINT_MS), this.#failures > 0 ? backoff : 0);
    return backoff + Math.min(end.refusal?.retryAfterMs ?? 0, MAX_HINT_MS);
  }

  /** The error for everything that waits: the server's reason, or that the connection has ended. */
  #endedBy({ code, reason, error }: Partial<PikkuStatusChange>): PikkuError {
    const ended = new PikkuError('ClosedError', `The connection has ended: ${reason || error || code}`, { cause: error });
    if (!(error instanceof PikkuError) || error.status === 0) return ended;
    return new PikkuError(error.name, error.message, { ...error, cause: ended });
  }

  /** Ends the attempts and rejects everything that waits. Unless `isOver` is true, `connect` may connect again. */
  #end(about: Partial<PikkuStatusChange>, error: PikkuError, isOver: boolean): void {
    this.#closed = error;
    this.#isOver = isOver;
    this.#failures = 0;
    this.#wasRefused = false;
    this.#refused = undefined;
    this.#closeSocket(error);
    for (const { call } of [...this.#queue]) {
      if (call) call.reject(error);
      else this.report(error); // A binary frame has no caller to reject.
    }
    this.#queue.clear();
    for (const waiter of [...this.#waiters]) waiter.reject(error);
    this.#beginStatus({ ...about, status: 'closed' });
  }

  /** Closes the socket and rejects its open calls. */
  #closeSocket(error: PikkuError): void {
    const socket = this.#socket;
    const calls = [...this.#calls.values(), ...this.#unnamed];
    const wasReady = this.#isReady;
    this.#socket = this.#openedAt = undefined;
    this.#isAccepted = this.#isReady = false;
    this.#liveness.stop();
    this.#renewal?.stop();
    this.#attempt++;
    this.#unnamed = [];
    this.#life.abort(error);
    this.#life = new AbortController();
    // Before the calls, among which are those of subscriptions: their failure is no answer of the server.
    for (const topic of [...this.topics.values()]) topic.lose(error, wasReady, this.#closed !== undefined);
    for (const call of calls) call.reject(error);
    try {
      socket?.close(1000);
    } catch (failure) {
      this.report(failure);
    }
  }

  /** Enters a status that begins a new attempt or wait, and returns its number. */
  #beginStatus(change: PikkuStep, start?: () => ReturnType<typeof setTimeout>): number {
    clearTimeout(this.#timer);
    const attempt = ++this.#attempt;
    // The timer starts before callbacks run, because a callback may close the route.
    this.#timer = start?.();
    this.#watchPage(change.status !== 'closed');
    this.#setStatus(change);
    return attempt;
  }

  #setStatus(change: PikkuStep): void {
    const previous = this.status;
    this.status = change.status;
    this.#emit(this.statuses, { missed: false, ...change, previous });
  }

  // When the user returns to the page or the network returns, the connection may be dead, and an attempt may succeed.
  readonly #wake = (): void => {
    const page = (globalThis as { document?: { visibilityState?: string } }).document;
    if (page?.visibilityState === 'hidden') return;
    if (this.status === 'waiting') void this.#open();
    else this.#liveness.check();
  };

  #watchPage(on: boolean): void {
    const { addEventListener, removeEventListener, document } = globalThis as any;
    const method = on ? 'addEventListener' : 'removeEventListener';
    if (typeof addEventListener !== 'function' || typeof removeEventListener !== 'function') return;
    (globalThis as any)[method]('online', this.#wake);
    document?.[method]?.('visibilitychange', this.#wake);
  }

  /** Dispatches a message in the order of the protocol's last section. No message may break the client. */
  #receive(data: unknown): void {
    this.#lastError = undefined; // Only the last message can be the reason why the connection ends.
    if (typeof data !== 'string') {
      if (ArrayBuffer.isView(data)) return this.#emit(this.binaries, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      if (Object.prototype.toString.call(data) === '[object ArrayBuffer]') return this.#emit(this.binaries, new Uint8Array(data as ArrayBuffer));
      return this.report(new TypeError('The WebSocket delivers binary data in an unexpected form. It must support binaryType.'));
    }

    const message = parse(data);
    if (!isObject(message)) return this.#emit(this.messages, message === undefined ? data : message);
    const { action, id, topic, error, errorName } = message;
    const isReserved = typeof action === 'string' && action.startsWith('pikku-');
    if (isReserved && this.#receiveReserved(action, message)) return;

    const isRouted = isReserved || this.keys.some(key => isName(message[key]));
    const isReply = isReserved || Object.keys(message).every(name => ANSWER.has(name) || this.keys.includes(name));
    const call = isReply && id !== undefined ? this.#calls.get(id)
      : isReply && !isRouted && !('item' in message) ? this.#unnamed.shift()
      : undefined;
    if (call) {
      this.#isAccepted = true;
      if (isObject(error)) call.reject(errorOf(error));
      else if ('item' in message) call.onItem?.(message['item']);
      else call.resolve(message['data']);
      return;
    }
    if (typeof topic === 'string' && !isRouted && ('data' in message || isMark(message))) return this.topics.get(topic)?.receive(message);
    // The answer of an abandoned call.
    if (isReply && typeof id === 'string' && /^p\d+$/.test(id)) return;

    if (isObject(error) || typeof errorName === 'string') {
      this.#lastError = errorOf(isObject(error) ? error : { name: errorName, message: error });
      // Not reported to the console: if the error matters, the connection ends with it.
      if (this.#options.onError) this.report(this.#lastError);
      return;
    }
    const { message: name } = message;
    if (typeof name === 'string' && 'data' in message && !isRouted) this.#emit(this.messages, message['data'], name);
    else if (!isReserved) this.#emit(this.messages, message);
  }

  /** Handles a message of the protocol that answers no call. */
  #receiveReserved(action: string, message: PikkuJson): boolean {
    const { subscribed, error } = message;
    if (action === 'pikku-rpc-request') void this.#answer(message).catch(failure => this.report(failure));
    else if (action === 'pikku-unsubscribed') this.topics.get(subscribed as string)?.end(errorOf(isObject(error) ? error : {}));
    else if (action !== 'pikku-pong') return false;
    else if (message['ready'] === true) {
      this.#isAccepted = true;
      this.#renewal?.plan(message['expiresAt']);
      this.#accept?.();
    }
    return true;
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

  #emit(listeners: PikkuListeners, value: unknown, about?: unknown): void {
    for (const { callback } of [...listeners]) this.run(callback, value, about);
  }

  /** Runs a callback of the application, which must not break the client. */
  run(callback: PikkuListener, value: unknown, about?: unknown): void {
    try {
      const result = callback(value, about);
      // Any thenable may be returned; nothing else handles its rejection.
      if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') Promise.resolve(result).catch(error => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }

  report(error: unknown): void {
    try {
      if (this.#options.onError) this.#options.onError(error);
      else console.error(`A callback or a subscription of the channel '${this.#channel}' failed:`, error);
    } catch (second) {
      console.error(second);
    }
  }
}

/** The state of a topic, kept up to date. Created by `PikkuRoute.live`. */
class PikkuLive<S> {
  readonly #connection: PikkuConnection;
  readonly #topic: string;
  readonly #reduce: PikkuReduce<S, any>;
  readonly #handler: PikkuTopicHandler;
  readonly #stop: () => void;
  readonly #listeners: PikkuListeners = new Set();
  #value: S | undefined;
  #status: PikkuLiveStatus = 'loading';
  #error: PikkuError | undefined;
  #isOver = false;
  // The number of reloads since the last event that was applied.
  #reloads = 0;

  /** @param load Creates the state from a snapshot. */
  constructor(connection: PikkuConnection, topic: string, reduce: PikkuReduce<S, any>, load = (snapshot: any): S => snapshot) {
    this.#connection = connection;
    this.#topic = topic;
    this.#reduce = reduce;
    const fail = (error: PikkuError): void => {
      this.#isOver = true;
      this.#change('closed', error);
    };
    this.#handler = {
      onEvent: (event, info) => this.#apply(event, info),
      onSnapshot: value => {
        this.#value = load(value);
        this.#change('live');
      },
      onSubscribed: () => {
        if (this.#status !== 'live') this.#change('live');
      },
      onInterrupted: (error, _, isFinal) => this.#change(isFinal ? 'closed' : this.#value === undefined ? 'loading' : 'stale', isFinal ? error : undefined),
      // The snapshot replaces what was lost.
      onLost: () => {},
      onDenied: fail,
      onEnded: fail,
    };
    if (connection.closed) this.#change('closed', connection.closed);
    this.#stop = connection.subscribe(topic, this.#handler, true);
  }

  /** The state; undefined until it is loaded. After a loss or an error, it is the last one that was known. */
  get value(): S | undefined {
    return this.#value;
  }

  get status(): PikkuLiveStatus {
    return this.#status;
  }

  /** Why the state is `closed`: the server has refused or ended the subscription, or the route has closed. */
  get error(): PikkuError | undefined {
    return this.#error;
  }

  /** Adds a callback for changes of the value, the status and the error. Call the returned function to remove it. */
  onChange(callback: (live: this) => void): () => void {
    const entry = { callback };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** Loads the state again. */
  reload(): void {
    if (this.#isOver || !this.#handler.isLive) return;
    this.#connection.topics.get(this.#topic)?.reload(this.#handler, this.#reloads++);
    this.#change('stale');
  }

  /** Ends the subscription. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stop();
    this.#change('closed');
    this.#listeners.clear();
  }

  #apply(event: unknown, info: PikkuEventInfo): void {
    const reload = (): S => {
      this.reload();
      return this.#value!;
    };
    try {
      const value = this.#reduce(this.#value!, event, { ...info, reload });
      if (!this.#handler.isLive) return;
      this.#value = value;
      this.#reloads = 0;
      this.#change(this.#status);
    } catch (error) {
      // The state may be half changed. The snapshot already contains the event, or the next attempt follows after a delay.
      this.#connection.report(error);
      this.reload();
    }
  }

  #change(status: PikkuLiveStatus, error?: PikkuError): void {
    this.#status = status;
    this.#error = error;
    for (const { callback } of [...this.#listeners]) this.#connection.run(callback, this);
  }
}

/** The entries of a topic by their key, kept up to date. `V` is the type of an entry, and `E` that of a change. */
abstract class PikkuKeyed<V, E> {
  readonly #values = new Map<string, V>();
  readonly #live: PikkuLive<ReadonlyMap<string, V>>;
  readonly #listeners: PikkuListeners = new Set();
  // The changes that no listener has been told yet.
  #changes: E[] = [];
  #view: unknown;

  constructor(connection: PikkuConnection, topic: string) {
    this.#live = new PikkuLive(connection, topic, (_, event) => this.#apply(event), snapshot => this.#replace(this.valuesIn(snapshot)));
    this.#live.onChange(() => {
      const changes = this.#changes;
      this.#changes = [];
      for (const { callback } of [...this.#listeners]) connection.run(callback, this, changes);
    });
  }

  get status(): PikkuLiveStatus {
    return this.#live.status;
  }

  /** Why the entries are `closed`. */
  get error(): PikkuError | undefined {
    return this.#live.error;
  }

  /**
   * Adds a callback for changes of the entries, the status and the error. It is called with the changes of the entries in their order: one for
   * an event, all differences if the entries were loaded again, and none otherwise. Call the returned function to remove it.
   */
  onChange(callback: (entries: this, changes: readonly E[]) => void): () => void {
    const entry = { callback };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** Ends the subscription. The last known entries remain. */
  close(): void {
    this.#live.close();
    this.#listeners.clear();
  }

  /** Returns what `make` creates from the values, which are in the order in which their keys came. It is created again after a change. */
  protected view<T>(make: (values: ReadonlyMap<string, V>) => T): T {
    return (this.#view ??= make(this.#values)) as T;
  }

  /** Reads a snapshot. */
  protected abstract valuesIn(snapshot: unknown): Map<string, V>;

  /** Reads an event: a value, or null for an entry that was removed. Returns undefined for an event that this client does not know. */
  protected abstract valueIn(event: PikkuJson): { readonly value: V } | null | undefined;

  protected abstract changeOf(key: string, value: V, what: 'added' | 'updated' | 'removed'): E;

  // The values may already contain the change, so only differences count.
  #apply(event: unknown): ReadonlyMap<string, V> {
    const key = isObject(event) ? event['key'] : undefined;
    if (typeof key !== 'string') return this.#values;
    const change = this.valueIn(event as PikkuJson);
    if (change) this.#set(key, change.value);
    else if (change === null) this.#remove(key);
    return this.#values;
  }

  #replace(values: Map<string, V>): ReadonlyMap<string, V> {
    for (const key of [...this.#values.keys()]) if (!values.has(key)) this.#remove(key);
    for (const [key, value] of values) this.#set(key, value);
    return this.#values;
  }

  #set(key: string, value: V): void {
    const isNew = !this.#values.has(key);
    if (!isNew && JSON.stringify(this.#values.get(key)) === JSON.stringify(value)) return;
    this.#values.set(key, value);
    this.#note(this.changeOf(key, value, isNew ? 'added' : 'updated'));
  }

  #remove(key: string): void {
    if (!this.#values.has(key)) return;
    const value = this.#values.get(key) as V;
    this.#values.delete(key);
    this.#note(this.changeOf(key, value, 'removed'));
  }

  #note(change: E): void {
    this.#view = undefined;
    this.#changes.push(change);
  }
}

/** Who is present in a topic, kept up to date. Created by `PikkuRoute.presence`. */
class PikkuPresence<I> extends PikkuKeyed<I, PikkuPresenceChange<I>> {
  /** The connections; those that have joined later are last. A change creates another list. */
  get entries(): readonly PikkuPresenceEntry<I>[] {
    return this.view(values => Array.from(values, ([key, info]) => ({ key, info })));
  }

  /** The infos without repetitions: a user with two tabs is listed once if both tabs have the same info. */
  get infos(): I[] {
    return [...new Map(this.entries.map(({ info }) => [JSON.stringify(info), info])).values()];
  }

  protected override valuesIn(snapshot: unknown): Map<string, I> {
    return new Map((Array.isArray(snapshot) ? snapshot : []).map(({ key, info }: PikkuPresenceEntry<I>) => [key, info]));
  }

  protected override valueIn(event: PikkuJson): { readonly value: I } | null | undefined {
    if ('left' in event) return null;
    return 'joined' in event ? { value: event['joined'] as I } : 'updated' in event ? { value: event['updated'] as I } : undefined;
  }

  protected override changeOf(key: string, info: I, what: 'added' | 'updated' | 'removed'): PikkuPresenceChange<I> {
    return what === 'added' ? { key, joined: info } : what === 'updated' ? { key, updated: info } : { key, left: info };
  }
}

/** The entries of a state topic, kept up to date. Created by `PikkuRoute.state`. */
class PikkuEntries<V> extends PikkuKeyed<V, PikkuEntryChange<V>> {
  /** The value of each key. A change creates another map. */
  get entries(): ReadonlyMap<string, V> {
    return this.view(values => new Map(values));
  }

  protected override valuesIn(snapshot: unknown): Map<string, V> {
    return new Map(isObject(snapshot) ? (Object.entries(snapshot) as [string, V][]) : []);
  }

  protected override valueIn(event: PikkuJson): { readonly value: V } | null | undefined {
    return event['removed'] === true ? null : 'value' in event ? { value: event['value'] as V } : undefined;
  }

  protected override changeOf(key: string, value: V, what: 'added' | 'updated' | 'removed'): PikkuEntryChange<V> {
    return what === 'removed' ? { key, removed: true } : { key, value };
  }
}

/** A connection to one channel. Created by `PikkuWebSocket.getRoute`. */
class PikkuRoute<C extends PikkuChannel<S>, S extends PikkuChannels<S> = Channels> {
  /** Shows the types of the channels to code that works with any client. It has no value. */
  declare readonly types?: S;
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

  /** The status of the route. */
  get status(): PikkuStatus {
    return this.#connection.status;
  }

  /**
   * Connects the route before the first message, or again if the server has closed it. Resolves when the server's `onConnect` and `onOpen`
   * have completed. Rejects with the server's error if `onConnect` fails or the server refuses the connection for good, and with
   * `TimeoutError` after the `timeout` of the options; in that case the route keeps connecting.
   */
  connect(): Promise<void> {
    return this.#connection.connect();
  }

  /** Calls an action of the first routing key. */
  send<A extends PikkuAction<C, undefined, S>>(
    action: A, ...args: PikkuArguments<PikkuInput<C, A, undefined, S>>
  ): Promise<PikkuOutput<C, A, undefined, S>> {
    return this.#send(this.#connection.keys[0], action, args) as Promise<any>;
  }

  /**
   * Calls an action that answers with a stream, when the first item is asked for. Leaving the loop cancels the call on the server. The loop
   * fails if the connection is lost, or if it is too slow, see `buffer`.
   */
  stream<A extends PikkuStream<C, undefined, S>>(
    action: A, ...args: PikkuArguments<PikkuInput<C, A, undefined, S>, PikkuStreamOptions>
  ): AsyncIterableIterator<PikkuItem<C, A, undefined, S>> {
    return this.#stream(this.#connection.keys[0], action, args);
  }

  /** Calls actions of another routing key. */
  via<K extends PikkuKey<C, S>>(key: K): {
    send<A extends PikkuAction<C, K, S>>(action: A, ...args: PikkuArguments<PikkuInput<C, A, K, S>>): Promise<PikkuOutput<C, A, K, S>>;
    stream<A extends PikkuStream<C, K, S>>(
      action: A, ...args: PikkuArguments<PikkuInput<C, A, K, S>, PikkuStreamOptions>
    ): AsyncIterableIterator<PikkuItem<C, A, K, S>>;
  } {
    return {
      send: (action, ...args) => this.#send(key, action, args) as Promise<any>,
      stream: (action, ...args) => this.#stream(key, action, args),
    };
  }

  /**
    * Sends a message that matches no action to the channel's default handler. An object is sent with an additional property `id`,
    * unless it has
    * an `id` that is a string or a number; that id must be unique among open calls. A string is sent unchanged, other values as JSON.
    * Those have
    * no id, so their answers are matched by order alone, and `pikku.channel.max-in-flight` must be 1.
   */
  fallback(...args: [S[C]['fallback']] extends [never] ? [none: never] : PikkuArguments<PikkuIn<S[C]['fallback']>>):
    Promise<PikkuOut<S[C]['fallback']>> {
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
  sendBinary(...[bytes]: S[C]['binary'] extends true ? [bytes: Uint8Array] : [none: never]): void {
    // Copied, because the frame may have to wait.
    this.#connection.submit({ data: Uint8Array.from(bytes as Uint8Array) }, this.#direct);
  }

  /**
   * Adds a handler for the events of a topic. Call the returned function to remove it. The client subscribes to the topic with its first
   * handler, after each reconnect again, and ends the subscription with the last handler. If the topic has history, the events that were
   * published while the connection was lost follow; `onLost` tells if the server no longer has them. Topics that clients cannot subscribe to
   * have no options: the server decides which of their events it sends, usually by an action.
   */
  subscribe<T extends PikkuTopic<C, S>>(
    topic: T,
    ...args: [
      ...key: PikkuTopicKey<C, T, S>, handler: (event: PikkuEvent<C, T, S>, info: PikkuEventInfo) => void, ...options: PikkuTopicOptions<C, T, S>,
    ]
  ): () => void {
    const { name, rest: [handler, options], isRequested } = this.#topic(topic, args);
    const onEvent = handler as PikkuTopicHandler['onEvent'];
    return this.#connection.subscribe(name, { ...(options as PikkuSnapshotOptions<unknown> | undefined), onEvent }, isRequested);
  }

  /**
   * Returns the events of a topic for a `for await` loop, from now on. The loop fails if the server refuses or ends the subscription, if
   * events are lost (of a topic without history, with the connection), and if it is too slow, see `buffer`.
   */
  events<T extends PikkuTopic<C, S>>(topic: T, ...args: [...key: PikkuTopicKey<C, T, S>, options?: PikkuEventsOptions]):
    AsyncIterableIterator<PikkuEvent<C, T, S>> {
    const { name, rest: [options = {}], isRequested } = this.#topic(topic, args);
    return this.#connection.events(name, options as PikkuEventsOptions, isRequested);
  }

  /**
   * Keeps the state of a topic up to date: the snapshot, to which `reduce` applies each event. If events are lost, the state is loaded again.
   * Call `close` to end it.
   */
  live<T extends PikkuLiveTopic<C, S>>(
    topic: T, ...args: [...key: PikkuTopicKey<C, T, S>, reduce: PikkuReduce<PikkuSnapshot<C, T, S>, PikkuEvent<C, T, S>>]
  ): PikkuLive<PikkuSnapshot<C, T, S>> {
    const { name, rest: [reduce] } = this.#topic(topic, args);
    return new PikkuLive(this.#connection, name, reduce as PikkuReduce<PikkuSnapshot<C, T, S>, unknown>);
  }

  /** Keeps the list of who is present in a topic up to date. Call `close` to end it. */
  presence<T extends PikkuPresenceTopic<C, S>>(topic: T, ...key: PikkuTopicKey<C, T, S>): PikkuPresence<PikkuPresenceInfo<C, T, S>> {
    return new PikkuPresence(this.#connection, this.#topic(topic, key).name);
  }

  /** Keeps the entries of a state topic up to date. Call `close` to end it. */
  state<T extends PikkuStateTopic<C, S>>(topic: T, ...key: PikkuTopicKey<C, T, S>): PikkuEntries<PikkuStateValue<C, T, S>> {
    return new PikkuEntries(this.#connection, this.#topic(topic, key).name);
  }

  /**
   * Adds a callback for messages that belong to no topic and no call. JSON is parsed; other text is passed unchanged. The second argument
   * is the name of a message that the channel declares. Call the returned function to remove the callback.
   */
  onMessage(callback: (message: S[C]['messages'], name?: string) => void): () => void {
    return this.#add(this.#connection.messages, callback);
  }

  /** Adds a callback for binary frames. Call the returned function to remove it. */
  onBinary(callback: (bytes: Uint8Array) => void): () => void {
    return this.#add(this.#connection.binaries, callback);
  }

  /** Adds a callback for changes of `status`. Call the returned function to remove it. */
  onStatus(callback: (change: PikkuStatusChange) => void): () => void {
    return this.#add(this.#connection.statuses, callback);
  }

  /** Exposes a function to the server. Exceptions of the function are sent to the server. Call the returned function to remove it. */
  expose<F extends keyof S[C]['remotes'] & string>(
    name: F,
    remote: (input: PikkuIn<S[C]['remotes'][F]>, context: PikkuRemoteContext)
      => PikkuOut<S[C]['remotes'][F]> | Promise<PikkuOut<S[C]['remotes'][F]>>,
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
    return this.#connection.call(this.#compose(key, action, data), options, this.#direct);
  }

  #stream(key: string | undefined, action: string, [data, options]: readonly [unknown?, PikkuStreamOptions?]): AsyncIterableIterator<any> {
    return this.#connection.stream(this.#compose(key, action, data), options, this.#direct);
  }

  #compose(key = 'action', action: string, data: unknown): (id: string) => PikkuEnvelope {
    const traceparent = this.#connection.traceparent();
    return id => ({ name: action, id, data: JSON.stringify({ [key]: action, id, data, traceparent }) });
  }

  /** Reads the arguments after a topic, which begin with the key of a family. */
  #topic(topic: string, args: readonly unknown[]): { name: string; rest: readonly unknown[]; isRequested: boolean } {
    const isRequested = this.#connection.subscriptions.includes(topic);
    if (!isRequested || !topic.includes('{')) return { name: topic, rest: args, isRequested };
    const [key, ...rest] = args;
    return { name: topicName(topic, key as PikkuJson), rest, isRequested };
  }

  #add(listeners: PikkuListeners, callback: PikkuListener): () => void {
    const entry = { callback };
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }
}

export type { PikkuEntries, PikkuLive, PikkuPresence, PikkuRoute };

/** A client for the channels of a server. Each route has its own connection, which is opened on first use. */
export class PikkuWebSocket<S extends PikkuChannels<S> = Channels> {
  /** The channels of the application. */
  protected readonly channels: PikkuTables<S> = channels as PikkuTables<any>;
  readonly #options: PikkuOptions<S>;
  readonly #base: URL | undefined;
  readonly #WebSocket: PikkuSocketConstructor | undefined;
  readonly #socket: PikkuSocket | undefined;
  readonly #routes = new Map<string, PikkuRoute<any, S>>();
  #isClosed = false;

  /**
    * @param urlOrSocket The address of the server, such as `wss://example.com/prefix`. The schemes http and https are accepted as
    * well, and in a
    * browser the address may be relative to the page. Or a WebSocket with the subprotocol `pikku.v1`, which can have only one route.
   */
  constructor(urlOrSocket: string | URL | PikkuSocket, options: PikkuOptions<S> = {}) {
    this.#options = options;
    if (typeof urlOrSocket === 'string' || urlOrSocket instanceof URL) {
      const page = (globalThis as { location?: { href: string } }).location;
      const base = new URL(urlOrSocket, page?.href);
      base.protocol = base.protocol.replace(/^http/, 'ws');
      base.hash = '';
      this.#base = base;
      const platform = globalThis as { WebSocket?: PikkuSocketConstructor };
      this.#WebSocket = options.WebSocket ?? platform.WebSocket;
      if (!this.#WebSocket) throw new TypeError('This platform has no WebSocket. Set the option WebSocket.');
    } else {
      // A connecting socket has no protocol yet; it is checked later.
      if (urlOrSocket.readyState === OPEN && urlOrSocket.protocol !== PROTOCOL)
        throw wrongProtocol(urlOrSocket);
      this.#socket = urlOrSocket;
    }
  }

  /** Returns the route to a channel; the same opening data (path parameters and query) returns the same route. Does not connect. */
  getRoute<C extends PikkuChannel<S>>(name: C, ...[opening]: PikkuOpening<S[C]['opening']>): PikkuRoute<C, S> {
    if (this.#isClosed) throw new PikkuError('ClosedError', 'The client was closed.');
    const table = this.channels[name];
    const url = this.#base ? address(this.#base, name, table.path, (opening ?? {}) as PikkuJson) : '';
    const key = `${name} ${url}`;
    const known = this.#routes.get(key);
    if (known) return known;
    if (this.#socket && this.#routes.size > 0) throw new TypeError('A client with a WebSocket has only one route. Pass a URL instead.');

    const forget = (): void => void this.#routes.delete(key);
    const connection: PikkuConnection = new PikkuConnection(
      name, table, this.#options, this.#socket ?? this.#source(url),
      socket => this.#options.onOpen?.(new PikkuRoute<any, S>(name, connection, forget, socket)));
    const route = new PikkuRoute<C, S>(name, connection, forget);
    this.#routes.set(key, route);
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
