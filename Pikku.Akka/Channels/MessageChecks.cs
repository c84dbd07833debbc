using Pikku.Akka.Functions;

namespace Pikku.Akka.Channels;

/// <summary>The checks that refuse a message when its turn comes, before any of its code runs. They come after the rules of <see cref="InboundTurn"/>, 1 to 4.</summary>
internal static class MessageChecks
{
    /// <summary>
    /// Decides whether a message that may begin is refused. No other code decides this. True when none of its code runs; the reason is its
    /// <see cref="Functions.Invocation.Error"/>.
    /// </summary>
    public static bool IsRefused(InboundMessage message)
    {
        // 5. The message must have been decoded: it is well-formed and matches an action.
        if (message.Error is not null)
            return true;

        // 6. The client must not have cancelled it, and it must be within the rate, which was counted when the message was received.
        if (message.IsCancelled)
            message.Fail(new RequestCancelledError());
        else if (message.IsOverRate)
            message.Fail(new TooManyRequestsError());

        // 7. If the message needs a session, there must be one now: an earlier message may have set or cleared it (D1, D2).
        else if (message.NeedsSession)
            RequireSession(message);

        // 8. A stream needs a slot, which it keeps until its function has ended.
        if (message is ClientMessage { Error: null, Action.IsStream: true } client && !client.TryTakeSlot())
            message.Fail(new TooManyRequestsError("The connection has as many streams as pikku.channel.max-streams allows."));

        // A late answer to a server call runs no code and has no error either.
        return message.Error is not null || !message.HasWork;
    }

    private static void RequireSession(InboundMessage message)
    {
        try
        {
            // The session is a type of the application, so checking its expiration runs user code.
            using (message.Ambient.Enter())
            {
                if (CallerGate.Entry.RefusalOf(message.Session.Current, message.Action.Label, witness: null) is { } refusal)
                    message.Fail(refusal);
            }
        }
        catch (Exception e)
        {
            message.Fail(e);
        }
    }
}
