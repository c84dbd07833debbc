using Snippets;
using Xunit;

namespace Pikku.Akka.Tests.Testing;

/// <summary>The code on the page about testing runs. The tests on it that are written with xunit run by themselves.</summary>
public sealed class PageSpec
{
    [Fact]
    public async Task Time_and_faults_do_what_the_page_says()
    {
        await using (var host = await RoomsAsync())
            await Snippets.Testing.Time(host);
        await using (var host = await RoomsAsync())
            await Snippets.Testing.Faults(host);
    }

    [Fact]
    public Task A_cluster_does_what_the_page_says() => Snippets.Testing.Cluster();

    [Fact]
    public async Task Typed_and_untyped_connections_reach_a_program()
    {
        await Snippets.Testing.OfProgram();
        await using var host = await PikkuTestHost.StartAsync<global::Conformance.ConformanceSession>();

        Assert.Equal(42, await Snippets.Testing.Typed(host));
        await Snippets.Testing.Untyped(host);
        await Snippets.Testing.Scenario(host, Path.Combine(AppContext.BaseDirectory, "Scenarios", "results.json"));
    }

    [Fact]
    public async Task Tests_of_other_frameworks_need_nothing_of_this_one()
    {
        var nunit = new Snippets.OfNUnit.RoomTests();
        await nunit.StartAsync();
        await nunit.A_user_says_something();
        await nunit.StopAsync();

        var mstest = new Snippets.OfMSTest.RoomTests();
        await mstest.StartAsync();
        await mstest.A_user_says_something();
        await mstest.StopAsync();
    }

    private static Task<PikkuTestHost> RoomsAsync() => PikkuTestHost.StartAsync(pikku => pikku.UseSession(User.From).AddRooms());
}
