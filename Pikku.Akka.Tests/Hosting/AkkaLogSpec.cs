using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Hosting;
using Pikku.Akka.Tests.Support;
using Xunit;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Pikku.Akka.Tests.Hosting;

public sealed class AkkaLogSpec : IAsyncLifetime
{
    private readonly StateRecorder _log = new();
    private ActorSystem _system = null!;

    public Task InitializeAsync()
    {
        var loggers = LoggerFactory.Create(logging => logging.AddProvider(_log).SetMinimumLevel(LogLevel.Trace));
        _system = ActorSystem.Create("logs", BootstrapSetup.Create().WithConfig(AkkaLog.Config.WithFallback("akka.stdout-loglevel = OFF, akka.loglevel = DEBUG"))
            .And(new AkkaLogSetup(loggers)));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _system.Terminate();

    [Fact]
    public async Task The_category_is_the_class_that_logs_and_the_text_has_no_second_prefix()
    {
        LoggerOf("akka://logs/user/a", typeof(global::Akka.Cluster.Tools.PublishSubscribe.DistributedPubSubMediator)).Warning("The {Topic} is {State}", "news", 3);

        var entry = await _log.NextAsync("news");

        Assert.Equal("Akka.Cluster.Tools.PublishSubscribe.DistributedPubSubMediator", entry.Category);
        Assert.Equal(LogLevel.Warning, entry.Level);
        Assert.Equal(80, entry.Id);
        Assert.StartsWith("The news is 3 (", entry.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[WARNING]", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_state_has_the_values_of_the_template_the_source_and_the_template()
    {
        LoggerOf("akka://logs/user/a", typeof(ActorBase)).Info("Node {Node} has {Count} links", "n1", 7);

        var entry = await _log.NextAsync("Node n1");

        Assert.Equal("n1", entry.State["Node"]);
        Assert.Equal(7, entry.State["Count"]);
        Assert.Contains("akka://logs/user/a", $"{entry.State["Source"]}", StringComparison.Ordinal);
        Assert.Equal("Node {Node} has {Count} links", entry.State["{OriginalFormat}"]);
    }

    [Fact]
    public async Task The_exception_is_the_exception_of_the_entry_and_not_a_part_of_its_text()
    {
        var thrown = new InvalidOperationException("broken");
        LoggerOf("source", typeof(ActorBase)).Error(thrown, "It failed");

        var entry = await _log.NextAsync("It failed");

        Assert.Same(thrown, entry.Error);
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.DoesNotContain("broken", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_without_a_class_logs_as_the_actor_system()
    {
        _system.EventStream.Publish(new Info("text", typeof(string), "Only text"));

        Assert.Equal("Akka.Actor.ActorSystem", (await _log.NextAsync("Only text")).Category);
    }

    [Theory]
    [InlineData("Association with remote system akka.tcp://a@b:1 has failed; address is now gated for 5000 ms. Reason is: [x]\n   at Akka.Remote.Some.Method()")]
    [InlineData("AssociationError [akka.tcp://a@b:1] -> akka.tcp://a@b:2: Error [x]\n   at Akka.Remote.Some.Method()")]
    [InlineData("Tried to associate with unreachable remote address [akka.tcp://a@b:1]. Address is now gated for 5000 ms")]
    public async Task A_connection_to_another_node_that_ends_is_information_without_a_stack(string text)
    {
        _system.EventStream.Publish(new Warning("source", typeof(ActorBase), text));

        var entry = await _log.NextAsync(text.Split('\n')[0]);

        Assert.Equal(LogLevel.Information, entry.Level);
        Assert.DoesNotContain("   at ", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_goes_away_leaves_no_stack_in_the_log()
    {
        _system.EventStream.Publish(new Error(new EndpointDisassociatedException("Disassociated"), "source", typeof(ActorBase), "Disassociated"));

        var entry = await _log.NextAsync("Disassociated");

        Assert.Equal(LogLevel.Information, entry.Level);
        Assert.Null(entry.Error);
    }

    [Fact]
    public async Task A_text_that_does_not_fit_its_values_is_logged_as_it_is()
    {
        LoggerOf("source", typeof(ActorBase)).Warning("broken {0} {1} {2", 1);

        Assert.Contains("broken", (await _log.NextAsync("broken")).Text, StringComparison.Ordinal);
    }

    private BusLogging LoggerOf(string source, Type of) => new(_system.EventStream, source, of, SemanticLogMessageFormatter.Instance);

    // Akka.Remote has one of this name, which is not public.
    private sealed class EndpointDisassociatedException(string message) : Exception(message);

    private sealed record Entry(string Category, LogLevel Level, int Id, string Text, Exception? Error, IReadOnlyDictionary<string, object?> State);

    private sealed class StateRecorder : ILoggerProvider
    {
        private readonly System.Threading.Channels.Channel<Entry> _entries = System.Threading.Channels.Channel.CreateUnbounded<Entry>();

        /// <summary>The next entry that begins with the text.</summary>
        public async Task<Entry> NextAsync(string begin)
        {
            using var timeout = new CancellationTokenSource(Patience.Long);
            while (true)
            {
                var entry = await _entries.Reader.ReadAsync(timeout.Token);
                if (entry.Text.Contains(begin, StringComparison.Ordinal))
                    return entry;
            }
        }

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries.Writer);

        public void Dispose() { }

        private sealed class Logger(string category, System.Threading.Channels.ChannelWriter<Entry> entries) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                entries.TryWrite(new Entry(
                    category, logLevel, eventId.Id, formatter(state, exception), exception,
                    ((IEnumerable<KeyValuePair<string, object?>>)state!).ToDictionary(pair => pair.Key, pair => pair.Value)));
        }
    }
}
