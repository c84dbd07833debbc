using System.Text.RegularExpressions;
using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>The command <c>check</c> prints what would stop the start, without a start.</summary>
[Trait("Rule", "N1")]
[Trait("Rule", "A6")]
public sealed class CheckSpec
{
    private const string WrongSettings = "pikku { no-such-key = 1, limits.connections-per-node = none, function { placement = [\"missing=worker\"], blocking = [\"absent=2\"] } }";

    [Fact]
    public async Task Prints_one_line_if_wiring_and_settings_are_valid()
    {
        var run = await Run.Piped("check");

        Assert.Equal((0, "The wiring and the settings are valid: 2 channels, 4 functions.\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public async Task Prints_all_errors_of_wiring_and_settings()
    {
        await using var app = SmallApp.Build(pikku => WrongWiring(pikku).AddHocon(WrongSettings));

        var run = await Run.Of(app.Services, "check");

        Assert.Equal(1, run.Code);
        Assert.Equal(
            """
            3 errors in the wiring:
              - the channels 'twice' (CheckSpec.cs:N) and 'twice' (CheckSpec.cs:N) have the same name; give each channel a unique name, or extend the channel of another module with ConfigureChannel.
              - the channels 'twice' (CheckSpec.cs:N) and 'twice' (CheckSpec.cs:N) have the same route; give each channel a unique route.
              - channel 'twice' wires an action with an empty value of 'action'; give the action a name.
            4 errors in the settings:
            """, Regex.Replace(string.Join('\n', run.Lines[..5]), @"(?<=CheckSpec\.cs:)\d+", "N"));
        foreach (var named in new[] { "pikku.no-such-key", "pikku.limits.connections-per-node", "'missing'", "'absent'" })
            Assert.Single(run.Lines[5..], line => line.StartsWith("  - ", StringComparison.Ordinal) && line.Contains(named, StringComparison.Ordinal));
        Assert.Equal(9, run.Lines.Length);
    }

    [Fact]
    public async Task Prints_errors_of_the_wiring_alone()
    {
        await using var app = SmallApp.Build(pikku => WrongWiring(pikku));

        var run = await Run.Of(app.Services, "check");

        Assert.Equal(1, run.Code);
        Assert.DoesNotContain("settings", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prints_settings_that_are_not_HOCON_together_with_errors_of_the_wiring()
    {
        await using var app = SmallApp.Build(pikku => WrongWiring(pikku).AddHocon("pikku {"));

        var run = await Run.Of(app.Services, "check");

        Assert.Contains("1 error in the settings:", run.Lines);
        Assert.Contains("3 errors in the wiring:", run.Lines);
    }

    [Fact]
    public async Task Lists_the_wiring_while_the_settings_are_invalid()
    {
        await using var app = SmallApp.Build(pikku =>
        {
            SmallApp.Wire(pikku);
            pikku.AddHocon(WrongSettings);
        });

        var run = await Run.Of(app.Services, "info channels --json");

        Assert.Equal((0, 2, ""), (run.Code, run.Lines.Length, run.Error));
    }

    [Fact]
    public async Task A_listing_of_invalid_wiring_refers_to_the_check()
    {
        await using var app = SmallApp.Build(pikku => WrongWiring(pikku));

        var run = await Run.Of(app.Services, "info functions");

        Assert.Equal((1, "", "The wiring has 3 errors. Run the command 'check' to list them.\n"), (run.Code, run.Output, run.Error));
    }

    private static PikkuBuilder WrongWiring(PikkuBuilder pikku) => pikku
        .WireChannel("twice", c => c.OnMessage((string text) => text))
        .WireChannel("twice", c => c.MapAction("", () => "empty"));
}
