using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck.Xunit;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Tests.Contracts;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

#pragma warning disable CA1720 // The names of types are the subject of this spec.

/// <summary>The generated types keep everything that the server writes, and write the same again.</summary>
public sealed class RoundTripSpec
{
    private static readonly JsonSerializerOptions Server = new PikkuBuilder().Json;

    private static readonly Assembly Client = GeneratedAssembly.Load(CSharpClient.Generate(
        ContractOf.Wiring(pikku => pikku.WireChannel("wide", channel =>
        {
            channel.AllowAnonymous().MapAction("wide", (Wide input) => input);
            channel.MapAction("newer", () => new Newer(Level.Low));
            channel.MapAction("defaults", (Defaults input) => { });
        })),
        "Wide"));

    private static readonly JsonSerializerOptions Options = GeneratedAssembly.OptionsOf(Client, "Wide");

    [Property(MaxTest = 200)]
    public void A_large_type_survives_a_round_trip(
        sbyte int8, byte uint8, short int16, ushort uint16, int int32, uint uint32, long int64, ulong uint64, bool boolean, decimal number)
    {
        var seed = new Random(HashCode.Combine(int32, int64));
        var value = new Wide(
            int8, uint8, int16, uint16, int32, uint32, int64, uint64, (Int128)int64 * uint64, boolean, number, seed.NextDouble(), seed.NextSingle(), (char)('a' + (uint8 % 26)),
            $"\"<ä\u2028{int32}>", Guid.NewGuid(), new Uri("https://example.com/" + uint16), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(int8 % 14)),
            new DateTime(seed.NextInt64(DateTime.MaxValue.Ticks), DateTimeKind.Utc), DateOnly.FromDayNumber(uint16), new TimeOnly(uint16 * 1000L), TimeSpan.FromTicks(int64 / 2),
            [1, 2, uint8], JsonSerializer.SerializeToElement(new { x = int32 }), (Level)(uint8 % 2), (Code)(uint8 % 2 * 7),
            uint8 % 2 == 0 ? new Circle("c", seed.NextDouble()) : new Square("s", null), boolean ? int32 : null, boolean ? null : "text",
            [.. Enumerable.Range(0, uint8 % 4).Select(i => new Box<int?>(i == 2 ? null : i))],
            new Dictionary<string, IReadOnlyList<Level>> { [$"k{uint8}"] = [Level.High] }, boolean ? new Box<string>("x") : null);
        var json = JsonSerializer.Serialize(value, Server);

        var there = JsonSerializer.Deserialize(json, Client.GetType("Wide.Wide")!, Options);
        var back = JsonSerializer.Serialize(JsonSerializer.Deserialize<Wide>(JsonSerializer.Serialize(there, Options), Server), Server);

        Assert.Equal(json, back);
    }

    [Fact]
    public void Values_of_a_newer_server_do_not_break_the_client()
    {
        var type = Client.GetType("Wide.Newer")!;
        var newer = JsonSerializer.Deserialize("""{"level":"extreme","more":1}""", type, Options)!;
        Assert.Equal("Unknown", type.GetProperty("Level")!.GetValue(newer)!.ToString());
        Assert.Throws<JsonException>(() => JsonSerializer.Serialize(newer, Options));

        var shape = JsonSerializer.Deserialize("""{"kind":"hexagon"}""", Client.GetType("Wide.Shape")!, Options)!;
        Assert.Equal("Shape", shape.GetType().Name);
    }

    [Fact]
    public void Omitted_properties_are_not_sent_and_null_is_sent_if_the_server_distinguishes_it()
    {
        var type = Client.GetType("Wide.Defaults")!;
        var input = Activator.CreateInstance(type)!;
        Assert.Equal("{}", JsonSerializer.Serialize(input, Options));

        var text = type.GetProperty("Text")!;
        text.SetValue(input, Activator.CreateInstance(text.PropertyType, [null]));
        Assert.Equal("""{"text":null}""", JsonSerializer.Serialize(input, Options));
    }

    public sealed record Defaults(string? Text = "x", int Count = 7, string? Note = null);

    public sealed record Newer(Level Level);

    public sealed record Box<T>(T Content);

    [JsonConverter(typeof(JsonStringEnumConverter<Level>))]
    public enum Level
    {
        [JsonStringEnumMemberName("low-er")]
        Low,
        High,
    }

    public enum Code
    {
        None = 0,
        Seven = 7,
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape(string Name);

    public sealed record Circle(string Name, double Radius) : Shape(Name);

    public sealed record Square(string Name, int? Side) : Shape(Name);

    public sealed record Wide(
        sbyte Int8, byte UInt8, short Int16, ushort UInt16, int Int32, uint UInt32, long Int64, ulong UInt64, Int128 Integer, bool Boolean, decimal Decimal,
        double Double, float Float, char Char, string String, Guid Guid, Uri Uri, DateTimeOffset Moment, DateTime DateTime, DateOnly Date, TimeOnly Time,
        TimeSpan Span, byte[] Bytes, JsonElement Any, Level Level, Code Code, Shape Shape, int? MaybeNumber, string? MaybeText,
        IReadOnlyList<Box<int?>> Boxes, IReadOnlyDictionary<string, IReadOnlyList<Level>> Map, Box<string>? MaybeBox);
}
