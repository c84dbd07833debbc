namespace Pikku.Akka.Clients;

/// <summary>The options of a <see cref="PikkuClient"/>.</summary>
public sealed record PikkuOptions
{
    /// <summary>
    /// Returns the bearer token; called for every connection, and before the session expires. Null or an empty string sends no token. If
    /// the server refuses a token, the function is called once more, and the route closes unless it returns another token that the
    /// server accepts.
    /// </summary>
    public Func<PikkuTokenReason, CancellationToken, Task<string?>>? Token { get; init; }

    /// <summary>
    /// Prepares each new connection, for example by signing in with an action. Messages that the function sends with its route go out
    /// immediately; subscriptions and all other messages wait until the function completes. If it fails or takes longer than <see cref="Timeout"/>, the
    /// connection is closed and a new attempt follows.
    /// </summary>
    public Func<PikkuRoute, CancellationToken, Task>? OnOpen { get; init; }

    /// <summary>
    /// Opens a connection. Default: a <see cref="ClientWebSocket"/>. Throw <see cref="PikkuRefusedException"/> if the status is
    /// known. The route
    /// closes on exceptions that mean a wrong call: <see cref="ArgumentException"/>, <see cref="InvalidOperationException"/>,
    /// <see cref="NotSupportedException"/>, <see cref="FormatException"/>.
    /// </summary>
    public Func<Uri, PikkuUpgrade, CancellationToken, Task<WebSocket>> Connect { get; init; } = PikkuUpgrade.ConnectAsync;

    /// <summary>
    /// The timeout of a call, including the time without a connection, of <see cref="PikkuRoute.ConnectAsync"/>, and of the server's
    /// <c>onConnect</c> and <see cref="OnOpen"/>. Default: 30 s.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The timeout of opening a connection, including the token. Default: 15 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The time without a message after which the client pings the server; zero for never. If nothing follows within 10 s, the
    /// connection is lost. Default: 25 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>The number of events or items that may wait for a loop. If it is exceeded, the loop ends with
    /// <see cref="PikkuBufferOverflowException"/> after these values. Default: 10,000.</summary>
    public int MaxBuffered { get; init; } = 10_000;

    /// <summary>What to do with a message while there is no connection. Default: it waits for a connection.</summary>
    public PikkuOffline Offline { get; init; } = PikkuOffline.Queue;

    /// <summary>The maximum number of queued messages and of open calls by the server; more are refused. Default: 256.</summary>
    public int MaxQueued { get; init; } = 256;

    /// <summary>True to send the trace context of <c>System.Diagnostics.Activity.Current</c> (W3C <c>traceparent</c>) with each action and each stream. Default: false.</summary>
    public bool SendTraceContext { get; init; }

    /// <summary>
    /// True to offer compression (<c>permessage-deflate</c>, RFC 7692), which the server accepts if <c>pikku.compression.enabled</c> is on. All messages of the client are then
    /// compressed, and long texts of the server. Default: false, because the length of a compressed message depends on its content. If a message has a secret beside text
    /// that an attacker chooses, someone who observes the network can guess the secret (CRIME and BREACH). In a browser the option has no effect: it always offers
    /// compression.
    /// </summary>
    public bool Compress { get; init; }

    /// <summary>The maximum size of a message of the server, in bytes. Default: 16 MiB.</summary>
    public int MaxMessageSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>False to not reconnect after a connection is lost. Default: true.</summary>
    public bool Reconnect { get; init; } = true;

    /// <summary>
    /// The maximum delay before the first attempt after a connection is lost. It doubles with each failure; each delay is a random part of it.
    /// Default: 0.5 s.
    /// </summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The maximum delay before an attempt. Default: 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of consecutive failed attempts after which the route closes. Default: no limit.</summary>
    public int MaxAttempts { get; init; } = int.MaxValue;

    /// <summary>
    /// Receives exceptions of handlers, messages that do not have the expected type, and errors of the server that belong to no
    /// message. The
    /// function must not be asynchronous, because its exceptions would be lost. Default: writes to <see cref="System.Diagnostics.Trace"/>.
    /// </summary>
    public Action<Exception>? OnError { get; init; }

    /// <summary>The clock for all timeouts and delays, for tests.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
