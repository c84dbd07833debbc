using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Inspection;

/// <summary>
/// Writes a recording as a scenario, which the player of the test kit plays against a fresh host. What differs from run to run (ids, times, positions) is not
/// expected; an id that the client sends back is kept from the message in which it came.
/// </summary>
/// <param name="recording">The recording.</param>
/// <param name="mask">Masks secrets.</param>
/// <param name="clock">Tells times of the recording from other numbers.</param>
internal sealed partial class ScenarioWriter(Recording recording, SecretMask mask, TimeProvider clock)
{
    private const string Client = "A";
    private const int IdLength = 22; // of the id of a connection, without the part that names its node
    private static readonly TimeSpan s_near = TimeSpan.FromDays(2);
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The names that the protocol gives to what differs from run to run.
    private static readonly HashSet<string> s_variable = new(StringComparer.Ordinal) { "errorId", "position", "since", "at", "channelId", "connectionId", "expiresAt" };

    private readonly Dictionary<string, string> _saved = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sentBack = new(StringComparer.Ordinal);

    /// <summary>Writes the file.</summary>
    /// <param name="steps">The messages.</param>
    /// <param name="ended">Why the recording has ended.</param>
    public string Write(IReadOnlyList<RecordedStep> steps, string? ended)
    {
        foreach (var step in steps)
            if (step.Kind == RecordedKind.SentText && TryParse(step.Payload, out var json))
                AddTexts(json);
        var written = new JsonArray(OpenStep());
        // The messages of a connection that was open before are not known, and those of its beginning come again.
        if (recording is { Connection: not null, IsFromStart: false })
            written.Add(new JsonObject { ["skim"] = Client });
        foreach (var step in steps)
            written.Add((JsonNode)StepOf(step));
        return new JsonObject
        {
            ["name"] = $"recording {recording.Id}",
            ["rules"] = new JsonArray(),
            ["about"] = recording is { Connection: { } connection, BegunAt: { } time }
                ? $"Recorded on channel '{connection.Name}' at {time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}, "
                    + $"{(recording.IsFromStart ? "from its connect" : "of an open connection")}; {ended}. Secrets are masked."
                : "The user did not connect.",
            ["steps"] = written,
        }.ToJsonString(s_json) + "\n";
    }

    private JsonObject OpenStep()
    {
        var open = new JsonObject { ["open"] = Client, ["path"] = recording.Connection is { } connection ? PathOf(connection) : "/" };
        if (recording.Connection is { IsEnveloped: true })
            open["protocol"] = SubprotocolNames.Enveloped;
        if (recording.Owner is { } owner && UserName().IsMatch(owner))
            open["headers"] = new JsonObject { ["Authorization"] = $"Bearer {TokenOf(owner)}" };
        return open;
    }

    private JsonObject StepOf(RecordedStep step) => step.Kind switch
    {
        RecordedKind.SentText => new JsonObject { ["send"] = Client, ["text"] = SentText(step.Payload) },
        RecordedKind.SentBinary => new JsonObject { ["send"] = Client, ["hex"] = Convert.ToHexStringLower(step.Payload) },
        RecordedKind.ReceivedBinary => new JsonObject { ["expect"] = Client, ["hex"] = Convert.ToHexStringLower(step.Payload) },
        RecordedKind.ReceivedText => ExpectStep(step.Payload),
        RecordedKind.ClientClose => new JsonObject { ["close"] = Client, ["code"] = step.Code },
        _ => new JsonObject { ["closed"] = Client, ["code"] = (step.Payload[0] << 8) | step.Payload[1] },
    };

    // A message that needs no change stays as the client wrote it.
    private string SentText(byte[] payload)
    {
        var text = Encoding.UTF8.GetString(payload);
        if (!TryParse(payload, out var json))
            return mask.Text(text);
        var changed = false;
        var masked = mask.Json(json, ref changed, SecretOf);
        masked = WithSaved(masked, ref changed);
        return changed ? masked!.ToJsonString(s_compact) : text;
    }

    private static readonly JsonSerializerOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The player creates the token of the user. Other secrets have to be filled in by hand.
    private JsonNode SecretOf(string name) => name.Contains("token", StringComparison.OrdinalIgnoreCase) && recording.Owner is { } owner && UserName().IsMatch(owner)
        ? TokenOf(owner) : SecretMask.Mask;

    private JsonObject ExpectStep(byte[] payload)
    {
        if (!TryParse(payload, out var json) || json is null)
            return new JsonObject { ["expect"] = Client, ["text"] = mask.Text(Encoding.UTF8.GetString(payload)) };
        var saves = new JsonObject();
        var changed = false;
        var wanted = Steady(json, [], saves, ref changed, out _);
        var step = new JsonObject { ["expect"] = Client, [changed ? "match" : "json"] = wanted };
        if (saves.Count > 0)
            step["save"] = saves;
        return step;
    }

