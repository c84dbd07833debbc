using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>The scenarios with connections spread over three nodes, which must behave like one server.</summary>
public sealed class ClusterConformanceTests(ThreeNodes nodes) : IClassFixture<ThreeNodes>
{
    [Scenario]
    public async Task A_client_receives_what_the_scenario_expects_on_any_node(string scenario)
    {
        await using var stage = new ScenarioStage(nodes.Addresses);
        await ScenarioFile.Read(scenario).PlayAsync(stage);
    }
}
