using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>The codes of enumerations in messages between nodes. The codes are explicit, so that the order of the declarations has no effect.</summary>
internal static class WireCodes
{
    private const byte NoError = 0;

    /// <summary>The errors and their codes.</summary>
    public static IReadOnlyDictionary<EventHubErrorReason, byte> Errors { get; } = new Dictionary<EventHubErrorReason, byte>
    {
        [EventHubErrorReason.InvalidTopic] = 1,
        [EventHubErrorReason.TooLarge] = 2,
        [EventHubErrorReason.NotSerializable] = 3,
        [EventHubErrorReason.TooManySubscriptions] = 4,
        [EventHubErrorReason.Unavailable] = 5,
        [EventHubErrorReason.TypeMismatch] = 6,
    };

    public static byte Of(EventHubErrorReason? error) => error is { } known ? Errors[known] : NoError;

    /// <summary>The error of a code. An unknown code of a later version is read as <see cref="EventHubErrorReason.Unavailable"/>.</summary>
    public static EventHubErrorReason? ErrorOf(byte code)
    {
        if (code == NoError)
            return null;
        foreach (var (error, known) in Errors)
            if (known == code)
                return error;
        return EventHubErrorReason.Unavailable;
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
