using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace Pikku.Akka.Diagnostics;

/// <summary>The context of a recorded span, which other nodes link to or continue.</summary>
/// <param name="TraceId">The id of the trace.</param>
/// <param name="SpanId">The id of the span.</param>
/// <param name="Flags">The flags of the trace.</param>
/// <param name="State">The <c>tracestate</c>; null for none.</param>
internal sealed record TraceContext(ActivityTraceId TraceId, ActivitySpanId SpanId, ActivityTraceFlags Flags, string? State)
{
    /// <summary>The longest <c>tracestate</c> that is passed on, in characters: what the specification of W3C requires. A longer one is dropped.</summary>
    public const int MaxState = 512;

    /// <summary>The upper limit of the bytes of a context in a message between nodes.</summary>
    public const int MaxSize = 16 + 8 + 1 + 1 + 2 + MaxState;

    private static readonly SearchValues<char> s_stateCharacters = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(character => (char)character)]);

    /// <summary>The context for a span of another node or of another flow.</summary>
    public ActivityContext Remote => new(TraceId, SpanId, Flags, State, isRemote: true);

    /// <summary>Returns the context of an activity; null when it is not recorded, so that nothing is sent for it.</summary>
    public static TraceContext? Of(Activity? activity) => activity is { Recorded: true, IdFormat: ActivityIdFormat.W3C }
        ? new TraceContext(activity.TraceId, activity.SpanId, activity.ActivityTraceFlags, CheckState(activity.TraceStateString))
        : null;

    /// <summary>Reads the headers of W3C. Returns false for a malformed <c>traceparent</c>; a <c>tracestate</c> that is malformed or too long is dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> state, out ActivityContext context)
    {
        // 00-<32 hexadecimal digits>-<16>-<2>. The check precedes the string, because clients send the value.
        const int length = 55;
        context = default;
        return parent.Length == length
            && parent[..3].SequenceEqual("00-"u8)
            && ActivityContext.TryParse(
                Encoding.ASCII.GetString(parent), state.IsEmpty || state.Length > MaxState ? null : CheckState(Encoding.UTF8.GetString(state)), isRemote: true, out context);
    }

    /// <summary>Returns a <c>tracestate</c>; null when it is empty, too long or not printable ASCII.</summary>
    public static string? CheckState(string? state) =>
        string.IsNullOrEmpty(state) || state.Length > MaxState || state.AsSpan().ContainsAnyExcept(s_stateCharacters) ? null : state;
}
