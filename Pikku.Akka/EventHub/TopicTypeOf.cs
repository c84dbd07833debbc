using System.Text.Json;

namespace Pikku.Akka.EventHub;

/// <summary>The type of the events of a topic, and how they are read.</summary>
internal sealed class TopicType<T> : TopicType
{
    // By the options: there is one hub for each application of a process, each with options of its own.
    private static TopicType<T>? s_last;

    private readonly JsonSerializerOptions _json;

    private TopicType(JsonSerializerOptions json) : base(typeof(T)) => _json = json;

    /// <summary>The type, read with these options.</summary>
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
            // Converters and constructors are user code and may throw anything; whatever it is, it is no T for the subscribers.
            return false;
        }
    }
}
