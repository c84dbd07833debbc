namespace Pikku.Akka.EventHub;

/// <summary>The end of a subscription that a client has made by itself.</summary>
internal interface IClientEnd : IClientChange
{
    /// <summary>Decides in the turn of the lane whether the subscription ends, and if so, sends the message to the client. Must not block.</summary>
    bool TryCommit();
}
