using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>What would stop the start, told without one.</summary>
[Trait("Rule", "N1")]
[Trait("Rule", "A6")]
public sealed class CheckSpec
{
    private const string WrongSettings = "pikku { no-such-key = 1, limits.connections-per-node = none, function { placement = [\"missing=worker\"], blocking = [\"absent=2\"] } }";

    [Fact]
    public async Task What_is_right_is_one_line()
    {
        var run = await Run.Piped("check");

        Assert.Equal((0, "Wiring and settings are right: 2 channels, 4 functions.\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public async Task Mistakes_of_wiring_and_of_settings_are_all_told()
    {
        await using var app = SmallApp.Build(pikku => WrongWiring(pikku).Configure(WrongSettings));

        var run = await Run.Of(app.Services, "check");

        Assert.Equal(1, run.Code);
        Assert.Equal(
            """
            3 mistakes in the wiring:
              - the channels 'twice' and 'twice' have the same name; give each its own.
              - the channels 'twice' and 'twice' have the same route; give each its own.
              - channel 'twice' wires an empty value of 'action'; give it a name.
            4 mistakes in the settings:
            """, string.Join('\n', run.Lines[..5]));
        foreach (var named in new[] { "pikku.no-such-key", "pikku.limits.connections-per-node", "'missing'", "'absent'" })
            Assert.Single(run.Lines[5..], line => line.StartsWith("  - ", StringComparison.Ordinal) && line.Contains(named, StringComparison.Ordinal));
        Assert.Equal(9, run.Lines.Length);
    }

    [Fact]
    public async Task Mistakes_of_the_wiring_alone_are_told()
    {
        await using var app = SmallApp.Build(pikku => WrongWiring(pikku));

        var run = await Run.Of(app.Services, "check");

        Assert.Equal(1, run.Code);
        Assert.DoesNotContain("settings", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_of_settings_that_cannot_be_read_is_told_beside_the_wiring()
    {
        await using var app = SmallApp.Build(pikku => WrongWiring(pikku).Configure("pikku {"));

        var run = await Run.Of(app.Services, "check");

        Assert.Contains("1 mistake in the settings:", run.Lines);
        Assert.Contains("3 mistakes in the wiring:", run.Lines);
    }

    [Fact]
    public async Task What_is_wired_can_be_listed_while_the_settings_are_wrong()
    {
        await using var app = SmallApp.Build(pikku =>
        {
            SmallApp.Wire(pikku);
            pikku.Configure(WrongSettings);
        });

        var run = await Run.Of(app.Services, "info channels --json");

        Assert.Equal((0, 2, ""), (run.Code, run.Lines.Length, run.Error));
    }

    [Fact]
    public async Task A_list_of_wrong_wiring_points_to_the_check()
    {
        await using var app = SmallApp.Build(pikku => WrongWiring(pikku));

        var run = await Run.Of(app.Services, "info functions");

        Assert.Equal((1, "", "The wiring has 3 mistake(s); the command 'check' tells them.\n"), (run.Code, run.Output, run.Error));
    }

    private static PikkuBuilder WrongWiring(PikkuBuilder pikku) => pikku
        .WireChannel("twice", c => c.OnMessage((string text) => text))
        .WireChannel("twice", c => c.OnMessage("action", on => on.On("", () => "empty")));
}
