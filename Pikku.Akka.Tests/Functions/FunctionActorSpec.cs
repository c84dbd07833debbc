using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Pikku.Akka.Functions;
using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

public sealed class FunctionActorSpec : TestKit
{
    [Fact]
    public async Task Ends_the_call_when_a_function_returns_at_once()
    {
        var call = new Call(invocation =>
        {
            invocation.Succeed(1);
            return default;
        });

        Run(call);

        await call.Done;
        Assert.Equal(1, call.Result);
    }

    [Fact]
    public async Task Ends_the_call_when_a_function_completes_later()
    {
        var call = new Call(async invocation =>
        {
            await Task.Yield();
            invocation.Succeed(1);
        });

        Run(call);

        await call.Done;
        Assert.Equal(1, call.Result);
    }

    [Fact, Trait("Rule", "E5")]
    public async Task Lives_on_when_a_function_throws_at_once_or_later()
    {
        Call[] calls =
        [
            new(_ => throw new NotFoundError()),
            new(async _ =>
            {
                await Task.Yield();
                throw new ForbiddenError();
            }),
            new(_ => ValueTask.FromException(new NotFoundError())),
            new(_ => default),
        ];

        Run(calls);

        await Task.WhenAll(calls.Select(c => c.Done));
        Assert.Equal([typeof(NotFoundError), typeof(ForbiddenError), typeof(NotFoundError), null], calls.Select(c => c.Error?.GetType()));
    }

    [Fact]
    public async Task Does_not_wait_for_a_function_that_yields_before_it_starts_the_next()
    {
        var release = new TaskCompletionSource();
        Call waits = new(_ => new ValueTask(release.Task)), passes = new(_ => default);

        Run(waits, passes);

        await passes.Done;
        Assert.Equal(0, waits.Ends);
        release.SetResult();
        await waits.Done;
    }

    [Fact]
    public async Task Passes_a_failure_to_the_waiting_middleware_and_leaves_the_call_open()
    {
        var call = new Call(_ => throw new NotFoundError());
        var waiting = call.WaitForFunctionAsync();

        Run(call);

        await Assert.ThrowsAsync<NotFoundError>(() => waiting.Soon());
        Assert.Null(call.Error);
        Assert.Equal(0, call.Ends);
    }

    [Fact]
    public async Task Ends_a_call_once_even_when_its_end_fails()
    {
        var broken = new Call(_ => default, failsAtItsEnd: true);
        var whole = new Call(_ => default);

        Run(broken, whole);

        await whole.Done;
        Assert.Equal(1, broken.Ends);
    }

    [Fact]
    public async Task Leaves_unknown_messages_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));

        Sys.ActorOf(FunctionActor.Props()).Tell("hi");

        Assert.Equal("hi", (await ExpectMsgAsync<UnhandledMessage>(Patience.Long)).Message);
    }

    private void Run(params Call[] calls)
    {
        var actor = Sys.ActorOf(FunctionActor.Props());
        foreach (var call in calls)
            actor.Tell(call);
    }

    private sealed class Script(Func<Invocation, ValueTask> run) : FunctionRunner
    {
        public override Type Input => typeof(NoData);

        public override JsonTypeInfo? Output => null;

        public override bool DeclaresData => false;

        public override bool NeedsExcision(string routingKey) => false;

        public override ValueTask RunAsync(Invocation invocation) => run(invocation);
    }

    private sealed class Call : Invocation
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly bool _failsAtItsEnd;

        public Call(Func<Invocation, ValueTask> run, bool failsAtItsEnd = false)
        {
            _failsAtItsEnd = failsAtItsEnd;
            Action = new BoundAction
            {
                Function = FunctionDescriptor.FromDelegate("f", () => { }),
                Runner = new Script(run),
                Mode = InputMode.Json,
                Label = "f",
                Auth = false,
                Middleware = [],
                Permissions = new PermissionCheck([], [], []),
            };
        }

        public Task Done => _done.Task.Soon();

        public int Ends { get; private set; }

        public override object? OpeningData => null;

        public override Invocation? Complete(bool isReadyForNext)
        {
            Ends++;
            if (_failsAtItsEnd)
                throw new InvalidOperationException("broken");
            _done.TrySetResult();
            return null;
        }

        // The script needs no JSON metadata.
        public override IPikkuChannel Channel => throw new InvalidOperationException();

        public override SessionHolder Session => throw new InvalidOperationException();

        public override IPikkuSessionStore SessionStore => throw new InvalidOperationException();

        public override IEventHub EventHub => throw new InvalidOperationException();

        protected override InvocationServices NewServices() => throw new InvalidOperationException();
    }
}
