using Conformance;

namespace Pikku.Akka.Tests.Conformance;

public sealed class ConformanceTests
{
    [Scenario]
    public async Task A_client_gets_what_the_contract_says(string scenario)
    {
        // An application of its own: scenarios share stores, topics and users with whatever ran before them.
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
