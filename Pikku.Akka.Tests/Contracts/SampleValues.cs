using System.Globalization;
using System.Text.Json.Nodes;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Tests.Contracts;

/// <summary>Creates random JSON that a contract allows: sometimes optional properties are omitted and nullable values are null.</summary>
internal sealed class SampleValues(int seed)
{
    // Below this depth only required values are created, so that recursive types end.
    private const int Deep = 4;

    // Texts with characters that need escaping.
    private const string Letters = "aZ09 \"'\\/\n\t\u2028äß漢";

    private readonly Random _random = new(seed);

    public JsonNode? Of(TypeUse type, ValueRules? rules = null, int depth = 0) => type switch
    {
        TypeUse.Nullable nullable => depth >= Deep || Chance(3) ? null : Of(nullable.Of, rules, depth),
        TypeUse.List list => new JsonArray([.. Enumerable.Range(0, Count(depth)).Select(_ => Of(list.Item, null, depth + 1))]),
        TypeUse.Map map => new JsonObject(Enumerable.Range(0, Count(depth)).Select(i => KeyValuePair.Create($"k{i}", Of(map.Value, null, depth + 1)))),
        TypeUse.Declared { Declaration: EnumDeclaration type1 } => type1.Values[_random.Next(type1.Values.Count)].Json.DeepClone(),
        TypeUse.Declared { Declaration: UnionDeclaration union } => Case(union, union.Cases[_random.Next(union.Cases.Count)], depth),
        TypeUse.Declared { Declaration: ObjectDeclaration type2 } => Object(type2, depth),
        TypeUse.Scalar scalar => Scalar(scalar.Kind, rules ?? ValueRules.None, depth),
        _ => throw new NotSupportedException(type.ToString()),
    };

    private JsonObject Case(UnionDeclaration union, UnionCase one, int depth)
    {
        var json = Object(one.Object, depth);
        if (one.Value is { } value)
            json.Insert(_random.Next(json.Count + 1), union.Discriminator, value.DeepClone());
        return json;
    }

    private JsonObject Object(ObjectDeclaration type, int depth)
    {
        var json = new JsonObject();
        foreach (var property in type.Properties.Where(property => property.IsRequired || (depth < Deep && Chance(2))))
            json[property.Name] = Of(property.Type, property.Rules, depth + 1);
        return json;
    }

    private JsonNode Scalar(ScalarKind kind, ValueRules rules, int depth) => kind switch
    {
        ScalarKind.Any => Of(depth < Deep ? new TypeUse.Map(new TypeUse.Scalar(ScalarKind.Int32)) : new TypeUse.Scalar(ScalarKind.String), null, depth + 1)!,
        ScalarKind.Boolean => Chance(2),
        ScalarKind.Int8 => (sbyte)_random.Next(-128, 128),
        ScalarKind.UInt8 => (byte)_random.Next(256),
        ScalarKind.Int16 => (short)_random.Next(-32768, 32768),
        ScalarKind.UInt16 => (ushort)_random.Next(65536),
        ScalarKind.Int32 => _random.Next(int.MinValue, int.MaxValue),
        ScalarKind.UInt32 => (uint)_random.NextInt64(uint.MaxValue),
        ScalarKind.Int64 => _random.NextInt64(long.MinValue, long.MaxValue),
        ScalarKind.UInt64 or ScalarKind.Integer => (ulong)_random.NextInt64(),
        ScalarKind.Float => (float)_random.Next(1000) / 8,
        ScalarKind.Double when rules is { Minimum: { } least, Maximum: { } most } => (double)least + _random.NextDouble() * (double)(most - least),
        ScalarKind.Double => (_random.NextDouble() - 0.5) * Math.Pow(10, _random.Next(-20, 20)),
        ScalarKind.Decimal => new decimal(_random.Next(), _random.Next(), 0, Chance(2), (byte)_random.Next(20)),
        ScalarKind.Char => Text(1, 1),
        ScalarKind.Guid => Guid.NewGuid(),
        ScalarKind.Uri => $"https://example.com/{_random.Next()}?q=ä%20b",
        ScalarKind.Bytes => Convert.ToBase64String([.. Enumerable.Range(0, _random.Next(5)).Select(_ => (byte)_random.Next(256))]),
        ScalarKind.DateTimeOffset => Moment().ToString("O", CultureInfo.InvariantCulture),
        ScalarKind.DateTime => Moment().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ScalarKind.DateOnly => DateOnly.FromDateTime(Moment().Date).ToString("O", CultureInfo.InvariantCulture),
        ScalarKind.TimeOnly => TimeOnly.FromDateTime(Moment().DateTime).ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        ScalarKind.TimeSpan => TimeSpan.FromTicks(_random.NextInt64(-1_000_000_000_000, 1_000_000_000_000)).ToString("c", CultureInfo.InvariantCulture),
        _ => Text(rules.MinLength ?? 0, Math.Min(rules.MaxLength ?? 20, 20)),
    };

    private string Text(int least, int most) => new([.. Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => Letters[_random.Next(Letters.Length)])]);

    private DateTimeOffset Moment() => new(_random.NextInt64(new DateTime(1970, 1, 1).Ticks, new DateTime(2100, 1, 1).Ticks) / 10_000_000 * 10_000_000, TimeSpan.FromHours(_random.Next(-12, 13)));

    private int Count(int depth) => depth >= Deep ? 0 : _random.Next(4);

    private bool Chance(int of) => _random.Next(of) == 0;
}
