namespace Pikku.Akka.Tests.Support;

/// <summary>Declares topics within a chain of calls.</summary>
internal static class ChannelBuilderExtensions
{
    public static ChannelBuilder WithTopic<TEvent>(this ChannelBuilder channel, string name)
    {
        channel.AddTopic(new Topic<TEvent>(name));
        return channel;
    }

    public static ChannelBuilder WithTopic<TKey, TEvent>(this ChannelBuilder channel, string template)
    {
        channel.AddTopic(new Topic<TKey, TEvent>(template));
        return channel;
    }
}
