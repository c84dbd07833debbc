using System.Text.Json;

namespace Pikku.Akka.Functions;

/// <summary>The types of the data that a permission can use at its place.</summary>
/// <param name="Data">The data of the function; <see cref="object"/> for a place that is any function, and null where there is none.</param>
/// <param name="Opening">The opening data of the channel; null when it declares none.</param>
/// <param name="Key">The key of the topic; null where there is none.</param>
internal readonly record struct PermissionPlace(Type? Data, Type? Opening, Type? Key = null);

/// <summary>One question to a permission.</summary>
/// <param name="Context">The context of the call.</param>
/// <param name="Data">The data of the function; null where there is none.</param>
/// <param name="Opening">The opening data of the connection; null where there is none.</param>
/// <param name="Key">The key of the topic; null where there is none.</param>
/// <param name="Call">The call, for permissions that use the JSON of its data; null where there is none.</param>
/// <param name="Witness">Watches the answers of permissions that others combine; null for a message of a client.</param>
internal readonly record struct PermissionCall(PikkuContext Context, object? Data, object? Opening, object? Key, Invocation? Call, GateWitness? Witness = null)
{
    /// <summary>The data as JSON.</summary>
    public JsonElement Json => Data is JsonElement json ? json : Call?.DataAsJson() ?? default;
}

/// <summary>A permission that is bound to its place.</summary>
/// <param name="Permission">The permission.</param>
/// <param name="Input">The type of the data that it uses; null for none.</param>
/// <param name="AllowsAsync">Asks the permission.</param>
internal sealed record BoundPermission(PikkuPermission Permission, Type? Input, Func<PermissionCall, ValueTask<bool>> AllowsAsync)
{
    /// <summary>The permissions that this one combines.</summary>
    public IReadOnlyList<BoundPermission> Parts { get; init; } = [];

    /// <summary>Where the data comes from that it uses, or one of the permissions that it combines.</summary>
    public PermissionData Uses { get; init; }
}
