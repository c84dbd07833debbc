using Pikku.Akka;

namespace Conformance;

/// <summary>Writes down in which order the middleware of a call and its function ran.</summary>
internal static class CallOrder
{
    private const string Key = "order";

    /// <summary>Middleware that writes its name before and after the rest of the chain.</summary>
    public static PikkuMiddleware Trace(string name, MiddlewarePriority priority = MiddlewarePriority.Medium) => PikkuMiddleware.Of(
        async (_, wire, next) =>
        {
            var order = Of(wire);
            order.Add($">{name}");
            await next();
            order.Add($"<{name}");
        },
        priority,
        name);

    /// <summary>The list of the call. One that is returned is complete: a reply is encoded after the chain has unwound.</summary>
    public static List<string> Of(Wire wire)
    {
        if (wire.Items.TryGetValue(Key, out var known) && known is List<string> order)
            return order;

        wire.Items[Key] = order = [];
        return order;
    }
}
