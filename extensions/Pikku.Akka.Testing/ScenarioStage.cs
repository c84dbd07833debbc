using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pikku.Akka.Testing;

/// <summary>The hosts of a scenario, its open clients by name, and what its steps have saved.</summary>
internal sealed partial class ScenarioStage(IReadOnlyList<PikkuTestHost> hosts, Func<string, string>? token) : IAsyncDisposable
{
    // How long no message may come where time is that of the machine.
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(150);

    private readonly Dictionary<string, PikkuTestConnection> _sockets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TestEventStream> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _saved = new(StringComparer.Ordinal);
    private int _turn;

    /// <summary>Plays a step. Its first property says what it does.</summary>
    public async Task PlayAsync(JsonElement unfilled)
    {
        var step = JsonElement.Parse(Placeholder().Replace(unfilled.GetRawText(), Fill));
        var kind = step.EnumerateObject().First();
        var target = kind.Value.ValueKind == JsonValueKind.String ? kind.Value.GetString()! : "";
        switch (kind.Name)
        {
            case "open":
                _sockets[target] = await NextHost().ConnectAsync(
                    step.GetProperty("path").GetString()!, new PikkuConnectOptions { Subprotocol = TextOf(step, "protocol"), Headers = HeadersOf(step) });
                break;
            case "send" when TextOf(step, "hex") is { } hex:
                await _sockets[target].SendBinaryAsync(Convert.FromHexString(hex));
                break;
            case "send":
                await _sockets[target].SendTextAsync(PayloadOf(step));
                break;
            case "expect":
                await ExpectAsync(target, step);
                break;
            case "silent":
                await SilentAsync(target);
                break;
            case "skim":
                await SettleAsync();
                while (await InboxOf(target).TryTakeAsync() is not null)
                {
                }

                break;
            case "pause":
                await PauseAsync(TimeSpan.FromMilliseconds(kind.Value.GetInt32()));
                break;
            case "close" when _streams.TryGetValue(target, out var stream):
                await stream.DisposeAsync();
                break;
            case "close":
                await _sockets[target].CloseAsync((CloseCode)step.GetProperty("code").GetInt32());
                await SilentAsync(target);
                break;
            case "closed":
                await _sockets[target].ExpectCloseAsync((CloseCode)step.GetProperty("code").GetInt32());
                break;
            case "rejected":
                await RejectedAsync(target, step);
                break;
            case "sse":
                await StreamAsync(target, step);
                break;
            default:
                throw new FormatException($"There is no step '{kind.Name}'.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets.Values)
            await socket.DisposeAsync();
        foreach (var stream in _streams.Values)
            await stream.DisposeAsync();
    }

    private static string? TextOf(JsonElement step, string name) => step.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static Dictionary<string, string> HeadersOf(JsonElement step) =>
        step.TryGetProperty("headers", out var headers) ? headers.Deserialize<Dictionary<string, string>>()! : [];

    private static string PayloadOf(JsonElement step)
    {
        if (step.TryGetProperty("template", out var template))
            return template.GetRawText();
        if (!step.TryGetProperty("repeat", out var repeat))
            return step.GetProperty("text").GetString()!;
        var middle = new string(repeat.GetProperty("char").GetString()!.Single(), repeat.GetProperty("count").GetInt32());
        return repeat.GetProperty("prefix").GetString() + middle + repeat.GetProperty("suffix").GetString();
    }

    private string Fill(Match match)
    {
        if (match.Groups["user"] is { Success: true } user)
            return (token ?? throw new InvalidOperationException("The scenario needs tokens: give PlayAsync a function that creates them."))(user.Value);
        return _saved.TryGetValue(match.Groups["name"].Value, out var saved) ? saved : match.Value;
    }

    private PikkuTestHost NextHost() => hosts[_turn++ % hosts.Count];

    private IScenarioInbox InboxOf(string client) => _streams.TryGetValue(client, out var stream) ? stream : new SocketInbox(_sockets[client]);

    private async Task ExpectAsync(string client, JsonElement step)
    {
        var inbox = InboxOf(client);
        var (wanted, matches) = ExpectationOf(step);
        var message = await inbox.TakeAsync(wanted);
        if (!matches(message))
            throw inbox.Failed(wanted, message);
        if (!step.TryGetProperty("save", out var saves))
            return;
        foreach (var save in saves.EnumerateObject())
            _saved[save.Name] = save.Value.GetString()!.Split('.').Aggregate(message.Json, (part, property) => part.GetProperty(property)).GetString()!;
    }

    private static (string Wanted, Func<PikkuTestMessage, bool> Matches) ExpectationOf(JsonElement step)
    {
        if (TextOf(step, "hex") is { } hex)
            return ($"the bytes {hex}", message => message.IsBinary && Convert.ToHexStringLower(message.Bytes.Span) == hex);
        if (TextOf(step, "text") is { } text)
            return (text, message => message.Text == text);
        if (step.TryGetProperty("json", out var json))
            return (json.GetRawText(), message => message.TryReadJson(out var received, out _) && JsonElement.DeepEquals(json, received));
        var part = step.GetProperty("match");
        return ($"a message that contains {part.GetRawText()}", message => message.TryReadJson(out var received, out _) && JsonMatch.IsWithin(part, received));
    }

    private async Task SilentAsync(string client)
    {
        await SettleAsync();
        var inbox = InboxOf(client);
        if (await inbox.TryTakeAsync() is { } message)
            throw inbox.Failed("no message", message);
    }

    private async Task SettleAsync()
    {
        foreach (var host in hosts)
            await host.SettleAsync();
        // Nodes of a cluster and functions that wait for the clock of the machine may still send something.
        if (hosts.Any(host => !host.IsVirtual))
            await Task.Delay(s_silence);
    }

    private async Task PauseAsync(TimeSpan time)
    {
        if (hosts.Any(host => !host.IsVirtual))
            await Task.Delay(time);
        foreach (var host in hosts.Where(host => host.IsVirtual))
            await host.AdvanceAsync(time);
    }

    private async Task RejectedAsync(string path, JsonElement step)
    {
        var (wanted, status) = (step.GetProperty("status").GetInt32(), await NextHost().UpgradeStatusAsync(path, HeadersOf(step)));
        if (status != wanted)
            throw new PikkuExpectationException($"The status {wanted} was expected, but the upgrade was answered with {status}.");
    }

    private async Task StreamAsync(string name, JsonElement step)
    {
        var (path, headers) = (step.GetProperty("path").GetString()!, HeadersOf(step));
        if (TextOf(step, "resume") is { } resumed)
            headers["Last-Event-ID"] = _streams[resumed].LastId ?? "";
        headers.TryAdd("Accept", "text/event-stream");
        var (host, wanted) = (NextHost(), step.TryGetProperty("status", out var number) ? number.GetInt32() : 200);
        var (status, stream) = await TestEventStream.OpenAsync(host, path, headers);
        if (stream is not null)
            _streams[name] = stream;
        if (status != wanted)
            throw new PikkuExpectationException($"The status {wanted} was expected, but the request was answered with {status}.");
    }

    [GeneratedRegex(@"\$\{(jwt:(?<user>\w+)|(?<name>\w+))\}")]
    private static partial Regex Placeholder();
}
