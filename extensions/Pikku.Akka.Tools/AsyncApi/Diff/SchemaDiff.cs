using System.Globalization;
using System.Text.Json.Nodes;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>
/// Compares two schemas by direction. The new contract must accept every value that clients of the old one may send, and must not produce
/// a value that the old one did not.
/// </summary>
internal sealed class SchemaDiff(ContractDocument older, ContractDocument newer, Direction direction, ContractChanges changes)
{
    private static readonly string[][] Widths = [["int8", "int16", "int32", "int64"], ["uint8", "uint16", "uint32", "uint64"], ["float", "double"]];

    // Types may contain themselves, so a pair that is being compared is not compared again.
    private readonly HashSet<(JsonObject, JsonObject)> _compared = [];

    /// <param name="was">The old schema.</param>
    /// <param name="now">The new schema.</param>
    /// <param name="place">The owner of the schema: <c>action 'create', input</c>.</param>
    /// <param name="path">The path within the owner: names joined by dots.</param>
    public void Compare(JsonObject was, JsonObject now, string place, string path = "")
    {
        if (path.Length == 0)
            _compared.Clear();
        if (!_compared.Add((older.Resolve(was), newer.Resolve(now))))
            return;
        var at = path.Length == 0 ? place : $"{place} '{path}'";
        var (a, b) = (SchemaShape.Of(older, was), SchemaShape.Of(newer, now));
        if (a.IsAny != b.IsAny)
        {
            Add(narrower: a.IsAny, at, a.IsAny ? $"changed from any JSON to {Name(b)}" : "may now be any JSON");
            return;
        }

        if (a.Types != b.Types && !IsWider(a.Types, b.Types) && !IsWider(b.Types, a.Types))
        {
            changes.Breaking(at, $"changed from {Name(a)} to {Name(b)}");
            return;
        }

        if (a.Types != b.Types)
            Add(IsWider(b.Types, a.Types), at, $"changed from {Name(a)} to {Name(b)}");
        if (a.IsNullable != b.IsNullable)
            Add(a.IsNullable, at, b.IsNullable ? "may now be null" : "can no longer be null");
        CompareValues(a, b, at);
        CompareKeywords(a, b, at);
        CompareProperties(a, b, place, path, at);
        CompareParts(a, b, place, path);
        CompareCases(a, b, place, path, at);
        if (b.IsDeprecated && !a.IsDeprecated)
            changes.Compatible(at, "is now deprecated");
    }

    private void CompareValues(SchemaShape was, SchemaShape now, string at)
    {
        if (was.Values is null && now.Values is not null)
            Add(narrower: true, at, $"must now be one of {string.Join(", ", now.Values)}");
        else if (was.Values is not null && now.Values is null)
            Add(narrower: false, at, "is no longer limited to a list of values");
        else if (was.Values is not null && now.Values is not null)
        {
            foreach (var gone in was.Values.Except(now.Values))
                Add(narrower: true, at, $"can no longer be {gone}");
            foreach (var added in now.Values.Except(was.Values))
                Add(narrower: false, at, $"may now be {added}");
        }
    }

    private void CompareKeywords(SchemaShape was, SchemaShape now, string at)
    {
        CompareFormat(was, now, at);
        foreach (var keyword in new[] { "pattern", "contentEncoding" })
            CompareText(was, now, keyword, at);
        CompareBound(was, now, "minimum", "exclusiveMinimum", "minimum value", 1, at);
        CompareBound(was, now, "maximum", "exclusiveMaximum", "maximum value", -1, at);
        foreach (var (keyword, what) in new[] { ("Length", "length"), ("Items", "number of items"), ("Properties", "number of properties") })
        {
            CompareBound(was, now, "min" + keyword, null, $"minimum {what}", 1, at);
            CompareBound(was, now, "max" + keyword, null, $"maximum {what}", -1, at);
        }

        if (was.Keywords.GetValueOrDefault("default") is var before && now.Keywords.GetValueOrDefault("default") is var after && !JsonNode.DeepEquals(before, after))
            changes.Compatible(at, $"default changed from {Text(before)} to {Text(after)}");
    }

    private void CompareFormat(SchemaShape was, SchemaShape now, string at)
    {
        var (before, after) = (was.Keywords.GetValueOrDefault("format")?.GetValue<string>(), now.Keywords.GetValueOrDefault("format")?.GetValue<string>());
        if (before is not null && after is not null && Array.Find(Widths, widths => widths.Contains(before) && widths.Contains(after)) is { } known && before != after)
            Add(Array.IndexOf(known, after) < Array.IndexOf(known, before), at, $"changed from {before} to {after}");
        else if (was.Types == now.Types)
            CompareText(was, now, "format", at);
    }

