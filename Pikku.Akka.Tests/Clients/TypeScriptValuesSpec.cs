using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conformance;
using Pikku.Akka.Contracts;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Clients;

/// <summary>
/// The server accepts every value that the contract lets a client send and answers with values that match the contract. The TypeScript
/// compiler
/// accepts both as values of the generated types.
/// </summary>
[Trait("Rule", "M1")]
public sealed class TypeScriptValuesSpec
{
    private const int Rounds = 150;
    private const string Channel = "types";

    private static readonly AppContract Contract = ContractOf.Conformance();

    private static IReadOnlyList<ActionContract> Actions => Contract.Channels.Single(channel => channel.Name == Channel).Keys[0].Actions;

    [SkippableFact]
    public async Task Values_of_all_types_survive_a_round_trip()
    {
        await using var app = ConformanceApp.Create(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None"]);
        await app.StartAsync();
        using var client = await TextClient.Connect(
            new Uri(app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal) + "/" + Channel), options => options.AddSubProtocol("pikku.v1"));
        var values = new StringBuilder("import type { Channels } from './client.ts';\ntype Actions = Channels['types']['actions']['action'];\n");

        for (var seed = 0; seed < Rounds; seed++)
        {
            foreach (var action in Actions)
            {
                var input = new SampleValues(seed).Of(action.Input!);
                var reply = JsonNode.Parse((await client.Ask(new JsonObject { ["action"] = action.Name, ["id"] = seed, ["data"] = input?.DeepClone() }.ToJsonString()))!)!;

                Assert.True(reply["error"] is null, $"Seed {seed}, {action.Name}: {input?.ToJsonString()} was rejected with {reply.ToJsonString()}");
                var output = reply["data"];
                var difference = ShapeCheck.Difference(output, action.Output!);
                Assert.True(difference is null, $"Seed {seed}, {action.Name}: {difference} in {output?.ToJsonString()}");
                Declare(values, $"{action.Name}Input{seed}", $"Actions['{action.Name}']['input']", input);
                Declare(values, $"{action.Name}Output{seed}", $"Actions['{action.Name}']['output']", output);
            }
        }

        await CompileAsync(values.ToString());
    }

    [Fact]
    public void A_value_that_does_not_match_the_contract_is_detected()
    {
        var type = Actions.Single(action => action.Name == "nested").Output!;

        Assert.Null(ShapeCheck.Difference(JsonNode.Parse("""{"books":[],"byName":{},"notes":[null],"grid":[[1]]}"""), type));
        Assert.Equal("$.grid is missing", ShapeCheck.Difference(JsonNode.Parse("""{"books":[],"byName":{},"notes":[]}"""), type));
        Assert.Equal("$.grid[0][0] is \"1\" and no Int32", ShapeCheck.Difference(JsonNode.Parse("""{"books":[],"byName":{},"notes":[],"grid":[["1"]]}"""), type));
        Assert.Equal("$.byName.a is null", ShapeCheck.Difference(JsonNode.Parse("""{"books":[],"byName":{"a":null},"notes":[],"grid":[]}"""), type));
    }

    private static void Declare(StringBuilder values, string name, string type, JsonNode? value) =>
        values.Append($"export const {name}: {type} = {value?.ToJsonString() ?? "null"};\n");

    // Skipped if the npm packages of the client's tests are not installed; .ci/run installs them.
    private static async Task CompileAsync(string values)
    {
        var compiler = Repository.PathOf("Pikku.Akka.Tests", "Clients", "typescript", "node_modules", "typescript", "bin", "tsc");
        Skip.IfNot(File.Exists(compiler), "The TypeScript compiler is not installed. Run npm ci in Pikku.Akka.Tests/Clients/typescript.");
        var folder = Directory.CreateTempSubdirectory("pikku-values-");
        try
        {
            File.Copy(Repository.PathOf("Pikku.Akka.Tests", "Clients", "typescript", "conformance.ts"), Path.Combine(folder.FullName, "client.ts"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "values.ts"), values);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "tsconfig.json"),
                $$"""
                {
                  "extends": {{JsonSerializer.Serialize(Repository.PathOf("Pikku.Akka.Tests", "Clients", "typescript", "tsconfig.base.json"))}},
                  "compilerOptions": { "noEmit": true, "allowImportingTsExtensions": true },
                  "files": ["values.ts"]
                }
                """);
            using var process = Process.Start(new ProcessStartInfo("node", [compiler, "-p", folder.FullName]) { RedirectStandardOutput = true })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, output[..Math.Min(output.Length, 4000)]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
