using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>What is known of a function's output where it is wired, before any reply is written.</summary>
internal sealed class ReplyType
{
    private ReplyType() { }

    /// <param name="info">How the output is serialised.</param>
    /// <param name="key">The routing key that flat replies get; null where replies have none.</param>
    public ReplyType(JsonTypeInfo info, RoutingKey? key)
    {
        IsVoid = info.Type == typeof(None);
        Info = info;
        MayHoldKey = key is not null && MayHold(info, key.Name);
    }

    /// <summary>The function returns nothing.</summary>
    public static ReplyType Void { get; } = new() { IsVoid = true };

    public bool IsVoid { get; private init; }

    /// <summary>How the output is serialised; null for nothing.</summary>
    public JsonTypeInfo? Info { get; }

    /// <summary>False when an output of this type can't have a property of the routing key's name, so that replies need not be searched.</summary>
    public bool MayHoldKey { get; }

    private static bool MayHold(JsonTypeInfo info, string key)
    {
        // $type, $id and $values come from the serialiser, not from the type.
        if (info.Kind != JsonTypeInfoKind.Object || info.PolymorphismOptions is not null || key.StartsWith('$'))
            return true;
        foreach (var property in info.Properties)
        {
            if (property.IsExtensionData || property.Name == key)
                return true;
        }

        return false;
    }
}
