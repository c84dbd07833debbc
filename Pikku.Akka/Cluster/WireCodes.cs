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
        [EventHubErrorReason.Lost] = 7,
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

    /// <summary>The code of an answer that says that another answer follows.</summary>
    public const byte Pending = 1;

    /// <summary>The errors of calls of client functions and their codes.</summary>
    public static IReadOnlyDictionary<ClientCallErrorReason, byte> CallErrors { get; } = new Dictionary<ClientCallErrorReason, byte>
    {
        [ClientCallErrorReason.Timeout] = 2,
        [ClientCallErrorReason.Remote] = 3,
        [ClientCallErrorReason.Closed] = 4,
        [ClientCallErrorReason.NotExposed] = 5,
        [ClientCallErrorReason.Invalid] = 6,
    };

    /// <summary>The code of the outcome of a call of a client function; null when another answer follows.</summary>
    public static byte Of(ClientOutcome? outcome) => outcome is null ? Pending : outcome.Error is { } error ? CallErrors[error] : NoError;

    /// <summary>The error of a code; null for success. An unknown code of a later version is read as <see cref="ClientCallErrorReason.Remote"/>.</summary>
    public static ClientCallErrorReason? CallErrorOf(byte code)
    {
        if (code == NoError)
            return null;
        foreach (var (error, known) in CallErrors)
            if (known == code)
                return error;
        return ClientCallErrorReason.Remote;
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
