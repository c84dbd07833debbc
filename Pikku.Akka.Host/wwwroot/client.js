// A typed client for channels of Pikku.Akka: WebSockets with the subprotocol pikku.v1. One file without dependencies, for browsers and for
// whatever else has WebSockets. `docs/protocol.md` says what goes over the wire.
const channels = {
    'chat': { path: '/chat', keys: ['action'] },
    'todos-live': { path: '/', keys: ['action'] },
};
/**
 * What the server answered instead of a result, or why there is no answer; then `status` is 0 and `name` one of `TimeoutError`,
 * `ConnectionLostError` (the function may have run, or not), `OfflineError` (nothing was sent) and `ClosedError`.
 */
export class PikkuError extends Error {
    /** The HTTP status that says the same. */
    status;
    /** The rules that the input breaks. */
    details;
    /** Under which the server's log has it. */
    errorId;
    constructor(name, message, more = {}) {
        super(message, more.cause === undefined ? undefined : { cause: more.cause });
        this.name = name;
        this.status = typeof more.status === 'number' ? more.status : 0;
        if (Array.isArray(more.details))
            this.details = more.details;
        if (typeof more.errorId === 'string')
            this.errorId = more.errorId;
    }
}
const PROTOCOL = 'pikku.v1';
const OPEN = 1;
// Codes after which the same would happen again, or the server wants no more; see "Closing" in the protocol. All others reconnect.
const FINAL_CODES = new Set([1000, 1002, 1003, 1007, 1009]);
// A server that lets go of everybody spreads the returns over seconds; nobody is to be sent away for longer than this, in ms.
const LONGEST_HINT_MS = 300_000;
// A connection that ends sooner counts as a failure: else one that is accepted and then thrown out would come back without a pause.
const STABLE_MS = 5_000;
// What a socket may hold back: behind this the network is too slow for what is sent, and memory would fill.
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;
// Timers of JavaScript take no longer time and fire at once instead.
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isName = (value) => typeof value === 'string' || typeof value === 'number';
function errorOf({ name, message, ...more }) {
    return new PikkuError(typeof name === 'string' ? name : 'Error', typeof message === 'string' ? message : '', more);
}
const wrongProtocol = (socket) => new TypeError(`The WebSocket speaks '${socket.protocol}' and not '${PROTOCOL}': that is to be offered when it is made.`);
function parse(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined; // no JSON text has this value
    }
}
/** Fills the path of a channel, in the syntax of ASP.NET Core, from the opening data; the rest becomes the query. */
function address(base, channel, path, opening) {
    const rest = new Map(Object.entries(opening).filter(([, value]) => value !== undefined && value !== null));
    const text = (value) => Array.isArray(value) ? value.map(text).join(',') : value instanceof Date ? value.toISOString() : String(value);
    const take = (parameter) => {
        // Names of parameters have no case.
        const name = [...rest.keys()].find(key => key.toLowerCase() === parameter.toLowerCase());
        if (name === undefined)
            return '';
        const value = text(rest.get(name));
        rest.delete(name);
        return value;
    };
    const filled = path.replace(/\{(\*{0,2})([^{}:=?*]+)((?:[^{}]|\{\{|\}\})*)\}/g, (_, star, parameter, suffix) => {
        const value = take(parameter);
        if (!value && !star && !suffix.includes('=') && !suffix.endsWith('?'))
            throw new TypeError(`The channel '${channel}' needs '${parameter}' in its opening data.`);
        const segments = star ? value.split('/') : [value];
        // A URL has no way to write dots: they would lead to another path. And of slashes ASP.NET Core leaves the escapes to the application.
        if (segments.some(segment => segment === '.' || segment === '..' || segment.includes('/')))
            throw new TypeError(`'${parameter}' of the channel '${channel}' can't be '${value}'.`);
        return segments.map(encodeURIComponent).join('/');
    });
    const url = new URL(base);
    // Of optional parameters that are left out, the slashes go too.
    url.pathname = url.pathname.replace(/\/+$/, '') + (filled.replace(/\/+$/, '') || '/');
    for (const [name, value] of rest)
        url.searchParams.set(name, text(value));
    return url.href;
}
/** The connection of a route, and all that outlives a single socket. Knows nothing of types. */
class PikkuConnection {
    topics = new Map();
    messages = new Set();
    binaries = new Set();
    states = new Set();
    remotes = new Map();
    keys;
    state = 'idle';
    #channel;
    #options;
    #createSocket;
    #greet;
    #queue = new Set();
    #calls = new Map();
    #unnamed = [];
    #lastId = 0;
    #given;
    #socket;
    #life = new AbortController();
    // What an attempt began ends with it: whatever wakes up in a later one has nothing to say any more.
    #attempt = 0;
    #failures = 0;
    #timer;
    #openedAt;
    #lost = false;
    #trouble;
    #closed;
    #isOver = false;
    #ready;
    constructor(channel, keys, options, source, greet) {
        this.#channel = channel;
        this.keys = keys;
        this.#options = options;
        this.#greet = greet;
        if (typeof source === 'function')
            this.#createSocket = source;
        else
            this.#given = source;
    }
    connect() {
        if (this.state === 'open')
            return Promise.resolve();
        if (this.#isOver)
            return Promise.reject(this.#closed);
        if (!this.#ready) {
            let resolve, reject;
            const promise = new Promise((...both) => ([resolve, reject] = both));
            // Who does not wait for it learns of the end by the state: no unhandled rejection.
            promise.catch(() => { });
            this.#ready = { promise, resolve, reject };
        }
        const { promise } = this.#ready;
        if (this.state === 'idle' || this.state === 'closed')
            void this.#open();
        return promise;
    }
    /** Sends a message with an id of its own, and gives its answer. */
    call(compose, { signal, timeout } = {}, direct) {
        return new Promise((resolve, reject) => {
            signal?.throwIfAborted();
            const { name, id, data } = compose(`p${++this.#lastId}`);
            if (this.#calls.has(id))
                throw new PikkuError('ConflictError', `A message with the id ${String(id)} is under way.`);
            const limit = timeout ?? this.#options.timeout ?? 30_000;
            const settle = (how) => {
                clearTimeout(timer);
                signal?.removeEventListener('abort', abort);
                this.#queue.delete(outgoing);
                if (this.#calls.get(id) === outgoing.call)
                    this.#calls.delete(id);
                how();
            };
            const call = {
                id,
                resolve: value => settle(() => resolve(value)),
                reject: error => settle(() => reject(error)),
            };
            const outgoing = { data, call };
            const abort = () => call.reject(signal.reason);
            const late = () => call.reject(new PikkuError('TimeoutError', `No answer to ${name} within ${limit} ms; the route is ${this.state}.`, { cause: this.#trouble }));
            const timer = limit > 0 && limit <= LONGEST_TIMER_MS ? setTimeout(late, limit) : undefined;
            signal?.addEventListener('abort', abort);
            try {
                this.submit(outgoing, direct);
            }
            catch (error) {
                call.reject(error);
            }
        });
    }
    /** Sends now, or once there is a connection. With a socket, on that one or not at all. */
    submit(outgoing, direct) {
        if (direct && direct !== this.#socket)
            throw new PikkuError('ConnectionLostError', 'That connection has ended.');
        if (this.#closed)
            throw this.#closed;
        if (this.state === 'open' || direct)
            return this.#write(outgoing);
        if (this.state === 'idle')
            void this.#open();
        if (this.#options.offline === 'refuse')
            throw new PikkuError('OfflineError', 'There is no connection.');
        if (this.#queue.size >= (this.#options.maxQueued ?? 256))
            throw new PikkuError('OfflineError', 'There is no connection, and too much waits for one.');
        this.#queue.add(outgoing);
    }
    /** Ends it for good. */
    close() {
        if (!this.#isOver)
            this.#end({}, new PikkuError('ClosedError', 'The route was closed.'), true);
    }
    #write({ data, call }) {
        const socket = this.#socket;
        if (socket.bufferedAmount > MAX_BUFFERED_BYTES)
            throw new PikkuError('OfflineError', 'The connection is too slow for what is sent.');
        socket.send(data);
        if (call?.id !== undefined)
            this.#calls.set(call.id, call);
        else if (call)
            this.#unnamed.push(call);
    }
    async #open() {
        const { token, connectTimeout = 15_000 } = this.#options;
        const tooLate = () => this.#lose({ error: new PikkuError('TimeoutError', `No connection within ${connectTimeout} ms.`) });
        this.#trouble = this.#closed = undefined;
        const attempt = this.#begin({ state: 'connecting' }, () => setTimeout(tooLate, connectTimeout));
        const isCurrent = () => attempt === this.#attempt;
        if (!isCurrent())
            return;
        try {
            const bearer = this.#given ? null : ((await token?.()) ?? null);
            if (isCurrent())
                this.#listen((this.#socket = this.#given ?? this.#createSocket(bearer)), isCurrent);
        }
        catch (error) {
            if (isCurrent())
                this.#lose({ error });
        }
    }
    #listen(socket, isCurrent) {
        let wasOpen = false;
        const opened = async () => {
            if (!isCurrent())
                return;
            wasOpen = true;
            clearTimeout(this.#timer);
            try {
                if (socket.protocol !== PROTOCOL)
                    return this.#lose({ code: 1002, error: wrongProtocol(socket) });
                await this.#greet(socket);
                if (isCurrent())
                    this.#opened();
            }
            catch (error) {
                if (isCurrent())
                    this.#lose({ error });
            }
        };
        socket.binaryType = 'arraybuffer';
        socket.addEventListener('open', opened);
        socket.addEventListener('message', event => isCurrent() && this.#receive(event.data));
        socket.addEventListener('close', ({ code, reason }) => isCurrent() && this.#lose({ code, reason }));
        // Not everywhere does a close follow when no connection came about.
        socket.addEventListener('error', () => isCurrent() && !wasOpen && this.#lose({ code: 1006 }));
        if (socket.readyState === OPEN)
            void opened();
        else if (socket.readyState > OPEN)
            this.#lose({ code: 1006 });
    }
    #opened() {
        const missed = this.#lost;
        this.#lost = false;
        this.#openedAt = Date.now();
        this.#ready?.resolve();
        this.#ready = undefined;
        // What has waited goes before what a callback sends.
        for (const outgoing of this.#queue) {
            try {
                this.#write(outgoing);
            }
            catch (error) {
                if (outgoing.call)
                    outgoing.call.reject(error);
                else
                    this.#report(error);
            }
        }
        this.#queue.clear();
        this.#enter({ state: 'open', missed });
    }
    /** The connection has ended, or none came about: waits for the next attempt, if there is to be one. */
    #lose({ code, reason, error = this.#trouble }) {
        this.#lost ||= this.#openedAt !== undefined;
        if (this.#openedAt !== undefined && Date.now() - this.#openedAt >= STABLE_MS)
            this.#failures = 0;
        const { minDelay = 500, maxDelay = 30_000, maxAttempts = Infinity } = this.#options.reconnect || {};
        const about = {
            ...(code === undefined ? {} : { code }),
            ...(reason ? { reason } : {}),
            ...(error === undefined ? {} : { error }),
        };
        if (this.#given || this.#options.reconnect === false || FINAL_CODES.has(code) || this.#failures >= maxAttempts) {
            const ended = new PikkuError('ClosedError', `The connection has ended: ${reason || error || code}`, { cause: error });
            return this.#end(about, ended, !!this.#given);
        }
        const hint = code === 1001 ? /retry-after-ms=(\d+)\s*$/.exec(reason ?? '')?.[1] : undefined;
        // Full jitter: clients that were lost together do not come back together.
        const backoff = Math.random() * Math.min(maxDelay, minDelay * 2 ** this.#failures++);
        const retryInMs = hint ? Math.min(Number(hint), LONGEST_HINT_MS) : Math.round(backoff);
        this.#trouble = error;
        this.#drop(new PikkuError('ConnectionLostError', 'The connection was lost before the answer came.', { cause: error }));
        if (!this.#closed)
            this.#begin({ state: 'waiting', retryInMs, ...about }, () => setTimeout(() => void this.#open(), retryInMs));
    }
    /** No more attempts: who waits is told. Unless it is over, `connect` may begin anew. */
    #end(about, error, isOver) {
        this.#closed = error;
        this.#isOver = isOver;
        this.#failures = 0;
        this.#drop(error);
        for (const { call } of [...this.#queue])
            call?.reject(error);
        this.#queue.clear();
        this.#ready?.reject(error);
        this.#ready = undefined;
        this.#begin({ ...about, state: 'closed' });
    }
    /** Lets go of the socket and of all that was under way on it. */
    #drop(error) {
        const socket = this.#socket;
        const calls = [...this.#calls.values(), ...this.#unnamed];
        this.#socket = this.#openedAt = undefined;
        this.#attempt++;
        this.#unnamed = [];
        this.#life.abort(error);
        this.#life = new AbortController();
        for (const call of calls)
            call.reject(error);
        socket?.close(1000);
    }
    /** Enters a state in which something new begins, and gives the number of that. */
    #begin(change, start) {
        clearTimeout(this.#timer);
        const attempt = ++this.#attempt;
        // First the timer, then the news: a callback may close the route.
        this.#timer = start?.();
        this.#watch(change.state === 'waiting');
        this.#enter(change);
        return attempt;
    }
    #enter(change) {
        const previous = this.state;
        this.state = change.state;
        this.#emit(this.states, { missed: false, ...change, previous });
    }
    // Whoever comes back to the page, or to the net, does not want to wait for a timer.
    #hurry = () => {
        const page = globalThis.document;
        if (this.state === 'waiting' && page?.visibilityState !== 'hidden')
            void this.#open();
    };
    #watch(on) {
        const { addEventListener, removeEventListener, document } = globalThis;
        const method = on ? 'addEventListener' : 'removeEventListener';
        if (typeof addEventListener !== 'function' || typeof removeEventListener !== 'function')
            return;
        globalThis[method]('online', this.#hurry);
        document?.[method]?.('visibilitychange', this.#hurry);
    }
    /** Tells messages apart in the order of the protocol's last section. Nothing that comes may break the client. */
    #receive(data) {
        if (typeof data !== 'string')
            return this.#emit(this.binaries, new Uint8Array(data));
        const message = parse(data);
        if (!isObject(message))
            return this.#emit(this.messages, message === undefined ? data : message);
        if (message['action'] === 'pikku-rpc-request')
            return void this.#answer(message).catch(error => this.#report(error));
        const { id, topic, error, errorName } = message;
        const isRouted = this.keys.some(key => isName(message[key]));
        const isReply = Object.keys(message).every(name => name === 'id' || name === 'data' || name === 'error' || this.keys.includes(name));
        const call = isReply && id !== undefined ? this.#calls.get(id)
            : isReply && !isRouted ? this.#unnamed.shift()
                : undefined;
        if (call)
            return isObject(error) ? call.reject(errorOf(error)) : call.resolve(message['data']);
        if (typeof topic === 'string' && 'data' in message && !isRouted)
            return this.#emit(this.topics.get(topic), message['data']);
        // Of a call that was given up.
        if (isReply && typeof id === 'string' && /^p\d+$/.test(id))
            return;
        if (isObject(error) || typeof errorName === 'string') {
            this.#trouble = errorOf(isObject(error) ? error : { name: errorName, message: error });
            // By itself it is not worth a line in the console: if it matters, the connection ends with it.
            if (this.#options.onError)
                this.#report(this.#trouble);
            return;
        }
        this.#emit(this.messages, message);
    }
    /** Runs what the server calls. */
    async #answer({ id, funcName, data }) {
        const { signal } = this.#life;
        const socket = this.#socket;
        const reply = (action, body) => {
            if (socket === this.#socket)
                socket.send(JSON.stringify({ action, id, ...body }));
        };
        try {
            const remote = this.remotes.get(funcName);
            if (!remote)
                throw new PikkuError('RPCNotFoundError', `Capability not exposed: ${String(funcName)}`);
            const pending = (reason) => reply('pikku-rpc-pending', { reason });
            const result = await remote(data, { pending, signal });
            reply('pikku-rpc-response', { ok: true, result });
        }
        catch (error) {
            const { name, message } = error instanceof Error ? error : new Error(typeof error === 'string' ? error : 'It failed.');
            reply('pikku-rpc-response', { ok: false, error: { name, message } });
        }
    }
    #emit(listeners, value) {
        for (const { callback } of [...(listeners ?? [])]) {
            try {
                const result = callback(value);
                if (result instanceof Promise)
                    result.catch(error => this.#report(error));
            }
            catch (error) {
                this.#report(error);
            }
        }
    }
    #report(error) {
        try {
            if (this.#options.onError)
                this.#options.onError(error);
            else
                console.error(`A callback of the channel '${this.#channel}' failed:`, error);
        }
        catch (second) {
            console.error(second);
        }
    }
}
/** A connection to one channel: what is sent, what comes, and how it is. Made by `PikkuWebSocket.getRoute`. */
class PikkuRoute {
    /** The channel. */
    name;
    #connection;
    #direct;
    #forget;
    constructor(name, connection, forget, direct) {
        this.name = name;
        this.#connection = connection;
        this.#forget = forget;
        this.#direct = direct;
    }
    /** What the route is doing. */
    get state() {
        return this.#connection.state;
    }
    /** Connects, where the first message would; anew where the server has closed. Rejects when the route closes. */
    connect() {
        return this.#connection.connect();
    }
    /** Calls an action of the first routing key. */
    send(action, ...args) {
        return this.#send(this.#connection.keys[0], action, args);
    }
    /** Calls actions of another routing key. */
    via(key) {
        return { send: (action, ...args) => this.#send(key, action, args) };
    }
    /**
     * Sends what matches no action to the channel's default handler. An object goes with an `id` beside its properties, unless it has one
     * that is a string or a number: then that one counts, and no two may be under way. Text goes as it is, other values as JSON; these have
     * no id, so their answers are told apart by their order alone, and `pikku.channel.max-in-flight` must be 1.
     */
    fallback(...args) {
        const [data, options] = args;
        return this.#connection.call(id => {
            const body = isObject(data) && !isName(data['id']) ? { ...data, id } : data;
            const seen = typeof body === 'string' ? parse(body) : body;
            return {
                name: 'the default handler',
                id: isObject(seen) && isName(seen['id']) ? seen['id'] : undefined,
                data: typeof body === 'string' ? body : (JSON.stringify(body) ?? 'null'),
            };
        }, options, this.#direct);
    }
    /** Sends a binary frame. Throws `OfflineError` and `ClosedError`. */
    sendBinary(...[bytes]) {
        // A copy, since it may have to wait.
        this.#connection.submit({ data: Uint8Array.from(bytes) }, this.#direct);
    }
    /** Gets the events of a topic, until the returned function is called. Which events come is the server's to say, usually by an action. */
    subscribe(topic, callback) {
        const { topics } = this.#connection;
        const listeners = topics.get(topic) ?? new Set();
        topics.set(topic, listeners);
        const remove = this.#add(listeners, callback);
        return () => {
            remove();
            if (listeners.size === 0 && topics.get(topic) === listeners)
                topics.delete(topic);
        };
    }
    /** Gets messages that belong to no topic and answer nothing. JSON comes parsed; what is none comes as text. */
    onMessage(callback) {
        return this.#add(this.#connection.messages, callback);
    }
    /** Gets binary frames. */
    onBinary(callback) {
        return this.#add(this.#connection.binaries, callback);
    }
    /** Gets the changes of `state`. */
    onState(callback) {
        return this.#add(this.#connection.states, callback);
    }
    /** Lets the server call a function, until the returned function is called. What it throws is told to the server. */
    expose(name, remote) {
        const { remotes } = this.#connection;
        remotes.set(name, remote);
        return () => void (remotes.get(name) === remote && remotes.delete(name));
    }
    /** Closes the connection for good; `getRoute` gives a new route then. */
    close() {
        this.#forget();
        this.#connection.close();
    }
    #send(key, action, [data, options]) {
        const compose = (id) => ({ name: action, id, data: JSON.stringify({ [key ?? 'action']: action, id, data }) });
        return this.#connection.call(compose, options, this.#direct);
    }
    #add(listeners, callback) {
        const entry = { callback };
        listeners.add(entry);
        return () => void listeners.delete(entry);
    }
}
/** The channels of a server. Each route is a connection of its own, made when it is first used. */
export class PikkuWebSocket {
    #options;
    #base;
    #WebSocket;
    #socket;
    #routes = new Map();
    #isClosed = false;
    /**
     * @param urlOrSocket Where the server is, such as `wss://example.com/prefix`; http and https mean the same, and in a browser it may be
     * relative to the page. Or a WebSocket on the subprotocol `pikku.v1`, for the one route that is asked for.
     */
    constructor(urlOrSocket, options = {}) {
        this.#options = options;
        if (typeof urlOrSocket === 'string' || urlOrSocket instanceof URL) {
            const page = globalThis.location;
            const base = new URL(urlOrSocket, page?.href);
            base.protocol = base.protocol.replace(/^http/, 'ws');
            base.hash = '';
            this.#base = base;
            const global = globalThis;
            this.#WebSocket = options.WebSocket ?? global.WebSocket;
            if (!this.#WebSocket)
                throw new TypeError('There is no WebSocket here: give the option WebSocket.');
        }
        else {
            // While it connects it has no protocol yet, and is asked later.
            if (urlOrSocket.readyState === OPEN && urlOrSocket.protocol !== PROTOCOL)
                throw wrongProtocol(urlOrSocket);
            this.#socket = urlOrSocket;
        }
    }
    /** The route to a channel, the same one for the same opening data: path parameters and query. Connects nothing yet. */
    getRoute(name, ...[opening]) {
        if (this.#isClosed)
            throw new PikkuError('ClosedError', 'The client was closed.');
        const { path, keys } = channels[name];
        const url = this.#base ? address(this.#base, name, path, (opening ?? {})) : '';
        const key = `${name} ${url}`;
        const known = this.#routes.get(key);
        if (known)
            return known;
        if (this.#socket && this.#routes.size > 0)
            throw new TypeError('A WebSocket has one route only; give the URL instead.');
        const forget = () => void this.#routes.delete(key);
        const connection = new PikkuConnection(name, keys, this.#options, this.#socket ?? (token => this.#connect(url, token)), socket => this.#options.onOpen?.(new PikkuRoute(name, connection, forget, socket)));
        const route = new PikkuRoute(name, connection, forget);
        this.#routes.set(key, route);
        return route;
    }
    /** Closes all connections for good. */
    close() {
        this.#isClosed = true;
        for (const route of [...this.#routes.values()])
            route.close();
    }
    #connect(url, token) {
        return new this.#WebSocket(url, token === null ? [PROTOCOL] : [PROTOCOL, `pikku.bearer.${token}`]);
    }
}
