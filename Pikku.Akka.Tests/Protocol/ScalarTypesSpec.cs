using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.AsyncApi.Schemas;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Clients.CSharp;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Functions.Input;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

/// <summary>Input, contracts, generated clients and documents treat every type of the table of scalars as a scalar.</summary>
public sealed class ScalarTypesSpec
{
    private static readonly object[] Samples =
    [
        true, (sbyte)-1, (byte)1, (short)-2, (ushort)2, -3, 3u, -4L, 4ul, (Int128)(-5), (UInt128)5, (Half)1.5, 1.5f, 1.5, 1.5m, "text", 'c',
        new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"), new Uri("https://example.com/a"), new Version(1, 2), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)),
        new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateOnly(2026, 1, 2), new TimeOnly(3, 4, 5), new TimeSpan(3, 4, 5),
    ];

    public static TheoryData<Type> Types => new(ScalarTypes.All.Keys);

    [Fact]
    public void Every_type_has_a_sample() =>
        Assert.Equal(ScalarTypes.All.Keys.Select(type => type.Name).Order(), Samples.Select(sample => sample.GetType().Name).Order());

    [Theory]
    [MemberData(nameof(Types))]
    public void Input_reads_a_value_and_a_list_in_one_string(Type type) => Call(nameof(ReadValueAndList), type);

    [Theory]
    [MemberData(nameof(Types))]
    public void Input_of_another_kind_or_out_of_range_is_reported_with_the_text_of_the_table(Type type) => Call(nameof(ReadInvalid), type);

    [Theory]
    [MemberData(nameof(Types))]
    public void A_contract_and_its_document_have_the_kind_of_the_table(Type type)
    {
        var reader = new TypeReader(new JsonSerializerOptions(JsonSerializerDefaults.Web) { NumberHandling = default, TypeInfoResolver = new DefaultJsonTypeInfoResolver() });
        var kind = ScalarTypes.All[type].Kind;

        Assert.Equal(kind, Assert.IsType<TypeUse.Scalar>(reader.Read(type, Direction.Input)).Kind);
        Assert.Equal(kind, Assert.IsType<TypeUse.Scalar>(reader.Read(type, Direction.Output)).Kind);
        Assert.NotEmpty(ScalarSchema.Of(kind));
    }

    [Fact]
    public void Generated_clients_have_every_type()
    {
        var contract = ContractOf.Wiring(app => app.WireChannel("test", channel =>
        {
            foreach (var type in ScalarTypes.All.Keys)
                channel.MapAction(type.Name, (Delegate)Call(nameof(Echo), type)!).AllowAnonymous();
        }));

        Assert.NotNull(GeneratedAssembly.Load(CSharpClient.Generate(contract, "Scalars")));
        Assert.All(ScalarTypes.All.Keys, type => Assert.Contains($"{type.Name}: ", TypeScriptClient.Generate(contract), StringComparison.Ordinal));
    }

    private static object? Call(string method, Type type)
    {
        var generic = typeof(ScalarTypesSpec).GetMethod(method, System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!;
        return generic.MakeGenericMethod(type).Invoke(null, System.Reflection.BindingFlags.DoNotWrapExceptions, null, null, null);
    }

    private static Delegate Echo<T>() => ([FromData] T value) => value;

    private static void ReadValueAndList<T>()
    {
        var sample = Samples.OfType<T>().Single();
        var json = JsonSerializer.SerializeToElement(sample, Reading.Application());
        var text = json.ValueKind == JsonValueKind.String ? json.GetString() : json.GetRawText();

        Assert.Equal(sample, Deserialize<T>(json.GetRawText()));
        Assert.Equal([sample], Deserialize<List<T>>(JsonSerializer.Serialize(text)));
    }

    private static void ReadInvalid<T>()
    {
        var scalar = ScalarTypes.All[typeof(T)];

        Assert.Equal(scalar.Expected, Problem<T>("{}"));
        if (scalar.OutOfRange is { } outOfRange)
            Assert.Equal(outOfRange, Problem<T>("1e999"));
    }

    private static T Deserialize<T>(string json) => new InputReader<T>(Reading.Options).Deserialize(System.Text.Encoding.UTF8.GetBytes(json));

    private static string Problem<T>(string json) =>
        Assert.Single(Assert.Throws<UnprocessableContentError>(() => { Deserialize<T>(json); }).Details).Message;
}
