using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Calls of client functions on connections of any node (U4). A call to a user goes to all connections of the user at once, and the first answer counts; the other
/// calls are given up, and their late answers are dropped. Thread-safe.
/// </summary>
/// <remarks>
/// <code>
///   caller's node                                  node of a connection
///   ─────────────                                  ────────────────────
///   InvokeAsync ── invoke-client ────────────────▶ Serve ── pikku-rpc-request ──▶ client
///               ◀── client-answered (pending) ────       ◀── pikku-rpc-pending ──
///               ◀── client-answered ──────────────       ◀── pikku-rpc-response ─
///               ── cancel-client-call ───────────▶ (when another node was first, or the caller gives up)
/// </code>
/// The node of a connection measures the timeout of its client. The caller's node waits longer, by the time that an answer may take, and only as long as no client
/// has asked its user. The id of a request contains the life of this object, so no answer reaches a call of an earlier life.
/// </remarks>
internal sealed class ClientCalls(
    ConnectionDirectory directory, ClusterClient client, IReadOnlyList<CompiledChannel> channels, PikkuSettings settings, JsonSerializerOptions json,
    TimeProvider clock, BackgroundTasks background)
{
    private const string Work = "Calling a function of a client";


    private readonly ClientDeclarations[] _declarations = [.. channels.Select(channel => channel.Declarations)];
    private readonly ConcurrentDictionary<RequestId, OpenClientCall> _open = new();
    private readonly ConcurrentDictionary<RequestId, (int Node, CancellationTokenSource Stop)> _served = new();
    private readonly long _life = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
    private long _last;

    /// <summary>Calls a function of the first connection of a user that answers.</summary>
    /// <inheritdoc cref="IPikkuUsers.InvokeAsync{TInput, TOutput}"/>
    public ValueTask<TOutput?> InvokeUserAsync<TInput, TOutput>(
        string userId, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken) =>
        InvokeTargetAsync(new Target(userId, IsUser: true), function, input, cancellationToken);

    /// <summary>Calls a function of a connection of any node.</summary>
    /// <inheritdoc cref="IPikkuChannels.InvokeAsync{TInput, TOutput}"/>
    public ValueTask<TOutput?> InvokeChannelAsync<TInput, TOutput>(
        string channelId, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken) =>
        InvokeTargetAsync(new Target(channelId, IsUser: false), function, input, cancellationToken);

    /// <summary>Carries out a call of another node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="invoke">The call.</param>
    /// <param name="answer">Sends an answer to the node.</param>
    public void Serve(int node, NodeMessage.InvokeClient invoke, Action<NodeMessage.ClientAnswered> answer)
    {
        var stop = new CancellationTokenSource();
        if (_served.TryAdd(invoke.Request, (node, stop)))
            background.Observe(ServeAsync(invoke, answer, stop), Work);
    }

    /// <summary>Handles an answer of another node.</summary>
    public void Answered(int node, NodeMessage.ClientAnswered answered)
    {
        if (!_open.TryGetValue(answered.Request, out var call))
            return; // another answer was first, or the caller has given up
        if (answered.Outcome is { } outcome)
            call.Report(node, outcome);
        else
            call.IsPending = true;
    }

    /// <summary>The caller of a call that this node carries out does not wait for it any more.</summary>
    public void Cancelled(RequestId request)
    {
        if (_served.TryRemove(request, out var served))
            served.Stop.Cancel();
    }

    /// <summary>The connection to a node is lost, or the node has left: no answer comes from it, and it needs none.</summary>
    public void Lost(int node)
    {
        foreach (var call in _open.Values)
            call.Report(node, ClientOutcome.Failed(ClientCallErrorReason.Closed, "The node of the connection can't be reached."));
        foreach (var (request, served) in _served)
            if (served.Node == node)
                Cancelled(request);
    }

    private ValueTask<TOutput?> InvokeTargetAsync<TInput, TOutput>(
        Target target, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken) =>
        PikkuActivities.HasListeners ? InvokeInSpanAsync(target, function, input, cancellationToken) : InvokeAsync(target, function, input, cancellationToken);

    // A method of its own, so that a call without a listener creates no closure.
    private ValueTask<TOutput?> InvokeInSpanAsync<TInput, TOutput>(
        Target target, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken) =>
        ClientCallSpan.RunAsync(null, function.Name, () => InvokeAsync(target, function, input, cancellationToken));

    private async ValueTask<TOutput?> InvokeAsync<TInput, TOutput>(
        Target target, ClientFunction<TInput, TOutput> function, TInput? input, CancellationToken cancellationToken)
    {
        CheckFunction(function.Name, typeof(TInput), typeof(TOutput));
        var outcome = await CallAsync(target, function.Name, Encode(function.Name, input), cancellationToken);
        if (outcome.Error is not null)
            throw outcome.ToException();
        JsonElement? answer = outcome.Result.Length == 0 ? null : Parse(outcome.Result);
        return RemoteAnswers.ReadResult<TOutput>(answer, function.Name, json);
    }

    private async Task<ClientOutcome> CallAsync(Target target, string function, byte[] input, CancellationToken cancellationToken)
    {
        var answer = new FirstAnswer();
        var id = new RequestId(_life, Interlocked.Increment(ref _last));
        var open = new OpenClientCall(answer);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _open[id] = open;
        try
        {
            CallOthers(target, id, new NodeMessage.InvokeClient(target.Id, target.IsUser, function, input), answer, open);
            CallHere(target, function, input, answer, pending: null, stop.Token);
            answer.Close();
            return await WaitAsync(answer, open, cancellationToken);
        }
        finally
        {
            _open.TryRemove(id, out _);
            stop.Cancel(); // the connections of this node that have not answered
            foreach (var node in open.Waiting)
                client.Cancel(node, id);
        }
    }

    private async Task<ClientOutcome> WaitAsync(FirstAnswer answer, OpenClientCall open, CancellationToken cancellationToken)
    {
        // Without other nodes the connections themselves end the wait.
        if (open.Waiting.Length == 0)
            return await answer.Task.WaitAsync(cancellationToken);
        var timeout = settings.Remote.Timeout + settings.Cluster.RequestTimeout;
        try
        {
            return await answer.Task.WaitAsync(timeout, clock, cancellationToken);
        }
        catch (TimeoutException) when (open.IsPending)
        {
            return await answer.Task.WaitAsync(cancellationToken);
        }
        catch (TimeoutException)
        {
            return ClientOutcome.Failed(ClientCallErrorReason.Timeout, $"No client answered within {timeout}.");
        }
    }

    private void CallOthers(Target target, RequestId id, NodeMessage.InvokeClient invoke, FirstAnswer answer, OpenClientCall open)
    {
        foreach (var node in client.NodesOf(target.IsUser ? null : target.Id))
        {
            open.Add(node);
            try
            {
                client.SendTo(node, invoke, id);
            }
            catch (EventHubException e)
            {
                open.Report(node, ClientOutcome.Failed(
                    e.Reason is EventHubErrorReason.Unavailable ? ClientCallErrorReason.Timeout : ClientCallErrorReason.Invalid, e.Message));
            }
        }
    }

    private void CallHere(Target target, string function, byte[] input, FirstAnswer answer, Action? pending, CancellationToken stop)
    {
        foreach (var connection in ReceiversOf(target, function))
        {
            answer.Add();
            background.Observe(CallAsync(connection, function, input, answer, pending, stop), Work);
        }
    }

    private IEnumerable<Connection> ReceiversOf(Target target, string function)
    {
        if (!target.IsUser)
            return directory.Find(target.Id) is { } connection ? [connection] : [];
        // If channels declare the function, the clients of other channels do not expose it.
        var connections = directory.OfUser(target.Id).Where(connection => connection.IsOpen);
        return Array.Exists(_declarations, declarations => declarations.HasFunction(function))
            ? connections.Where(connection => connection.Endpoint.HasClientFunction(function))
            : connections;
    }

    private static async Task CallAsync(Connection connection, string function, byte[] input, FirstAnswer answer, Action? pending, CancellationToken stop)
    {
        ClientOutcome outcome;
        try
        {
            var result = await connection.CallAsync(function, input.Length == 0 ? null : new RawJson(input), pending, stop);
            outcome = ClientOutcome.Succeeded(result is { } value ? Encoding.UTF8.GetBytes(value.GetRawText()) : []);
        }
        catch (ClientCallException e)
        {
            outcome = ClientOutcome.Of(e);
        }
        catch (OperationCanceledException)
        {
            outcome = ClientOutcome.NoConnection; // nobody waits for it any more
        }
        catch (Exception e)
        {
            outcome = ClientOutcome.Failed(ClientCallErrorReason.Invalid, e.Message);
        }

        answer.Report(outcome);
    }

    private async Task ServeAsync(NodeMessage.InvokeClient invoke, Action<NodeMessage.ClientAnswered> answer, CancellationTokenSource stop)
    {
        var first = new FirstAnswer();
        CallHere(new Target(invoke.Target, invoke.IsUser), invoke.Function, invoke.Input, first, () => answer(new NodeMessage.ClientAnswered(null)), stop.Token);
        first.Close();
        var outcome = await first.Task;
        // Without an entry the caller has given up.
        if (_served.TryRemove(invoke.Request, out _))
            answer(new NodeMessage.ClientAnswered(outcome));
        // Not disposed: a caller that gives up now cancels it as well.
        stop.Cancel();
    }

    private byte[] Encode<TInput>(string function, TInput? input)
    {
        if (input is null or NoData)
            return [];
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(input, json.GetTypeInfo(typeof(TInput)));
        }
        catch (Exception e)
        {
            throw new ClientCallException(ClientCallErrorReason.Invalid, ClientCallException.UnnamedError, $"The argument of '{function}' cannot be serialized.", e);
        }
    }

    private JsonElement Parse(byte[] result)
    {
        var reader = new Utf8JsonReader(result, new JsonReaderOptions { MaxDepth = JsonDepth.Of(json) });
        return JsonElement.ParseValue(ref reader);
    }

    // A mistake is an exception only when no channel declares the function as it is called: two channels may declare one name with different types.
    private void CheckFunction(string name, Type input, Type output)
    {
        InvalidOperationException? mistake = null;
        foreach (var declarations in _declarations)
        {
            if (!declarations.HasFunction(name))
                continue;
            try
            {
                declarations.CheckFunction(name, input, output);
                return;
            }
            catch (InvalidOperationException e)
            {
                mistake = e;
            }
        }

        if (mistake is not null)
            throw mistake;
    }

    private readonly record struct Target(string Id, bool IsUser);
}
