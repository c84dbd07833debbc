using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>The codes of enumerations on the wire between nodes. They are written down here, so that the order of a declaration means nothing.</summary>
internal static class WireCodes
{
    private const byte NoError = 0;

    /// <summary>The errors and their codes.</summary>
    public static IReadOnlyDictionary<EventHubError, byte> Errors { get; } = new Dictionary<EventHubError, byte>
    {
        [EventHubError.InvalidTopic] = 1,
        [EventHubError.TooLarge] = 2,
        [EventHubError.NotSerializable] = 3,
        [EventHubError.TooManySubscriptions] = 4,
        [EventHubError.Unavailable] = 5,
        [EventHubError.TypeMismatch] = 6,
    };

    public static byte Of(EventHubError? error) => error is { } known ? Errors[known] : NoError;

    /// <summary>The error of a code. One that a later version added is not known here, and stands for a request that could not be done.</summary>
    public static EventHubError? ErrorOf(byte code)
    {
        if (code == NoError)
            return null;
        foreach (var (error, known) in Errors)
            if (known == code)
                return error;
        return EventHubError.Unavailable;
    }

    /// <summary>The code of an audience, two bits.</summary>
    public static int Of(HubAudience audience) => audience switch
    {
        HubAudience.Topic => 0,
        HubAudience.User => 1,
        _ => 2,
    };

    /// <exception cref="InvalidDataException">The code is not known.</exception>
    public static HubAudience AudienceOf(int code) => code switch
    {
        0 => HubAudience.Topic,
        1 => HubAudience.User,
        2 => HubAudience.Channel,
        _ => throw new InvalidDataException($"An event has the unknown audience {code}."),
    };
}
