using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>One step of a scenario. Its first property determines the kind of step.</summary>
internal abstract record ScenarioStep
{
    private static readonly Dictionary<string, string> NoHeaders = [];

    public abstract Task PlayAsync(ScenarioStage stage);

    /// <param name="json">The step.</param>
    /// <param name="saved">What earlier steps have saved, by name: <c>${name}</c> stands for it.</param>
    public static ScenarioStep Read(JsonElement json, IReadOnlyDictionary<string, string> saved)
    {
        var text = BearerToken.FillIn(json.GetRawText());
        foreach (var (name, value) in saved)
            text = text.Replace($"${{{name}}}", value, StringComparison.Ordinal);
        var step = JsonElement.Parse(text);
        var kind = step.EnumerateObject().First();
        if (kind.NameEquals("pause"))
            return new Pause(TimeSpan.FromMilliseconds(kind.Value.GetInt32()));
        var target = kind.Value.GetString()!;
        return kind.Name switch
        {
            "open" => new Open(target, step.GetProperty("path").GetString()!, HeadersOf(step), TextOf(step, "protocol")),
            "send" when TextOf(step, "hex") is { } hex => new Send(target, Convert.FromHexString(hex), WebSocketMessageType.Binary),
            "send" => new Send(target, Encoding.UTF8.GetBytes(Payload(step)), WebSocketMessageType.Text),
            "expect" => new Expect(target, Expectation.Read(step), SavesOf(step)),
            "silent" => new Silent(target),
            "skim" => new Skim(target),
            "sse" => new Stream(
                target, step.GetProperty("path").GetString()!, HeadersOf(step), step.TryGetProperty("status", out var status) ? status.GetInt32() : 200, TextOf(step, "resume")),
            "close" => new Close(target, step.TryGetProperty("code", out var code) ? (WebSocketCloseStatus)code.GetInt32() : null),
            "closed" => new Closed(target, (WebSocketCloseStatus)step.GetProperty("code").GetInt32()),
            "rejected" => new Rejected(target, HeadersOf(step), step.GetProperty("status").GetInt32()),
            var unknown => throw new FormatException($"There is no step '{unknown}'."),
        };
    }

    private static string Payload(JsonElement step)
    {
        if (step.TryGetProperty("template", out var template))
            return template.GetRawText();
        if (!step.TryGetProperty("repeat", out var repeat))
            return step.GetProperty("text").GetString()!;

        var middle = new string(repeat.GetProperty("char").GetString()!.Single(), repeat.GetProperty("count").GetInt32());
        return repeat.GetProperty("prefix").GetString() + middle + repeat.GetProperty("suffix").GetString();
    }

    private static string? TextOf(JsonElement step, string name) => step.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static Dictionary<string, string> HeadersOf(JsonElement step) =>
        step.TryGetProperty("headers", out var headers) ? headers.Deserialize<Dictionary<string, string>>()! : NoHeaders;

    private static Dictionary<string, string> SavesOf(JsonElement step) =>
        step.TryGetProperty("save", out var saves) ? saves.Deserialize<Dictionary<string, string>>()! : NoHeaders;

    public sealed record Open(string Client, string Path, Dictionary<string, string> Headers, string? Protocol) : ScenarioStep
    {
        public override Task PlayAsync(ScenarioStage stage) => stage.OpenAsync(Client, Path, Headers, Protocol);
    }

    public sealed record Send(string Client, ReadOnlyMemory<byte> Message, WebSocketMessageType Type) : ScenarioStep
    {
        public override Task PlayAsync(ScenarioStage stage) => stage.Socket(Client).SendAsync(Message, Type);
    }

    public sealed record Expect(string Client, Expectation Expectation, Dictionary<string, string> Saves) : ScenarioStep
    {
        public override async Task PlayAsync(ScenarioStage stage)
        {
            var frame = await stage[Client].NextAsync();
            Expectation.Check(frame);
            foreach (var (name, path) in Saves)
                stage.Save(name, path.Split('.').Aggregate(frame.Json(), (part, property) => part.GetProperty(property)).GetString()!);
        }
    }

    public sealed record Skim(string Client) : ScenarioStep
    {
        public override Task PlayAsync(ScenarioStage stage) => stage[Client].SkimAsync();
    }

    /// <summary>Waits until the nodes of a cluster have exchanged what the clients sent.</summary>
    public sealed record Pause(TimeSpan Time) : ScenarioStep
    {
        public override async Task PlayAsync(ScenarioStage stage)
        {
            using var timer = new PeriodicTimer(Time);
            await timer.WaitForNextTickAsync();
        }
    }

    public sealed record Silent(string Client) : ScenarioStep
    {
        public override Task PlayAsync(ScenarioStage stage) => stage[Client].StaySilentAsync();
    }

    public sealed record Close(string Client, WebSocketCloseStatus? Code) : ScenarioStep
    {
        public override Task PlayAsync(ScenarioStage stage) => stage[Client].CloseAsync(Code);
    }

    public sealed record Closed(string Client, WebSocketCloseStatus Code) : ScenarioStep
    {
        public override async Task PlayAsync(ScenarioStage stage) => Assert.Equal(Code, await stage.Socket(Client).ClosedAsync());
    }

    public sealed record Stream(string Client, string Path, Dictionary<string, string> Headers, int Status, string? Resumed) : ScenarioStep
    {
        public override Task PlayAsync(ScenarioStage stage) => stage.StreamAsync(Client, Path, Headers, Status, Resumed);
    }

    public sealed record Rejected(string Path, Dictionary<string, string> Headers, int Status) : ScenarioStep
    {
        public override async Task PlayAsync(ScenarioStage stage) => Assert.Equal(Status, await UpgradeRequest.SendAsync(stage.Http(Path), Headers));
    }
}
