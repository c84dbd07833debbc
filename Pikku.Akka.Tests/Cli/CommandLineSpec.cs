using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pikku.Akka.Cli;
using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>The effect of the arguments of a process.</summary>
[Trait("Rule", "N1")]
public sealed class CommandLineSpec
{
    public static TheoryData<string> Commands { get; } =
    [
        "check", "info functions", "info tags", "info middleware", "info permissions", "info channels", "info topics", "info functions --json --verbose",
        "client typescript", "client csharp", "asyncapi", "--help",
    ];

    [Theory]
    [InlineData("info functions", true)]
    [InlineData("check", true)]
    [InlineData("--help", true)]
    [InlineData("-h", true)]
    [InlineData("", false)]
    [InlineData("--urls http://localhost:5080", false)]
    [InlineData("--urls check", false)]
    [InlineData("--environment Production info", false)]
    [InlineData("--verbose", false)]
    [InlineData("--version", false)]
    [InlineData("information", false)]
    [InlineData("Info", false)]
    [InlineData("migrate --help", false)]
    public void Only_a_first_argument_that_names_a_command_runs_one(string arguments, bool isCommand) =>
        Assert.Equal(isCommand, CommandLine.IsCommand(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [InlineData("chekc", "Did you mean 'check'?")]
    [InlineData("Info", "Did you mean 'info'?")]
    [InlineData("tarce --user ann", "Did you mean 'trace'?")]
    [InlineData("clients", "Did you mean 'client'?")]
    [InlineData("asyncpai --urls http://localhost:5080", "Did you mean 'asyncapi'?")]
    [InlineData("migrate", "'migrate' is not a command.\n")]
    public void A_word_that_is_no_command_is_refused_with_the_nearest_one_and_the_list(string arguments, string told)
    {
        var error = CommandLine.ErrorOf(arguments.Split(' '))!.ReplaceLineEndings("\n");
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.Contains("info, check, client, asyncapi, contract, explain, trace, record", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--urls http://localhost:5080")]
    [InlineData("--urls=http://localhost:5080")]
    [InlineData("urls=http://localhost:5080")]
    [InlineData("/urls http://localhost:5080")]
    [InlineData("/urls=http://localhost:5080")]
    [InlineData("--environment Production info")]
    [InlineData("-v")]
    [InlineData("--pikku:cluster:port=0")]
    public void Arguments_of_ASP_NET_Core_are_not_refused(string arguments) =>
        Assert.Null(CommandLine.ErrorOf(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task No_command_creates_actors_joins_a_cluster_or_starts_a_hosted_service(string command)
    {
        await using var withOwnSystem = SmallApp.Build(services: services =>
        {
            services.AddSingleton<ActorSystem>(_ => throw new InvalidOperationException("The actor system was requested."));
            services.AddSingleton<IHostedService>(_ => throw new InvalidOperationException("A hosted service was requested."));
        });
        await using var inCluster = SmallApp.Build(
            services: services => services.AddSingleton<IHostedService>(_ => throw new InvalidOperationException("A hosted service was requested.")),
            variables: [("PIKKU_CLUSTER_HOST", "127.0.0.1"), ("PIKKU_CLUSTER_SEEDS", "127.0.0.1:4053")]);

        foreach (var app in new[] { withOwnSystem, inCluster })
        {
            var run = await Run.Of(app.Services, command);

            Assert.Equal((0, ""), (run.Code, run.Error));
            Assert.Empty(app.Urls);
        }
    }

    [Theory]
    [InlineData("--help", "info", "check")]
    [InlineData("info --help", "functions", "topics")]
    [InlineData("info functions --help", "--json", "--limit <N>")]
    [InlineData("check -h", "--verbose", "--help")]
    public async Task Help_is_available_for_every_command(string command, params string[] shown)
    {
        var run = await Run.Piped(command);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.All(shown, text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("info", "Required command was not provided")]
    [InlineData("info everything", "everything")]
    [InlineData("info functions --nothing", "--nothing")]
    [InlineData("info functions --limit", "--limit")]
    [InlineData("info functions --limit many", "--limit must be a whole number that is at least 1.")]
    [InlineData("info functions --limit 0", "--limit must be a whole number that is at least 1.")]
    [InlineData("check --json", "--json")]
    [InlineData("check @file", "@file")]
    public async Task Invalid_arguments_are_reported_with_the_usage_on_standard_error_alone(string command, string told)
    {
        var run = await Run.Piped(command);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
        Assert.Contains("Usage:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_one_line_and_has_its_stack_trace_with_verbose()
    {
        var broken = new BrokenServices();

        var plain = await Run.Of(broken, "check");
        var verbose = await Run.Of(broken, "check --verbose");

        Assert.Equal((1, "", "The disk is full.\n"), (plain.Code, plain.Output, plain.Error));
        Assert.Contains("   at ", verbose.Error, StringComparison.Ordinal);
        Assert.Equal((1, ""), (verbose.Code, verbose.Output));
    }

    private sealed class BrokenServices : IServiceProvider
    {
        public object GetService(Type serviceType) => throw new InvalidOperationException("The disk\nis full.");
    }
}
