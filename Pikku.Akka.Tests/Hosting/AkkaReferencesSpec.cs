using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Hosting;
using Pikku.Akka.Tests.Cli;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>What settings refer to is there, or the node does not start and says why.</summary>
[Trait("Rule", "A6")]
public sealed class AkkaReferencesSpec
{
    public static TheoryData<string, string> Broken => new()
    {
        { "pikku.function.dispatcher = akka.actor.no-such", "pikku.function.dispatcher = akka.actor.no-such is not a dispatcher" },
        { "pikku.function.dispatcher = no-such", "pikku.function.dispatcher = no-such is not a dispatcher" },
        { "pikku.function.dispatcher = akka.loglevel", "pikku.function.dispatcher = akka.loglevel is not a dispatcher" },
        { "pikku.function.dispatcher = \"a..b\"", "pikku.function.dispatcher = a..b is not a dispatcher" },
        { "pikku.function.dispatcher = akka.remote", "akka.remote is used as a dispatcher, but has no setting of a dispatcher" },
        { "pikku.function.dispatcher = mine\nmine { type = Dispacher }", "mine.type = Dispacher is not a type of dispatcher" },
        { "pikku.function.dispatcher = mine\nmine { type = Dispatcher, executor = none }", "mine.executor = none is not an executor" },
        { "pikku.function.dispatcher = mine\nmine { type = ForkJoinDispatcher }", "mine.type = ForkJoinDispatcher requires threads" },
        { "akka.actor.pikku-dispatcher.type = \"Nobody, Nowhere\"", "akka.actor.pikku-dispatcher.type = Nobody, Nowhere is not a type of dispatcher" },
        { "akka.actor.pikku-dispatcher.executor = \"System.String\"", "akka.actor.pikku-dispatcher.executor = System.String is not an executor" },
        { "akka.actor.pikku-mailbox.mailbox-type = \"System.String\"", "akka.actor.pikku-mailbox.mailbox-type = System.String is not a mailbox" },
        { "akka.actor.deployment { \"/pikku/functions/eraseNote\" { dispatcher = no-such } }", "/pikku/functions/eraseNote.dispatcher = no-such is not a dispatcher" },
        { "akka.actor.deployment { \"/pikku/functions/*\" { mailbox = no-such } }", "/pikku/functions/*.mailbox = no-such is not a mailbox" },
        { "akka.actor.deployment { \"/pikku/functions/eraseNote\" { router = no-such } }", "/pikku/functions/eraseNote.router = no-such is not a router" },
        { "akka.actor.deployment { \"/pikku/functions/eraseNotes\" { nr-of-instances = 3 } }", "deploys 'eraseNotes', but no wired function has this actor name" },
        { "akka.actor.deployment { \"/pikku/functions/*\" { router = round-robin-pool, nr-of-instances = 0 } }", "nr-of-instances = 0 is not a valid number of instances" },
        { "akka.cluster.use-dispatcher = no-such", "akka.cluster.use-dispatcher = no-such is not a dispatcher" },
    };

