namespace Pikku.Akka;

/// <summary>The event hub refused a call. With the reasons other than <see cref="EventHubErrorReason.Unavailable"/>, nothing was sent or changed.</summary>
/// <param name="reason">The reason.</param>
/// <param name="message">The text for the log.</param>
/// <param name="innerException">What caused it.</param>
public sealed class EventHubException(EventHubErrorReason reason, string message, Exception? innerException = null)
    : PikkuException(NameOf(reason), StatusOf(reason), ClientTextOf(reason), message, innerException)
{
    /// <summary>The reason.</summary>
    public EventHubErrorReason Reason { get; } = reason;

    private static string NameOf(EventHubErrorReason reason) => reason switch
    {
        EventHubErrorReason.InvalidTopic => nameof(BadRequestError),
        EventHubErrorReason.TooLarge => nameof(PayloadTooLargeError),
        EventHubErrorReason.TooManySubscriptions => nameof(TooManyRequestsError),
        EventHubErrorReason.Unavailable => nameof(ServiceUnavailableError),
        _ => "InternalServerError",
    };

    private static int StatusOf(EventHubErrorReason reason) => reason switch
    {
        EventHubErrorReason.InvalidTopic => 400,
        EventHubErrorReason.TooLarge => 413,
        EventHubErrorReason.TooManySubscriptions => 429,
        EventHubErrorReason.Unavailable => 503,
        _ => 500,
    };

    private static string ClientTextOf(EventHubErrorReason reason) => reason switch
    {
        EventHubErrorReason.InvalidTopic => "The name of the topic is blank or too long.",
        EventHubErrorReason.TooLarge => "The event is larger than the server is willing to publish.",
        EventHubErrorReason.TooManySubscriptions => "The connection has too many subscriptions.",
        EventHubErrorReason.Unavailable => "The event hub is overloaded or going down.",
        _ => "Internal server error",
    };
}
