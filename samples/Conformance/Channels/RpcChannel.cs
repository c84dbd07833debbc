using System.Text.Json;
using System.Text.Json.Serialization;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Functions of the client that the server calls.</summary>
public static class RpcChannel
{
    private static readonly JsonElement NoArguments = JsonElement.Parse("{}");

    public static PikkuBuilder WireRpc(this PikkuBuilder pikku) => pikku.WireChannel("rpc", channel =>
    {
        channel.AllowAnonymous()
            .AddClientFunction(new ClientFunction<Question, Decision>("confirm"))
            .MapAction("confirm", (Question input, PikkuContext context) => context.Channel.InvokeAsync(new ClientFunction<Question, Decision>("confirm"), input, context.CancellationToken));
        channel.MapAction("call", CallAsync);
        channel.MapAction("par", CallAllAsync);
    });

    private static async Task<CallReply> CallAsync(CallInput input, PikkuContext context)
    {
        try
        {
            var result = await context.Channel.InvokeAsync(new ClientFunction<JsonElement?, JsonElement?>(input.Fn), input.Data, context.CancellationToken);
            return new CallReply(true) { Result = result };
        }
        catch (ClientCallException e)
        {
            return new CallReply(false) { Name = e.ErrorName, Message = e.Message, Reason = ReasonOf(e) };
        }
    }

    private static async Task<ParallelReply> CallAllAsync(ParallelInput input, PikkuContext context) => new(await Task.WhenAll(
        input.Fns.Select(fn => context.Channel.InvokeAsync(new ClientFunction<JsonElement?, JsonElement?>(fn), NoArguments, context.CancellationToken).AsTask())));

    // For Pikku, the answer of a client that does not expose the function is an error of the client like any other.
    private static string ReasonOf(ClientCallException e) => JsonNamingPolicy.CamelCase.ConvertName(
        (e.Reason == ClientCallErrorReason.NotExposed ? ClientCallErrorReason.Remote : e.Reason).ToString());

    /// <summary>A question to a person.</summary>
    public sealed record Question(string Text);

    /// <summary>The person's answer.</summary>
    public sealed record Decision(bool Yes);

    public sealed record CallInput(string Fn, JsonElement? Data = null);

    public sealed record CallReply(bool Ok)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public JsonElement? Result { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Name { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Message { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Reason { get; init; }
    }

    public sealed record ParallelInput(IReadOnlyList<string> Fns);

    public sealed record ParallelReply(IReadOnlyList<JsonElement?> Results);
}
