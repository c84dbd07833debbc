using Pikku.Akka;

namespace Conformance;

/// <summary>Records the order in which the middleware of a call and its function run.</summary>
internal static class CallOrder
{
    private const string Key = "order";

    /// <summary>Creates middleware that records its name before and after the rest of the chain.</summary>
    public static PikkuMiddlewareDelegate Trace(string name) => async (context, next) =>
    {
        var order = Of(context);
        order.Add($">{name}");
        await next();
        order.Add($"<{name}");
    };

    /// <summary>The record of the call. A reply contains the complete record, because it is encoded after the chain has
    /// completed.</summary>
    public static List<string> Of(PikkuContext context)
    {
        if (context.Items.TryGetValue(Key, out var known) && known is List<string> order)
            return order;

        context.Items[Key] = order = [];
        return order;
    }
}
