namespace Pikku.Akka.Channels;

/// <summary>What a message does after its run and together with its reply.</summary>
internal interface IMessageCommit
{
    /// <summary>True when the run has allowed it. Middleware that does not call the rest of its chain leaves it false.</summary>
    bool IsDue { get; }

    /// <summary>Encodes the reply to the message.</summary>
    OutboundItem EncodeReply(ReplyFactory replies, TextMessage message);

    /// <summary>Commits. A refusal is thrown and becomes the error of the message.</summary>
    /// <returns>True when the message has been answered; false when its deadline or the end of its connection was first.</returns>
    Task<bool> RunAsync();

    /// <summary>Called instead of or after <see cref="RunAsync"/> when the message has failed, before its reply. The task never fails.</summary>
    Task FailAsync();
}
