namespace Pikku.Akka.EventHub;

/// <summary>A handler of the callback form, its type hidden.</summary>
internal interface IEventHandler
{
    /// <summary>Runs the handler with the event as the type that it was subscribed for.</summary>
    ValueTask HandleAsync(HubEvent hubEvent);
}
