using Xunit;

namespace Pikku.Akka.Tests.Conformance;

public sealed class ConformanceTests(OneNode node) : IClassFixture<OneNode>
{
    [Scenario]
    public async Task A_client_receives_what_the_scenario_expects(string scenario)
    {
        await using var stage = new ScenarioStage(node.Address);
        await ScenarioFile.Read(scenario).PlayAsync(stage);
    }
}
