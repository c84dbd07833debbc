using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.EventHub;

/// <summary>An event handler of the application, without its type parameter. Equal handlers count as one subscription.</summary>
internal interface IEventHandler
{
    /// <summary>The names of the spans of its topic.</summary>
    TopicSpans Spans { get; }

    /// <summary>Decodes the event as the type of the handler, and runs the handler. A failure is counted and rethrown; the caller logs it.</summary>
    ValueTask HandleAsync(HubEvent hubEvent);
}
