using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>The scenarios with the connections of each spread over three nodes, which must look like one server.</summary>
public sealed class ClusterConformanceTests(ThreeNodes nodes) : IClassFixture<ThreeNodes>
{
    [Scenario]
    public async Task A_client_gets_what_the_contract_says_on_any_node(string scenario)
    {
        await using var stage = new ScenarioStage(nodes.Addresses);
        await ScenarioFile.Read(scenario).PlayAsync(stage);
    }
}
