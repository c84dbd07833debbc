namespace Pikku.Akka;

/// <summary>The reason why the event hub refused a call.</summary>
public enum EventHubErrorReason
{
    /// <summary>The name of the topic is blank, or longer than <c>pikku.event-hub.max-topic-length</c>.</summary>
    InvalidTopic,

    /// <summary>The encoded event is larger than <c>pikku.event-hub.max-event-size</c>.</summary>
    TooLarge,

    /// <summary>The payload can't be serialized, or not in the form that the topic needs.</summary>
    NotSerializable,

    /// <summary>The connection already has <c>pikku.limits.subscriptions-per-connection</c> subscriptions.</summary>
    TooManySubscriptions,

    /// <summary>The hub is overloaded, did not answer in time, is not started or has stopped.</summary>
    Unavailable,

    /// <summary>The topic has subscribers that expect events of another type.</summary>
    TypeMismatch,

    /// <summary>Events of an <see cref="EventSubscription{TEvent}"/> were lost.</summary>
    Lost,
}
