using System.Text.Json;

namespace Pikku.Akka.EventHub;

/// <summary>The type of the events of a topic, with the options that read the events.</summary>
internal sealed class TopicType<T> : TopicType
{
    // The instance that was used last. A process may host several applications, each with its own options, so the cached instance is compared by its options.
    private static TopicType<T>? s_last;

    private readonly JsonSerializerOptions _json;

    private TopicType(JsonSerializerOptions json) : base(typeof(T)) => _json = json;

    /// <summary>The topic type of <typeparamref name="T"/> for an application with these options.</summary>
    public static TopicType<T> For(JsonSerializerOptions json)
    {
        var last = s_last;
        return last is not null && ReferenceEquals(last._json, json) ? last : s_last = new TopicType<T>(json);
    }

    protected override bool CanRead(HubEvent hubEvent)
    {
        if (hubEvent.IsBinary || IsBinary)
            return hubEvent.IsBinary && IsBinary;
        try
        {
            return hubEvent.As<T>(_json) is not null || MayBeNull;
        }
        catch (Exception)
        {
            // Converters and constructors are code of the application and may throw any exception. In each case the subscribers can't read the event.
            return false;
        }
    }
}
