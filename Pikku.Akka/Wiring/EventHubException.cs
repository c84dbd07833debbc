namespace Pikku.Akka;

/// <summary>The event hub refused a call. With the reasons other than <see cref="EventHubError.Unavailable"/>, nothing was sent or changed.</summary>
/// <param name="reason">The reason.</param>
/// <param name="message">The text for the log.</param>
/// <param name="innerException">What caused it.</param>
public sealed class EventHubException(EventHubError reason, string message, Exception? innerException = null)
    : PikkuException(NameOf(reason), StatusOf(reason), ClientTextOf(reason), message, innerException)
{
    /// <summary>The reason.</summary>
    public EventHubError Reason { get; } = reason;

    private static string NameOf(EventHubError reason) => reason switch
    {
        EventHubError.InvalidTopic => nameof(BadRequestError),
        EventHubError.TooLarge => nameof(PayloadTooLargeError),
        EventHubError.TooManySubscriptions => nameof(TooManyRequestsError),
        EventHubError.Unavailable => nameof(ServiceUnavailableError),
        _ => "InternalServerError",
    };

    private static int StatusOf(EventHubError reason) => reason switch
    {
        EventHubError.InvalidTopic => 400,
        EventHubError.TooLarge => 413,
        EventHubError.TooManySubscriptions => 429,
        EventHubError.Unavailable => 503,
        _ => 500,
    };

    private static string ClientTextOf(EventHubError reason) => reason switch
    {
        EventHubError.InvalidTopic => "The name of the topic is blank or too long.",
        EventHubError.TooLarge => "The event is larger than the server is willing to publish.",
        EventHubError.TooManySubscriptions => "The connection has too many subscriptions.",
        EventHubError.Unavailable => "The event hub is overloaded or going down.",
        _ => "Internal server error",
    };
}