    /// <summary>The part of a message that is the same in each run. Nothing is left of an array that contains a value that differs.</summary>
    private JsonNode? Steady(JsonNode? node, string[] path, JsonObject saves, ref bool changed, out bool isVariable)
    {
        isVariable = false;
        switch (node)
        {
            case JsonObject properties:
                var copy = new JsonObject();
                foreach (var (name, value) in properties)
                {
                    var here = path.Length > 0 && path[0] == "" ? path : [.. path, name];
                    if (value is not null && mask.IsSecret(name))
                    {
                        changed = true;
                    }
                    else if (value is JsonValue one && (s_variable.Contains(name) || IsVariable(one)))
                    {
                        if (SavedOf(one, here, saves) is { } known)
                            copy[name] = known;
                        changed = true;
                    }
                    else
                    {
                        var part = Steady(value, here, saves, ref changed, out var differs);
                        if (!differs)
                            copy[name] = part;
                    }
                }

                return copy;
            case JsonArray items:
                var list = new JsonArray();
                foreach (var item in items)
                {
                    list.Add(Steady(item, [""], saves, ref changed, out var differs)); // a path has no items of arrays
                    if (!differs)
                        continue;
                    isVariable = changed = true;
                    return null;
                }

                return list;
            case JsonValue value when IsVariable(value):
                isVariable = changed = true;
                return null;
            default:
                return node?.DeepClone();
        }
    }

    // The name of a value that the client sends back. It is kept where it comes first, and expected where it comes again.
    private string? SavedOf(JsonValue value, string[] path, JsonObject saves)
    {
        if (!value.TryGetValue<string>(out var text) || text.Length == 0)
            return null;
        if (_saved.TryGetValue(text, out var known))
            return saves.ContainsKey(known) ? null : $"${{{known}}}";
        if (!_sentBack.Contains(text) || path[0].Length == 0 || path.Any(part => part.Contains('.', StringComparison.Ordinal)))
            return null;
        var name = $"id{_saved.Count + 1}";
        _saved.Add(text, name);
        saves[name] = string.Join('.', path);
        return null;
    }

    private JsonNode? WithSaved(JsonNode? node, ref bool changed)
    {
        switch (node)
        {
            case JsonObject properties:
                foreach (var (name, value) in properties.ToArray())
                    properties[name] = WithSaved(Detach(value), ref changed);
                return properties;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                    items[i] = WithSaved(Detach(items[i]), ref changed);
                return items;
            case JsonValue value when value.TryGetValue<string>(out var text) && _saved.TryGetValue(text, out var saved):
                changed = true;
                return $"${{{saved}}}";
            default:
                return node;
        }
    }

    private static JsonNode? Detach(JsonNode? node) => node?.DeepClone();

    private void AddTexts(JsonNode? node)
    {
        if (node is JsonObject properties)
            foreach (var (_, value) in properties)
                AddTexts(value);
        else if (node is JsonArray items)
            foreach (var item in items)
                AddTexts(item);
        else if (node is JsonValue value && value.TryGetValue<string>(out var text))
            _sentBack.Add(text);
    }

    // An id, a time, or a number of milliseconds or seconds near the time of the recording.
    private bool IsVariable(JsonValue value)
    {
        if (value.TryGetValue<string>(out var text))
            return Guid.TryParse(text, out _) || Time().IsMatch(text) || IsRandom(text);
        if (!value.TryGetValue<double>(out var number))
            return false;
        var now = clock.GetUtcNow();
        return Math.Abs(number - now.ToUnixTimeMilliseconds()) < s_near.TotalMilliseconds || Math.Abs(number - now.ToUnixTimeSeconds()) < s_near.TotalSeconds;
    }

    /// <summary>
    /// True for a text that looks like a random id: letters and digits without blanks. One of forty ids of a connection, which have 22 characters, has no digit. A text of that
    /// length is taken for an id if its letters are of both cases.
    /// </summary>
    public static bool IsRandom(string text) =>
        RandomId().IsMatch(text) && text.Any(char.IsAsciiLetter)
        && (text.Any(char.IsAsciiDigit) || (text.Length >= IdLength && text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower)));

    private string PathOf(Connection connection)
    {
        var route = connection.Endpoint.Definition.Route;
        if (connection.OpeningDataOrNull is not { } data || JsonSerializer.SerializeToNode(data, data.GetType(), connection.Endpoint.Json) is not JsonObject values)
            return route;
        var query = new List<string>();
        foreach (var (name, value) in values)
        {
            if (value is null)
                continue;
            var text = mask.IsSecret(name) ? SecretMask.Mask : value is JsonArray items ? string.Join(',', items.Select(item => item?.ToString())) : value.ToString();
            var filled = Regex.Replace(
                route, $@"\{{\*{{0,2}}{Regex.Escape(name)}[^{{}}]*\}}", _ => Uri.EscapeDataString(text), RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
            if (filled == route)
                query.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(text)}");
            route = filled;
        }

        return query.Count == 0 ? route : $"{route}?{string.Join('&', query)}";
    }

    private static string TokenOf(string user) => $"${{jwt:{user}}}";

    private static bool TryParse(byte[] payload, out JsonNode? json)
    {
        try
        {
            json = JsonNode.Parse(payload);
            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            json = null;
            return false;
        }
    }

    [GeneratedRegex(@"^\w+$")]
    private static partial Regex UserName();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT")]
    private static partial Regex Time();

    [GeneratedRegex("^[A-Za-z0-9_~.:-]{12,}$")]
    private static partial Regex RandomId();
}
