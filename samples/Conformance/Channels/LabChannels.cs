using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Inputs, results and errors of every form, two routing keys, and a channel with a default handler.</summary>
public static class LabChannels
{
    public static PikkuBuilder WireLab(this PikkuBuilder pikku) => pikku
        .WireChannel("lab", channel =>
        {
            channel.AllowAnonymous().MapAction("echo", Functions.Echo);
            channel.WireResults();
            channel.WireSends();
            channel.WireState();
            channel.WireInputs();
            channel.WireErrors();
            channel.MapAction("close", (IPikkuChannel channel) => channel.Close());
            channel.RoutingKey("command").MapAction("run", (JsonElement data) => new { ran = data });
            channel.RoutingKey("command").MapAction("echo", Functions.Echo);
        })
        .WireChannel("lab-default", channel =>
        {
            channel.AllowAnonymous().MapAction("echo", Functions.Echo);
            channel.OnMessage((JsonElement data) => new { @default = true, type = TypeOf(data), data });
        });

    private static void WireResults(this ChannelBuilder channel)
    {
        channel.MapAction("str", () => "hello");
        channel.MapAction("num", () => 42);
        channel.MapAction("zero", () => 0);
        channel.MapAction("empty", () => "");
        channel.MapAction("yes", () => true);
        channel.MapAction("no", () => false);
        channel.MapAction("void", () => { });
        channel.MapAction("nul", () => (object?)null);
        channel.MapAction("arr", () => new List<int> { 1, 2, 3 });
        channel.MapAction("emptyarr", () => new List<int>());
        channel.MapAction("buf", () => new byte[] { 1, 2, 3 });
        channel.MapAction("ownkey", () => new { action = "mine", command = "c", v = 1 });
        channel.MapAction("noInput", (JsonElement data) => new { d = data });
    }

    private static void WireSends(this ChannelBuilder channel)
    {
        channel.MapAction("multi", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { n = 1 });
            channel.TrySend(new { n = 2 });
            return new { n = 3 };
        });
        channel.MapAction("sendOnly", (IPikkuChannel channel) => channel.SendAsync(new { only = 1 }));
        channel.MapAction("sendStr", (IPikkuChannel channel) => channel.SendAsync("raw string"));
        channel.MapAction("sendNum", (IPikkuChannel channel) => channel.SendAsync(7));
        channel.MapAction("sendBin", (IPikkuChannel channel) => channel.SendAsync(new byte[] { 9, 8, 7 }));
    }

    private static void WireState(this ChannelBuilder channel)
    {
        channel.MapAction("setState", (JsonElement data, IPikkuChannel channel) =>
        {
            channel.SetState<JsonElement?>(data);
            return new { ok = true };
        });
        channel.MapAction("getState", (IPikkuChannel channel) => new { state = channel.GetState<JsonElement?>() });
        channel.MapAction("clearState", (IPikkuChannel channel) =>
        {
            channel.ClearState();
            return new { ok = true };
        });
    }

    private static void WireInputs(this ChannelBuilder channel)
    {
        channel.MapAction("slow", async (SlowInput input, CancellationToken cancellation) =>
        {
            await Task.Delay(input.Ms, cancellation);
            return new { tag = input.Tag };
        });
        channel.MapAction("len", (TextInput input) => new { len = input.S.Length });
        channel.MapAction("dataIn", (DataInput input) => new { len = input.Data.Length });
        channel.MapAction("numIn", (NumberInput input) => new { n = input.N });
        channel.MapAction("coerce", (CoerceInput input) => new { got = input });
        channel.MapAction("dateIn", (DateInput input) => new { unixSeconds = input.When.ToUnixTimeSeconds() });
    }

    private static void WireErrors(this ChannelBuilder channel)
    {
        channel.MapAction("throwNotFound", void () => throw new NotFoundError("for the log alone"));
        channel.MapAction("throwForbidden", void () => throw new ForbiddenError("for the log alone"));
        channel.MapAction("throwPlain", void () => throw new InvalidOperationException("for the log alone"));
        channel.MapAction("throwCustom", void () => throw new CustomException());
    }

    private static string TypeOf(JsonElement data) => data.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLower(CultureInfo.InvariantCulture),
    };

    public sealed record SlowInput(int Ms, JsonElement Tag);

    public sealed record TextInput(string S);

    public sealed record DataInput(string Data);

    public sealed record CoerceInput(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Tags = null,
        double N = 7,
        bool Flag = false);

    public sealed record DateInput(DateTimeOffset When);
}
