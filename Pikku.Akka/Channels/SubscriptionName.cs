using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Reads the name of the topic that a client sends.</summary>
internal static class SubscriptionName
{
    /// <param name="data">The data of the message.</param>
    /// <param name="endpoint">The channel.</param>
    /// <exception cref="UnprocessableContentError">The data has no name, or the name is not valid.</exception>
    public static string Read(ReadOnlySpan<byte> data, ChannelEndpoint endpoint)
    {
        LoneSurrogates.Refuse(data);
        if (!SubscriptionProtocol.TryReadTopic(data, endpoint.Definition.Routes.ReaderOptions, out var name))
            throw Problem(Texts.Expected(typeof(string), isNumber: false));
        return Validate(name, endpoint);
    }

    /// <param name="name">The name, as text without lone surrogates; null for none.</param>
    /// <param name="endpoint">The channel.</param>
    /// <exception cref="UnprocessableContentError">There is no name, or it is not valid.</exception>
    public static string Validate(string? name, ChannelEndpoint endpoint)
    {
        if (name is null)
            throw Problem(Texts.Required);
        if (string.IsNullOrWhiteSpace(name))
            throw Problem(Texts.Blank);
        var longest = endpoint.Settings.EventHub.MaxTopicLength;
        return name.Length <= longest ? name : throw Problem(Texts.TooLong(longest));
    }

    private static UnprocessableContentError Problem(string text) => new(SubscriptionProtocol.TopicProperty, text);
}
