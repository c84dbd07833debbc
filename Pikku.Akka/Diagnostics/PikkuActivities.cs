using System.Diagnostics;

namespace Pikku.Akka.Diagnostics;

/// <summary>
/// The activity source <c>Pikku.Akka</c>. Listeners are external code: when one of them throws, the work goes on without the span. A span that no listener records
/// has no tags.
/// </summary>
internal static class PikkuActivities
{
    public static ActivitySource Source { get; } = new(SpanNames.Source);

    /// <summary>False when no code listens. Then nothing else of this class is called.</summary>
    public static bool HasListeners => Source.HasListeners();

    /// <summary>Starts a span, which becomes the current activity of the caller's flow.</summary>
    /// <param name="name">The name, which must not be created for each span.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="parent">The parent; the current activity if it is not set.</param>
    /// <param name="links">The spans that caused this one without being its parent; null for none.</param>
    /// <returns>The span; null when no listener wants it.</returns>
    public static Activity? Start(string name, ActivityKind kind, ActivityContext parent = default, IEnumerable<ActivityLink>? links = null)
    {
        var before = Activity.Current;
        try
        {
            return Source.StartActivity(name, kind, parent, links: links);
        }
        catch (Exception)
        {
            Activity.Current = before;
            return null;
        }
    }

    /// <summary>Starts a span for a remote call.</summary>
    /// <param name="name">The name.</param>
    /// <param name="method">The name of the method, with that of its channel.</param>
    /// <param name="channel">The name of the channel; null when the call does not belong to one.</param>
    public static Activity? StartCall(string name, string method, string? channel)
    {
        var span = Start(name, ActivityKind.Client);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(SpanNames.RpcSystem, SpanNames.System).SetTag(SpanNames.RpcMethod, method);
            if (channel is not null)
                span.SetTag(SpanNames.Channel, channel);
        }

        return span;
    }

    /// <summary>Describes the topic of a span.</summary>
    public static void DescribeTopic(Activity span, string operation, string type, TopicSpans topic, string name)
    {
        span.SetTag(SpanNames.MessagingSystem, SpanNames.System)
            .SetTag(SpanNames.OperationName, operation)
            .SetTag(SpanNames.OperationType, type)
            .SetTag(SpanNames.DestinationName, name);
        if (topic.Template is { } template)
            span.SetTag(SpanNames.DestinationTemplate, template);
    }

    /// <summary>Records that the work of a span has failed. The text of the exception is not recorded, because it may contain data of users.</summary>
    /// <param name="span">The span; null for none.</param>
    /// <param name="error">The exception.</param>
    /// <param name="type">The name of the error; null for the type of the exception. If the span has an error already, that one stays.</param>
    public static void Fail(Activity? span, Exception error, string? type = null)
    {
        if (span is null)
            return;
        span.SetStatus(ActivityStatusCode.Error);
        if (span.IsAllDataRequested && span.GetTagItem(SpanNames.ErrorType) is null)
            span.SetTag(SpanNames.ErrorType, type ?? error.GetType().FullName);
    }

    /// <summary>Ends a span. Only the first call has an effect.</summary>
    public static void Stop(Activity? span)
    {
        try
        {
            span?.Stop();
        }
        catch (Exception)
        {
            // Thrown by a listener.
        }
    }
}
