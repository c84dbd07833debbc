using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The steps of a call of this node that run code of the application, such as converters, getters and the disposal of services. They run on the thread
/// pool (<see cref="Offload"/>) and never in <see cref="CallsActor"/>, which all calls share. A step that throws fails only its own call.
/// </summary>
internal static class CallWork
{
    /// <summary>Encodes a call, and sends it to the actor as <see cref="CallProtocol.Encoded"/>. A call that can't be encoded fails.</summary>
    public static void Encode(InboundMessage inbound, NodeEncoder encoder, IActorRef calls)
    {
        NodeFrame call;
        inbound.BeginRun();
        // The epoch is read before the session: if the session ends in between, the function must not set it again.
        var epoch = inbound.Session.Epoch;
        try
        {
            var endpoint = inbound.Connection.Endpoint;
            using var user = inbound.Ambient.Enter(); // the getters of the application's types run here
            // The other node reads the opening data as the declared type, so they are written as the declared type: only that writes the discriminator of a derived type.
            var opening = inbound.OpeningData is { } data ? JsonSerializer.Serialize(data, endpoint.Definition.OpeningData!, endpoint.Json) : null;
            var current = inbound.Session.Current;
            var session = current is null ? null : SessionText.Of(current, endpoint.Json);
            var fence = current?.UserId is { } userId ? inbound.Session.FenceOf(userId) : null;
            call = encoder.Encode(new NodeMessage.Call(
                endpoint.Definition.Name, inbound.Action.Label, inbound.Channel.Id, session, opening, inbound.Data.ToArray(), inbound.Session.Token, fence));
        }
        catch (Exception e)
        {
            inbound.Fail(e);
            CompleteFunction(inbound);
            return;
        }

        calls.Tell(new CallProtocol.Encoded(inbound, epoch, call), ActorRefs.NoSender);
    }

    /// <summary>Changes the session of the connection for a function that runs on another node.</summary>
    /// <returns>The answer to that node.</returns>
    public static NodeFrame ChangeSession(DispatchedCall call, NodeMessage.ChangeSession change, NodeEncoder encoder)
    {
        var endpoint = call.Inbound.Connection.Endpoint;
        try
        {
            if (change.Session is not { } text)
                return Answer(change, call.ChangeSession(null), null, encoder);
            if (SessionText.Parse(text, endpoint.Json) is not { } session)
                return Answer(change, isDone: false, "The node of the connection can't read the session. Run the same version of the application on all nodes.", encoder);
            return Answer(change, call.ChangeSession(session), null, encoder);
        }
        catch (Exception e)
        {
            return Answer(change, isDone: false, $"The node of the connection could not change the session: {e.Message}", encoder);
        }
    }

    /// <summary>The answer to a change of the session.</summary>
    public static NodeFrame Answer(NodeMessage.ChangeSession change, bool isDone, string? error, NodeEncoder encoder) =>
        encoder.Encode(new NodeMessage.SessionChanged(change.Number, isDone, error)) with { Request = change.Request };

    /// <summary>Sends an item of a stream to the client when its connection has room. A failure ends the stream.</summary>
    /// <param name="call">The call.</param>
    /// <param name="item">The item.</param>
    /// <param name="taken">Called when the item is in the outbox.</param>
    public static async Task SendItemAsync(DispatchedCall call, NodeMessage.Item item, Action taken)
    {
        if (call.StreamError is not null)
            return; // the function was cancelled, and these items were on the way
        try
        {
            call.Items ??= call.Inbound.OpenStream();
            await call.Items.SendAsync(new RawJson(item.Json));
            taken();
        }
        catch (Exception e)
        {
            call.StreamError = e;
            call.Inbound.Cancel();
        }
    }

    /// <summary>Completes a call with the result of the other node, and writes the reply.</summary>
    public static void Complete(DispatchedCall call, NodeMessage.Returned returned)
    {
        var inbound = call.Inbound;
        if (call.StreamError is { } failure)
        {
            inbound.Fail(failure);
            CompleteFunction(inbound);
            return;
        }

        try
        {
            using var user = inbound.Ambient.Enter(); // the converters of the application's types run here
            if (returned.Error is { } error)
                inbound.Fail(new ForwardedError(JsonSerializer.Deserialize<ErrorInfo>(error)));
            else if (returned.HasResult)
                inbound.Succeed(returned.IsBinary ? returned.Result : ResultOf(returned, inbound.Action.Runner.Output!.Type));
        }
        catch (Exception e)
        {
            inbound.Fail(e);
        }

        CompleteFunction(inbound);
    }

    /// <summary>Ends a call with an error, on the thread pool: the end of a call disposes its services.</summary>
    public static void Fail(InboundMessage inbound, Exception error) => Offload.Run(
        static call =>
        {
            call.inbound.Fail(call.error);
            CompleteFunction(call.inbound);
        },
        (inbound, error));

    // A reply may have to contain the text of a string instead of its JSON, so strings are decoded.
    private static object? ResultOf(NodeMessage.Returned returned, Type type) =>
        type == typeof(string) ? JsonSerializer.Deserialize<string>(returned.Result) : new RawJson(returned.Result);

    private static void CompleteFunction(InboundMessage inbound)
    {
        using (Cascade.Open())
            inbound.CompleteFunction(isReadyForNext: false);
    }
}
