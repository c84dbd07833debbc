using Conformance;

namespace Pikku.Akka.Tests.Conformance;

public sealed class ConformanceTests
{
    [Scenario]
    public async Task A_client_receives_what_the_scenario_expects(string scenario)
    {
        // Each scenario has its own application, because scenarios would share stores, topics and users otherwise.
        await using var app = ConformanceApp.Create(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None"]);
        await app.StartAsync();
        try
        {
            await using var stage = new ScenarioStage(new Uri(app.Urls.Single()));
            await ScenarioFile.Read(scenario).PlayAsync(stage);
        }
        finally
        {
            await app.StopAsync();
        }
    }
}
