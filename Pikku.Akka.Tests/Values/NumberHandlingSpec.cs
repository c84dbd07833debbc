using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Clients.CSharp;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Contracts;
using Xunit;

namespace Pikku.Akka.Tests.Values;

/// <summary>Generated types match the server's JSON for every number handling and enumeration format of the application.</summary>
[Trait("Rule", "M1")]
public sealed class NumberHandlingSpec
{
    private const JsonNumberHandling AsText = JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString;

    public static TheoryData<JsonNumberHandling> Handlings => [JsonNumberHandling.Strict, AsText, JsonNumberHandling.WriteAsString,
        JsonNumberHandling.AllowReadingFromString, JsonNumberHandling.AllowNamedFloatingPointLiterals, AsText | JsonNumberHandling.AllowNamedFloatingPointLiterals];

    [Theory, MemberData(nameof(Handlings))]
    public async Task The_server_writes_what_the_contract_says_and_reads_what_the_contract_allows(JsonNumberHandling handling)
    {
        Action<PikkuBuilder> wire = app => app.ConfigureJson(json => json.NumberHandling = handling).WireChannel("test", channel =>
        {
            channel.AllowAnonymous().MapAction("number", ([FromData] long value) => value);
            channel.MapAction("list", ([FromData] List<long> value) => value);
            channel.MapAction("map", (Dictionary<string, double> value) => value);
            channel.MapAction("plain", (Plain value) => value);
            channel.MapAction("byProperty", (ByProperty value) => value);
            channel.MapAction("byType", (ByType value) => value);
        });
        await using var node = await LiveNode.StartAppAsync(wire);
        var client = await node.ConnectAsync(enveloped: true);
        var contract = ContractOf.Wiring(wire);

        foreach (var action in contract.Channels[0].Keys[0].Actions)
        {
            var input = Sample(action.Input!);
            var reply = await client.AskAsync(new JsonObject { ["action"] = action.Name, ["id"] = 1, ["data"] = input.DeepClone() }.ToJsonString());
            var output = JsonNode.Parse(reply)!["data"];
            Assert.True(output is not null, $"{action.Name}: {input.ToJsonString()} was answered with {reply}");
            var difference = ShapeCheck.Difference(output, action.Output!);
            Assert.True(difference is null, $"{action.Name}: {difference} in {output.ToJsonString()}");
            // If reading and writing use the same form, the generated types do too.
            if (handling is not JsonNumberHandling.WriteAsString)
                Assert.Equal(TypeText.Of(action.Output), TypeText.Of(action.Input));
        }

        GeneratedAssembly.Load(CSharpClient.Generate(contract, "Numbers"));
    }

    [Fact]
    public void Numbers_as_text_are_strings_in_both_clients_and_in_both_directions()
    {
        var contract = ContractOf.Wiring(app => app.WireChannel("test", channel => channel.AllowAnonymous().MapAction("x", (ByProperty value) => value)));
        var type = Assert.IsType<ObjectDeclaration>(Assert.Single(contract.Declarations));
        Assert.Equal(["big: NumberText", "map: {NumberText}", "list: [NumberText?]", "price: NumberText", "other: Int32"], TypeText.Of(type));

        var typescript = TypeScriptClient.Generate(contract);
        Assert.Contains("big: NumberText;", typescript, StringComparison.Ordinal);
        Assert.Contains("map: { [key: string]: NumberText };", typescript, StringComparison.Ordinal);
        var generated = GeneratedAssembly.Load(CSharpClient.Generate(contract, "Texts")).GetType("Texts.ByProperty")!;
        Assert.Equal(typeof(string), generated.GetProperty("Big")!.PropertyType);
        Assert.Equal(typeof(Dictionary<string, string>), generated.GetProperty("Map")!.PropertyType);
    }

    [Fact]
    public void An_enumeration_in_two_forms_has_a_declaration_for_each()
    {
        var contract = ContractOf.Wiring(app => app.WireChannel("test", channel => channel.AllowAnonymous().MapAction("x", (TwoForms value) => value)));
        var forms = contract.Declarations.OfType<EnumDeclaration>().ToDictionary(d => d.Name, d => d.Values.Select(v => v.Json.ToJsonString()).ToArray());
        Assert.Equal(["0", "1"], forms["LevelNumber"]);
        Assert.Equal(["\"Low\"", "\"High\""], forms["LevelText"]);
        GeneratedAssembly.Load(CSharpClient.Generate(contract, "Forms"));
    }

    [Fact]
    public void The_output_of_a_converter_of_the_application_is_unknown()
    {
        var contract = ContractOf.Wiring(app => app.ConfigureJson(json => json.Converters.Add(new UnixTime())).WireChannel("test", channel => channel.AllowAnonymous().MapAction("x", (When value) => value)));
        Assert.Equal(["at: Any", "list: [Any]"], TypeText.Of(Assert.IsType<ObjectDeclaration>(Assert.Single(contract.Declarations))));
    }

    [Fact]
    public void Properties_that_are_only_filled_read_or_written_are_in_the_directions_that_use_them()
    {
        var channel = ContractOf.Channel(c => c.MapAction("x", (Directions value) => value));
        var (input, output) = (channel.Keys[0].Actions[0].Input, channel.Keys[0].Actions[0].Output);
        Assert.Equal(["filled?: [String]", "readOnly?: Int32"], TypeText.Of((ObjectDeclaration)((TypeUse.Declared)input!).Declaration));
        Assert.Equal(["filled: [String]", "writtenOnly: Int32"], TypeText.Of((ObjectDeclaration)((TypeUse.Declared)output!).Declaration));
    }

    // One value of each action, with all optional properties.
    private static JsonNode Sample(TypeUse type) => type switch
    {
        TypeUse.Nullable nullable => Sample(nullable.Of),
        TypeUse.List list => new JsonArray(Sample(list.Item), Sample(list.Item)),
        TypeUse.Map map => new JsonObject { ["k"] = Sample(map.Value) },
        TypeUse.Declared { Declaration: ObjectDeclaration of } => new JsonObject(of.Properties.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Sample(p.Type)))),
        TypeUse.Scalar { Kind: ScalarKind.NumberText } => "17",
        TypeUse.Scalar { Kind: ScalarKind.NumberOrName } => "Infinity",
        _ => 17,
    };

    public sealed record Plain(long Big, double Price, long? Maybe, List<double> List, Dictionary<string, long> Map, List<List<long>> Grid);

    public sealed record ByProperty(
        [property: JsonNumberHandling(AsText)] long Big,
        [property: JsonNumberHandling(AsText)] Dictionary<string, long> Map,
        [property: JsonNumberHandling(AsText)] List<double?> List,
        [property: JsonNumberHandling(AsText)] float Price,
        int Other);

    [JsonNumberHandling(AsText)]
    public sealed record ByType(long Big, Dictionary<string, double> Map, double?[] List, List<List<long>> Grid, Dictionary<string, List<double>> Lists, Plain Plain);

    public enum Level
    {
        Low,
        High,
    }

    public sealed record TwoForms(Level Number, [property: JsonConverter(typeof(JsonStringEnumConverter<Level>))] Level Text);

    public sealed record When(DateTime At, List<DateTime> List);

    public sealed class Directions
    {
        [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
        public List<string> Filled { get; } = [];

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)]
        public int WrittenOnly { get; set; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
        public int ReadOnly { get; set; }
    }

    private sealed class UnixTime : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            DateTime.UnixEpoch.AddSeconds(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteNumberValue((long)(value - DateTime.UnixEpoch).TotalSeconds);
    }
}
