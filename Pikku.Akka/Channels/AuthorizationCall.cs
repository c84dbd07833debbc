using System.Diagnostics;
using System.Security.Claims;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Channels;

/// <summary>Asks the permissions of a subscription again: a call in its own services, without a message.</summary>
internal sealed class AuthorizationCall : Invocation
{
    /// <summary>The name of permissions that did not answer in time, for <see cref="BackgroundTasks"/>.</summary>
    public const string Work = "The authorization of a subscription";

    private readonly TaskCompletionSource<Exception?> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Connection _connection;
    private readonly TopicRunner _runner;
    private volatile bool _isAbandoned;

    public AuthorizationCall(Connection connection, ClientSubscription subscription)
    {
        _connection = connection;
        _runner = subscription.Topic.Runner;
        Action = subscription.Topic.Action;
        TopicCall = subscription;
    }

    public override ClaimsPrincipal? User => _connection.User;

    public override IPikkuChannel Channel => _connection;

    public override SessionHolder Session => _connection.Session;

    public override IPikkuSessionStore SessionStore => _connection.Endpoint.Sessions;

    public override IEventHub EventHub => _connection.Endpoint.Hub;

    public override object? OpeningData => _connection.OpeningDataOrNull;

    public override string SpanName => SpanNames.OfMethod(Channel.Name, SpanNames.Authorize);

    public override ActivityKind SpanKind => ActivityKind.Internal;

    public override bool IsSpanOffered => IsOffered(_connection.Endpoint.Settings.Trace);

    protected override AmbientContext ConnectionContext => _connection.Ambient;

    /// <summary>Asks, within <c>pikku.function.timeout</c>.</summary>
    /// <returns>The refusal; null when the gates still allow it. An exception and a timeout are refusals too.</returns>
    public async Task<Exception?> RunAsync()
    {
        // On another thread, because a permission that blocks its thread must not delay the deadline.
        _ = Task.Run(AuthorizeAsync);
        using var ended = _connection.Closed.UnsafeRegister(static call => ((AuthorizationCall)call!).Cancel(), this);
        try
        {
            return await _result.Task.WaitAsync(_connection.Endpoint.Settings.Function.Timeout, _connection.Endpoint.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _isAbandoned = true;
            Cancel();
            return new RequestTimeoutError($"The permissions of {Action.Label} did not answer within pikku.function.timeout.");
        }
    }

    public override Invocation? Complete(bool isReadyForNext) => null;

    protected override InvocationServices NewServices() => _connection.Endpoint.NewCallServices();

    protected override void CancellationFailed(Exception error) => _connection.CallbackFailed(error);

    private async Task AuthorizeAsync()
    {
        try
        {
            BeginSpan();
            ValueTask checking;
            using (Ambient.Enter())
                checking = _runner.AuthorizeAsync(this);
            await checking.ConfigureAwait(false);
            _result.TrySetResult(null);
        }
        catch (Exception e)
        {
            Fail(e);
            _result.TrySetResult(e);
            if (_isAbandoned)
                _connection.Endpoint.Background.Observe(Task.FromException(e), Work);
        }

        EndSpan();
        try
        {
            if (CloseServices() is { } services)
                await DisposeAsync(services).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _connection.Endpoint.LogServicesNotDisposed(Action.Label, _connection.Id, e);
        }
    }
}
