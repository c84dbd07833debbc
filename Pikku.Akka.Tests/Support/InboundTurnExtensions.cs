using Pikku.Akka.Channels;

namespace Pikku.Akka.Tests.Support;

internal static class InboundTurnExtensions
{
    /// <summary>The messages of a turn that has not been concluded.</summary>
    public static InboundMessage[] Messages(this InboundTurn turn)
    {
        List<InboundMessage> messages = [];
        for (var message = turn.Current; message is not null; message = message.Next)
            messages.Add(message);
        return [.. messages];
    }
}
