using System.Globalization;
using System.Text.Json.Nodes;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>
/// Compares what is sent. Who writes it decides: of what clients write the new contract must take all that the old one took, and of what the
/// server writes it must give nothing that the old one did not.
/// </summary>
internal sealed class SchemaDiff(ContractDocument older, ContractDocument newer, Direction direction, ContractChanges changes)
{
    private static readonly string[][] Widths = [["int8", "int16", "int32", "int64"], ["uint8", "uint16", "uint32", "uint64"], ["float", "double"]];

    // Types may contain themselves.
    private readonly HashSet<(JsonObject, JsonObject)> _compared = [];

    /// <param name="was">The old schema.</param>
    /// <param name="now">The new one.</param>
    /// <param name="place">What it is of: <c>action 'create', input</c>.</param>
    /// <param name="path">Where in it: names joined by dots.</param>
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
            Tell(narrower: a.IsAny, at, a.IsAny ? $"is {Name(b)} now, and no longer any JSON" : "may be any JSON now");
            return;
        }

        if (a.Types != b.Types && !IsWider(a.Types, b.Types) && !IsWider(b.Types, a.Types))
        {
            changes.Breaking(at, $"is {Name(b)} now, and no longer {Name(a)}");
            return;
        }

        if (a.Types != b.Types)
            Tell(IsWider(b.Types, a.Types), at, $"is {Name(b)} now, and was {Name(a)}");
        if (a.IsNullable != b.IsNullable)
            Tell(a.IsNullable, at, b.IsNullable ? "may be null now" : "is never null any more");
        CompareValues(a, b, at);
        CompareWords(a, b, at);
        CompareProperties(a, b, place, path, at);
        CompareParts(a, b, place, path);
        CompareCases(a, b, place, path, at);
        if (b.IsDeprecated && !a.IsDeprecated)
            changes.Compatible(at, "is deprecated now");
    }

    private void CompareValues(SchemaShape was, SchemaShape now, string at)
    {
        if (was.Values is null && now.Values is not null)
            Tell(narrower: true, at, $"must be one of {string.Join(", ", now.Values)} now");
        else if (was.Values is not null && now.Values is null)
            Tell(narrower: false, at, "is no longer one of certain values");
        else if (was.Values is not null && now.Values is not null)
        {
            foreach (var gone in was.Values.Except(now.Values))
                Tell(narrower: true, at, $"is never {gone} any more");
            foreach (var added in now.Values.Except(was.Values))
                Tell(narrower: false, at, $"may be {added} now");
        }
    }

    private void CompareWords(SchemaShape was, SchemaShape now, string at)
    {
        CompareFormat(was, now, at);
        foreach (var word in new[] { "pattern", "contentEncoding" })
            CompareText(was, now, word, at);
        CompareBound(was, now, "minimum", "exclusiveMinimum", "least value", 1, at);
        CompareBound(was, now, "maximum", "exclusiveMaximum", "greatest value", -1, at);
        foreach (var (word, what) in new[] { ("Length", "length"), ("Items", "number of items"), ("Properties", "number of properties") })
        {
            CompareBound(was, now, "min" + word, null, $"least {what}", 1, at);
            CompareBound(was, now, "max" + word, null, $"greatest {what}", -1, at);
        }

        if (was.Words.GetValueOrDefault("default") is var before && now.Words.GetValueOrDefault("default") is var after && !JsonNode.DeepEquals(before, after))
            changes.Compatible(at, $"has the default {Written(after)} now, and had {Written(before)}");
    }

    private void CompareFormat(SchemaShape was, SchemaShape now, string at)
    {
        var (before, after) = (was.Words.GetValueOrDefault("format")?.GetValue<string>(), now.Words.GetValueOrDefault("format")?.GetValue<string>());
        if (before is not null && after is not null && Array.Find(Widths, widths => widths.Contains(before) && widths.Contains(after)) is { } known && before != after)
            Tell(Array.IndexOf(known, after) < Array.IndexOf(known, before), at, $"is {after} now, and was {before}");
        else if (was.Types == now.Types)
            CompareText(was, now, "format", at);
    }

    private void CompareText(SchemaShape was, SchemaShape now, string word, string at)
    {
        var (before, after) = (was.Words.GetValueOrDefault(word), now.Words.GetValueOrDefault(word));
        if (before is null && after is not null)
            Tell(narrower: true, at, $"has the {word} {Written(after)} now");
        else if (before is not null && after is null)
            Tell(narrower: false, at, $"has no longer the {word} {Written(before)}");
        else if (!JsonNode.DeepEquals(before, after))
            changes.Breaking(at, $"has the {word} {Written(after)} now, and had {Written(before)}");
    }

    // Of a greatest value the smaller one allows less.
    private void CompareBound(SchemaShape was, SchemaShape now, string closed, string? open, string what, int sign, string at)
    {
        var (before, after) = (Bound(was, closed, open), Bound(now, closed, open));
        if (before == after)
            return;
        var narrower = before is not { } old || (after is { } next && (sign * next.Value, next.IsOpen).CompareTo((sign * old.Value, old.IsOpen)) > 0);
        Tell(narrower, at, $"has the {what} {Written(after)} now, and had {Written(before)}");
    }

    private static (decimal Value, bool IsOpen)? Bound(SchemaShape shape, string closed, string? open) =>
        open is not null && shape.Words.TryGetValue(open, out var excluded) ? (excluded.GetValue<decimal>(), true)
        : shape.Words.TryGetValue(closed, out var included) ? (included.GetValue<decimal>(), false)
        : null;

    private static string Written((decimal Value, bool IsOpen)? bound) =>
        bound is var (value, isOpen) ? string.Create(CultureInfo.InvariantCulture, $"{value}{(isOpen ? " (not itself)" : "")}") : "none";

    private void CompareProperties(SchemaShape was, SchemaShape now, string place, string path, string at)
    {
        foreach (var (name, schema) in was.Properties.Where(property => property.Key != was.Discriminator))
        {
            if (now.Properties.TryGetValue(name, out var same))
            {
                if (was.Required.Contains(name) != now.Required.Contains(name))
                    Tell(now.Required.Contains(name), At(name), Presence(now.Required.Contains(name)));
                Compare(schema, same, place, Join(path, name));
            }
            else if (direction == Direction.Output || now.ForbidsOthers)
                changes.Breaking(At(name), direction == Direction.Output ? "is gone" : "is refused now");
            else
                changes.Compatible(At(name), "is not read any more");
        }

        foreach (var name in now.Properties.Keys.Where(name => name != now.Discriminator && !was.Properties.ContainsKey(name)))
        {
            if (direction == Direction.Input && now.Required.Contains(name))
                changes.Breaking(At(name), "is new and required");
            else
                changes.Compatible(At(name), "is new");
        }

        if (direction == Direction.Input && was.ForbidsOthers != now.ForbidsOthers)
            Tell(now.ForbidsOthers, at, now.ForbidsOthers ? "refuses properties that it does not declare now" : "takes properties that it does not declare now");

        string At(string name) => $"{place} '{Join(path, name)}'";
    }

    private void CompareParts(SchemaShape was, SchemaShape now, string place, string path)
    {
        // What is not said may be any JSON.
        if (was.Types == "array" && now.Types == "array" && (was.Items ?? now.Items) is not null)
            Compare(was.Items ?? [], now.Items ?? [], place, $"{path}[]");
        if (was.Types == "object" && now.Types == "object" && was.Others is { } before && now.Others is { } after)
            Compare(before, after, place, Join(path, "*"));
    }

    private void CompareCases(SchemaShape was, SchemaShape now, string place, string path, string at)
    {
        if (was.Discriminator != now.Discriminator && was.Cases.Count > 0 && now.Cases.Count > 0)
        {
            changes.Breaking(at, $"tells its cases apart by '{now.Discriminator}' now, and did by '{was.Discriminator}'");
            return;
        }

        foreach (var (value, schema) in was.Cases)
        {
            if (now.Cases.TryGetValue(value, out var same))
                Compare(schema, same, place, $"{path}<{value.Trim('"')}>");
            else
                Tell(narrower: true, at, $"is never the case {value} any more");
        }

        foreach (var added in now.Cases.Keys.Except(was.Cases.Keys))
            Tell(narrower: false, at, $"may be the case {added} now");
    }

    // Narrower inputs refuse what clients send; wider outputs have what clients do not know.
    private void Tell(bool narrower, string at, string text)
    {
        if (narrower == (direction == Direction.Input))
            changes.Breaking(at, text);
        else
            changes.Compatible(at, text);
    }

    private string Presence(bool required) => (direction, required) switch
    {
        (Direction.Input, true) => "is required now",
        (Direction.Input, false) => "may be left out now",
        (_, true) => "is always there now",
        _ => "may be missing now",
    };

    private static bool IsWider(string? was, string? now) => was == "integer" && now == "number";

    private static string Name(SchemaShape shape) => shape.Types ?? "one of several objects";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Written(JsonNode? value) => value is null ? "none" : value.ToJsonString();
}
