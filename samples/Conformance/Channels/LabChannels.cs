using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Inputs, results and errors of every form, two routing keys, and a channel with a default handler.</summary>
public static class LabChannels
{
    public static PikkuBuilder WireLab(this PikkuBuilder pikku) => pikku
        .WireChannel("lab", channel => channel
            .AllowAnonymous()
            .OnMessage("action", on => on
                .On("echo", Functions.Echo)
                .WireResults()
                .WireSends()
                .WireState()
                .WireInputs()
                .WireErrors()
                .On("close", (IPikkuChannel channel) => channel.Close()))
            .OnMessage("command", on => on
                .On("run", (JsonElement data) => new { ran = data })
                .On("echo", Functions.Echo)))
        .WireChannel("lab-default", channel => channel
            .AllowAnonymous()
            .OnMessage("action", on => on.On("echo", Functions.Echo))
            .OnMessage((JsonElement data) => new { @default = true, type = TypeOf(data), data }));

    private static ActionsBuilder WireResults(this ActionsBuilder on) => on
        .On("str", () => "hello")
        .On("num", () => 42)
        .On("zero", () => 0)
        .On("empty", () => "")
        .On("yes", () => true)
        .On("no", () => false)
        .On("void", () => { })
        .On("nul", () => (object?)null)
        .On("arr", () => new List<int> { 1, 2, 3 })
        .On("emptyarr", () => new List<int>())
        .On("buf", () => new byte[] { 1, 2, 3 })
        .On("ownkey", () => new { action = "mine", command = "c", v = 1 })
        .On("noInput", (JsonElement data) => new { d = data });

    private static ActionsBuilder WireSends(this ActionsBuilder on) => on
        .On("multi", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { n = 1 });
            channel.TrySend(new { n = 2 });
            return new { n = 3 };
        })
        .On("sendOnly", (IPikkuChannel channel) => channel.SendAsync(new { only = 1 }))
        .On("sendStr", (IPikkuChannel channel) => channel.SendAsync("raw string"))
        .On("sendNum", (IPikkuChannel channel) => channel.SendAsync(7))
        .On("sendBin", (IPikkuChannel channel) => channel.SendAsync(new byte[] { 9, 8, 7 }));

    private static ActionsBuilder WireState(this ActionsBuilder on) => on
        .On("setState", (JsonElement data, IPikkuChannel channel) =>
        {
            channel.SetState<JsonElement?>(data);
            return new { ok = true };
        })
        .On("getState", (IPikkuChannel channel) => new { state = channel.GetState<JsonElement?>() })
        .On("clearState", (IPikkuChannel channel) =>
        {
            channel.ClearState();
            return new { ok = true };
        });

    private static ActionsBuilder WireInputs(this ActionsBuilder on) => on
        .On("slow", async (SlowInput input, CancellationToken cancellation) =>
        {
            await Task.Delay(input.Ms, cancellation);
            return new { tag = input.Tag };
        })
        .On("len", (TextInput input) => new { len = input.S.Length })
        .On("dataIn", (DataInput input) => new { len = input.Data.Length })
        .On("numIn", (NumberInput input) => new { n = input.N })
        .On("coerce", (CoerceInput input) => new { got = input })
        .On("dateIn", (DateInput input) => new { unixSeconds = input.When.ToUnixTimeSeconds() });

    private static ActionsBuilder WireErrors(this ActionsBuilder on) => on
        .On("throwNotFound", void () => throw new NotFoundError("for the log alone"))
        .On("throwForbidden", void () => throw new ForbiddenError("for the log alone"))
        .On("throwPlain", void () => throw new InvalidOperationException("for the log alone"))
        .On("throwCustom", void () => throw new CustomException());

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
