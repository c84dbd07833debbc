namespace Pikku.Akka.EventHub;

/// <summary>A handler of the callback form, its type hidden. Two that are equal count as one.</summary>
internal interface IEventHandler
{
    /// <summary>Runs the handler with the event as the type that it was subscribed for. A failure is counted, and is the caller's to log.</summary>
    ValueTask HandleAsync(HubEvent hubEvent);
}