    public static TheoryData<string> Right => new(
        "pikku.function.dispatcher = akka.actor.default-dispatcher",
        "pikku.function.dispatcher = akka.actor.internal-dispatcher",
        "pikku.function.dispatcher = akka.actor.default-blocking-io-dispatcher",
        "pikku.function.dispatcher = mine\nmine { type = ForkJoinDispatcher, throughput = 1, dedicated-thread-pool { thread-count = 2 } }",
        "pikku.function.dispatcher = mine\nmine { type = PinnedDispatcher }",
        "pikku.function.dispatcher = mine\nmine { throughput = 1 }",
        "akka.actor.deployment { \"/pikku/functions/*\" { mailbox = mine } }\nmine.mailbox-type = \"Akka.Dispatch.UnboundedMailbox\"",
        "akka.actor.deployment { \"/pikku/functions/eraseNote\" { router = round-robin-pool, nr-of-instances = 3, dispatcher = akka.actor.default-dispatcher } }",
        "akka.actor.deployment { /pikku/functions/eraseNote { router = round-robin-pool, nr-of-instances = 3 } }",
        "akka.remote.use-dispatcher = akka.remote.default-remote-dispatcher");

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task The_check_tells_of_what_is_not_there(string hocon, string told)
    {
        await using var app = Small(hocon);

        var run = await Run.Of(app.Services, "check");

        Assert.Equal(1, run.Code);
        Assert.Contains(told, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task The_start_is_refused_before_there_are_actors(string hocon, string told)
    {
        await using var app = Small(hocon);
        app.Urls.Add("http://127.0.0.1:0");

        var e = await Assert.ThrowsAsync<PikkuConfigurationException>(() => app.StartAsync().WaitAsync(Eventually.Patience));

        Assert.Contains(told, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Right))]
    public async Task What_is_there_is_used(string hocon)
    {
        await using var app = Small(hocon);
        app.Urls.Add("http://127.0.0.1:0");
        Assert.Equal(0, (await Run.Of(app.Services, "check")).Code);

        await app.StartAsync().WaitAsync(Eventually.Patience);
        await app.StopAsync();
    }

    /// <summary>What no check can know, such as a constructor that throws: the start fails once, with the reason.</summary>
    [Theory]
    [InlineData("pikku.function.dispatcher = mine\nmine { type = Dispatcher, executor = \"Pikku.Akka.Tests.Hosting.BrokenExecutor, Pikku.Akka.Tests\" }")]
    [InlineData("akka.actor.deployment { \"/pikku/functions/*\" { mailbox = mine } }\nmine.mailbox-type = \"Pikku.Akka.Tests.Hosting.BrokenMailbox, Pikku.Akka.Tests\"")]
    public async Task A_part_that_cannot_be_made_ends_the_start_with_the_reason_and_is_not_tried_for_ever(string hocon)
    {
        await using var lab = await LabLog.Start(hocon);

        var e = await Assert.ThrowsAnyAsync<Exception>(() => lab.App.StartAsync().WaitAsync(Eventually.Patience));

        Assert.IsNotType<TimeoutException>(e);
        Assert.InRange(lab.Logs.Entries.Count(entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Error), 0, 20);
    }

    [Fact]
    public async Task A_part_that_is_lost_for_good_makes_the_node_unready_and_is_logged_once()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("ping", () => 1));
        var system = node.Services.GetRequiredService<ActorSystem>();
        var hub = await system.ActorSelection("/user/pikku/event-hub").ResolveOne(Eventually.Patience);

        system.Stop(hub);

        await Eventually.Holds(() => node.Directory.LostPart == "event-hub", "the node knows what it has lost");
        var health = await ActivatorUtilities.CreateInstance<PikkuReadiness>(node.Services).CheckHealthAsync(new());
        Assert.Contains("event-hub", health.Description, StringComparison.Ordinal);
    }

    private static WebApplication Small(string hocon) => SmallApp.Build(pikku =>
    {
        SmallApp.Wire(pikku);
        pikku.AddHocon(hocon);
    });
}

internal sealed class LabLog : IAsyncDisposable
{
    private LabLog(WebApplication app, LogCapture logs) => (App, Logs) = (app, logs);

    public WebApplication App { get; }

    public LogCapture Logs { get; }

    public static Task<LabLog> Start(string hocon)
    {
        var logs = new LogCapture();
        var app = SmallApp.Build(
            pikku =>
            {
                SmallApp.Wire(pikku);
                pikku.AddHocon(hocon);
            },
            services => services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(logs));
        app.Urls.Add("http://127.0.0.1:0");
        return Task.FromResult(new LabLog(app, logs));
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

internal sealed class BrokenExecutor(global::Akka.Configuration.Config config, global::Akka.Dispatch.IDispatcherPrerequisites prerequisites)
    : global::Akka.Dispatch.ExecutorServiceConfigurator(config, prerequisites)
{
    public override global::Akka.Dispatch.ExecutorService Produce(string id) => throw new InvalidOperationException("There are no threads.");
}

internal sealed class BrokenMailbox(global::Akka.Actor.Settings settings, global::Akka.Configuration.Config config) : global::Akka.Dispatch.MailboxType(settings, config)
{
    public override global::Akka.Dispatch.MessageQueues.IMessageQueue Create(IActorRef owner, ActorSystem system) =>
        throw new InvalidOperationException("There is no room.");
}
