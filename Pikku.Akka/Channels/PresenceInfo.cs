using System.Text.Json;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Channels;

/// <summary>A delegate of the application that returns the info with which a connection joins a presence topic. Created once at startup.</summary>
/// <param name="load">Returns the info as JSON, for a call and the key of the topic; null for a connection that does not join.</param>
internal sealed class PresenceInfo(Func<Invocation, object?, ValueTask<byte[]?>> load)
{
    public static PresenceInfo Of(FunctionBody body, JsonSerializerOptions json) => body.Accept(new Factory(json));

    /// <summary>Runs the delegate. The caller has entered the ambient context of the call.</summary>
    /// <param name="invocation">The call, with whose services the delegate runs.</param>
    /// <param name="key">The key of the topic; null for a single topic.</param>
    public ValueTask<byte[]?> LoadAsync(Invocation invocation, object? key) => load(invocation, key);

    private sealed class Factory(JsonSerializerOptions json) : IFunctionBodyVisitor<PresenceInfo>
    {
        public PresenceInfo Visit<TIn, TOut>(FunctionBody<TIn, TOut> body) => new(async (invocation, key) =>
        {
            var info = await body.Run(invocation.Context.Services, key is TIn input ? input : default!, invocation.Context);
            return info is null ? null : JsonSerializer.SerializeToUtf8Bytes(info, json);
        });
    }
}