    private void CompareText(SchemaShape was, SchemaShape now, string keyword, string at)
    {
        var (before, after) = (was.Keywords.GetValueOrDefault(keyword), now.Keywords.GetValueOrDefault(keyword));
        if (before is null && after is not null)
            Add(narrower: true, at, $"now has the {keyword} {Text(after)}");
        else if (before is not null && after is null)
            Add(narrower: false, at, $"no longer has the {keyword} {Text(before)}");
        else if (!JsonNode.DeepEquals(before, after))
            changes.Breaking(at, $"{keyword} changed from {Text(before)} to {Text(after)}");
    }

    // sign is -1 for a maximum, where the smaller value is the narrower one.
    private void CompareBound(SchemaShape was, SchemaShape now, string closed, string? open, string what, int sign, string at)
    {
        var (before, after) = (Bound(was, closed, open), Bound(now, closed, open));
        if (before == after)
            return;
        var narrower = before is not { } old || (after is { } next && (sign * next.Value, next.IsOpen).CompareTo((sign * old.Value, old.IsOpen)) > 0);
        Add(narrower, at, $"{what} changed from {Text(before)} to {Text(after)}");
    }

    private static (decimal Value, bool IsOpen)? Bound(SchemaShape shape, string closed, string? open) =>
        open is not null && shape.Keywords.TryGetValue(open, out var excluded) ? (excluded.GetValue<decimal>(), true)
        : shape.Keywords.TryGetValue(closed, out var included) ? (included.GetValue<decimal>(), false)
        : null;

    private static string Text((decimal Value, bool IsOpen)? bound) =>
        bound is var (value, isOpen) ? string.Create(CultureInfo.InvariantCulture, $"{value}{(isOpen ? " (exclusive)" : "")}") : "none";

    private void CompareProperties(SchemaShape was, SchemaShape now, string place, string path, string at)
    {
        foreach (var (name, schema) in was.Properties.Where(property => property.Key != was.Discriminator))
        {
            if (now.Properties.TryGetValue(name, out var same))
            {
                if (was.Required.Contains(name) != now.Required.Contains(name))
                    Add(now.Required.Contains(name), At(name), Presence(now.Required.Contains(name)));
                Compare(schema, same, place, Join(path, name));
            }
            else if (direction == Direction.Output || now.ForbidsOthers)
                changes.Breaking(At(name), direction == Direction.Output ? "was removed" : "is now rejected");
            else
                changes.Compatible(At(name), "is now ignored");
        }

        foreach (var name in now.Properties.Keys.Where(name => name != now.Discriminator && !was.Properties.ContainsKey(name)))
        {
            if (direction == Direction.Input && now.Required.Contains(name))
                changes.Breaking(At(name), "was added and is required");
            else
                changes.Compatible(At(name), "was added");
        }

        if (direction == Direction.Input && was.ForbidsOthers != now.ForbidsOthers)
            Add(now.ForbidsOthers, at, now.ForbidsOthers ? "now rejects undeclared properties" : "now accepts undeclared properties");

        string At(string name) => $"{place} '{Join(path, name)}'";
    }

    private void CompareParts(SchemaShape was, SchemaShape now, string place, string path)
    {
        // A missing schema of items allows any JSON.
        if (was.Types == "array" && now.Types == "array" && (was.Items ?? now.Items) is not null)
            Compare(was.Items ?? [], now.Items ?? [], place, $"{path}[]");
        if (was.Types == "object" && now.Types == "object" && was.Others is { } before && now.Others is { } after)
            Compare(before, after, place, Join(path, "*"));
    }

    private void CompareCases(SchemaShape was, SchemaShape now, string place, string path, string at)
    {
        if (was.Discriminator != now.Discriminator && was.Cases.Count > 0 && now.Cases.Count > 0)
        {
            changes.Breaking(at, $"discriminator changed from '{was.Discriminator}' to '{now.Discriminator}'");
            return;
        }

        foreach (var (value, schema) in was.Cases)
        {
            if (now.Cases.TryGetValue(value, out var same))
                Compare(schema, same, place, $"{path}<{value.Trim('"')}>");
            else
                Add(narrower: true, at, $"can no longer be the case {value}");
        }

        foreach (var added in now.Cases.Keys.Except(was.Cases.Keys))
            Add(narrower: false, at, $"may now be the case {added}");
    }

    // A narrower input rejects values that clients send; a wider output contains values that clients do not know.
    private void Add(bool narrower, string at, string text)
    {
        if (narrower == (direction == Direction.Input))
            changes.Breaking(at, text);
        else
            changes.Compatible(at, text);
    }

    private string Presence(bool required) => (direction, required) switch
    {
        (Direction.Input, true) => "is now required",
        (Direction.Input, false) => "is now optional",
        (_, true) => "is now always present",
        _ => "may now be missing",
    };

    private static bool IsWider(string? was, string? now) => was == "integer" && now == "number";

    private static string Name(SchemaShape shape) => shape.Types ?? "one of several objects";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Text(JsonNode? value) => value is null ? "none" : value.ToJsonString();
}
