using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pikku.Akka.Functions.Input;
using Xunit;
using static Pikku.Akka.Tests.Functions.Input.Inputs;
using static Pikku.Akka.Tests.Functions.Input.Reading;

namespace Pikku.Akka.Tests.Functions.Input;

[Trait("Rule", "F3")]
public class InputProperties
{
    private static readonly Action<byte[]>[] Readers =
    [
        Reads<Wide>, Reads<Order>, Reads<WithRequired>, Reads<Numbers>, Reads<Lists>, Reads<Matrix>, Reads<Closed>, Reads<Open>,
        Reads<Shape>, Reads<Team>, Reads<Signup>, Reads<Node>, Reads<Priced>, Reads<LooseList>, Reads<Painted>,
        Reads<JsonElement>, Reads<JsonNode>,
        Reads<JsonObject>, Reads<object>, Reads<Dictionary<string, Item>>, Reads<Dictionary<int, Color>>, Reads<List<Member?>>,
        Reads<string>, Reads<int>, Reads<Color?>, Reads<byte[]>, Reads<KeyValuePair<string, int>>, Reads<(int, string)>, Reads<NoData>,
    ];

    [Property]
    public void Reading_any_bytes_throws_only_the_wire_error(byte[] bytes) => ReadAll(bytes);

    [Property(MaxTest = 500)]
    public Property Reading_any_JSON_throws_nothing_but_the_error_of_the_wire() =>
        Prop.ForAll(Json.ToArbitrary(), json => ReadAll(Encoding.UTF8.GetBytes(json)));

    [Property(MaxTest = 500)]
    public Property Reading_any_mutilated_JSON_throws_nothing_but_the_error_of_the_wire() =>
        Prop.ForAll(Json.ToArbitrary(), ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<byte>(), (json, at, value) =>
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            bytes[at.Get % bytes.Length] = value;
            ReadAll(bytes);
        });

    [Property]
    public async Task A_written_value_can_be_read_again(NonNull<string> title, int count, string? note, DateTimeOffset at, Guid id, byte small)
    {
        var plain = new Plain(Unicode(title.Get)!, count, Unicode(note));
        Assert.Equal(plain, await Read<Plain>(JsonSerializer.Serialize(plain, Application())));
        var numbers = new Numbers(small, count, count, count / 4.0, count / 4m, count > 0, id, at, Maybe: count);
        Assert.Equal(numbers, await Read<Numbers>(JsonSerializer.Serialize(numbers, Application())));
    }

    [Property]
    public async Task A_list_of_numbers_reads_the_same_from_an_array_and_from_a_string(int[] numbers)
    {
        var array = await Read<int[]>(JsonSerializer.Serialize(numbers));
        var text = await Read<int[]>(JsonSerializer.Serialize(string.Join(',', numbers)));
        Assert.Equal(numbers, array.AsEnumerable());
        Assert.Equal(numbers, text.AsEnumerable());
    }

    // JSON with the properties of the types, with valid and invalid values.
    private static Gen<string> Json => Gen.Sized(size => Value(Math.Min(size / 10, 4)));

    private static Gen<string> Value(int depth)
    {
        var scalar = Gen.Elements(
            "null", "true", "0", "1", "2", "-1", "1.5", "1e400", "99999999999999999999", "\"\"", "\"a\"", "\"1,2\"", "\"red,blue\"",
            "\"2026-01-01\"", "\"circle\"", "\"5 EUR\"", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]");
        if (depth == 0)
            return scalar;
        var name = Gen.Elements(
            "a", "b", "c", "d", "e", "f", "g", "customer", "items", "title", "quantity", "extras", "name", "age", "members", "byRole",
            "display_name", "kind", "radius", "value", "children", "price", "ids", "tags", "rows", "color", "days", "key", "item1",
            "$type", "$id", "$ref", "", "x.y", "\\ud800");
        var member = from n in name from v in Value(depth - 1) select $"\"{n}\":{v}";
        return Gen.Frequency(
            (1, scalar),
            (3, from members in Gen.ArrayOf(member) select $"{{{string.Join(',', members)}}}"),
            (1, from items in Gen.ArrayOf(Value(depth - 1)) select $"[{string.Join(',', items)}]"));
    }

    private static void ReadAll(byte[] bytes)
    {
        foreach (var read in Readers)
            read(bytes);
    }

    private static void Reads<T>(byte[] bytes)
    {
        try
        {
            var value = Reader<T>.Shared.Deserialize(bytes);
            Reader<T>.Shared.ValidateAsync(value, Services, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (UnprocessableContentError error)
        {
            Assert.NotEmpty(error.Details);
            Assert.DoesNotContain(error.Details, d => d.ToString().Contains("System.", StringComparison.Ordinal));
            Assert.DoesNotContain(error.Details, d => d.ToString().Contains("Pikku", StringComparison.Ordinal));
        }
    }

    // A lone surrogate can't be written in UTF-8.
    private static string? Unicode(string? text) => text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static class Reader<T>
    {
        public static readonly InputReader<T> Shared = new(Options);
    }
}
