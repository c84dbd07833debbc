namespace Pikku.Clients;

/// <summary>How a <see cref="PikkuWebSocket"/> behaves.</summary>
public sealed record PikkuOptions
{
    /// <summary>
    /// The bearer token, asked for anew for each connection; null or an empty text for none. After the server has refused a token, the route
    /// closes unless this gives another one.
    /// </summary>
    public Func<CancellationToken, Task<string?>>? Token { get; init; }

    /// <summary>
    /// Makes each new connection ready, such as signing in and subscribing by actions. What the route that it gets sends goes out at once,
    /// whatever else is sent waits until it is done. When it fails, or takes longer than <see cref="Timeout"/>, the connection is given up and
    /// tried again.
    /// </summary>
    public Func<PikkuRoute, CancellationToken, Task>? OnOpen { get; init; }

    /// <summary>
    /// Makes a connection. Default: a <see cref="ClientWebSocket"/>. Throws <see cref="PikkuRefusedException"/> where it knows the status. Whatever
    /// says that it was called in a wrong way closes the route: <see cref="ArgumentException"/>, <see cref="InvalidOperationException"/>,
    /// <see cref="NotSupportedException"/>, <see cref="FormatException"/>.
    /// </summary>
    public Func<Uri, PikkuUpgrade, CancellationToken, Task<WebSocket>> Connect { get; init; } = PikkuUpgrade.ConnectAsync;

    /// <summary>
    /// How long a call waits for its answer, the time without a connection included, and <see cref="PikkuRoute.ConnectAsync"/> for the connection.
    /// Default: 30 s.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may take, the token included. Default: 15 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What becomes of a message while there is no connection. Default: it waits for one.</summary>
    public PikkuOffline Offline { get; init; } = PikkuOffline.Queue;

    /// <summary>How many messages may wait, and how many calls of the server may be open; others are refused. Default: 256.</summary>
    public int MaxQueued { get; init; } = 256;

    /// <summary>The longest message of the server that is read, in bytes. Default: 16 MiB.</summary>
    public int MaxMessageSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>False to leave a lost connection lost. Default: true.</summary>
    public bool Reconnect { get; init; } = true;

    /// <summary>The longest first wait before a lost connection is tried again; doubled with each failure. Each wait is a random part of it. Default: 0.5 s.</summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait. Default: 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many attempts in a row may fail before the route closes. Default: no limit.</summary>
    public int MaxAttempts { get; init; } = int.MaxValue;

    /// <summary>
    /// Gets what handlers throw, messages that are not of their type, and errors of the server that answer no message. It must not be
    /// asynchronous: nobody would see what it throws. Default: traced.
    /// </summary>
    public Action<Exception>? OnError { get; init; }

    /// <summary>The clock of all waiting; for tests.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
