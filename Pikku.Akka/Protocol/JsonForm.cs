using System.Numerics;
using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Refuses types that System.Text.Json would write without their content: as <c>{}</c>, or as the internal state of an object that is not data. A
/// type is checked when its JSON metadata is first needed, so wired and declared types are checked at the start.
/// </summary>
internal static class JsonForm
{
    private static readonly Dictionary<Type, string> s_noData = new()
    {
        [typeof(Task)] = "is a running task and not data; await it, and use its result",
        [typeof(ValueTask)] = "is a running task and not data; await it, and use its result",
        [typeof(ValueTask<>)] = "is a running task and not data; await it, and use its result",
        [typeof(Stream)] = "is a stream and not data; use its bytes, as byte[] or ReadOnlyMemory<byte>",
        [typeof(CancellationToken)] = "is not data; a function takes one as a separate parameter",
        [typeof(CancellationTokenSource)] = "is not data; a function takes a CancellationToken as a separate parameter",
        [typeof(Exception)] = "would expose internals of the server to clients; use your own type with the information for clients",
        [typeof(BigInteger)] = "is a number that System.Text.Json does not support; add a converter for it with ConfigureJson, or use Int128",
        [typeof(Complex)] = "is a number that System.Text.Json does not support; add a converter for it with ConfigureJson",
    };

    /// <summary>A type information modifier.</summary>
    /// <exception cref="NotSupportedException">The type can't be written as JSON; the message says why, and what to use instead.</exception>
    public static void Demand(JsonTypeInfo info)
    {
        if (ProblemOf(info) is { } problem)
            throw new NotSupportedException($"'{info.Type}' {problem}");
    }

    private static string? ProblemOf(JsonTypeInfo info)
    {
        var type = info.Type;
        if (type.GetInterfaces().Append(type).Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)))
            return "produces its items one by one, but a message is sent as a whole; use a list, or send or publish the items one by one; only the whole result of an action may be a stream, as IAsyncEnumerable<T>";
        // A converter of the application defines how the type is written.
        if (info.Kind != JsonTypeInfoKind.Object)
            return null;
        for (var known = type; known is not null; known = known.BaseType)
            if (s_noData.TryGetValue(known.IsGenericType ? known.GetGenericTypeDefinition() : known, out var reason))
                return reason;
        if (type.IsAbstract && info.Properties.Count == 0 && info.PolymorphismOptions is null)
            return "declares no properties, so nothing of a value would be written; declare them, or name the derived types with [JsonDerivedType]";
        return type.GetFields(BindingFlags.Public | BindingFlags.Instance).FirstOrDefault(field => IsLost(field, info)) is { } lost
            ? FieldProblem(type, lost)
            : null;
    }

    private static bool IsLost(FieldInfo field, JsonTypeInfo info) =>
        field.GetCustomAttribute<JsonIgnoreAttribute>() is null
        && !info.Properties.Any(property => property.AttributeProvider is MemberInfo member ? member.Name == field.Name
            : string.Equals(property.Name, field.Name, StringComparison.OrdinalIgnoreCase));

    private static string FieldProblem(Type type, FieldInfo field) =>
        type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal)
            ? "is a tuple, whose items are fields without names and would not be written; use a record"
            : $"has the public field '{field.Name}', which would not be written; make it a property, mark it with [JsonInclude] or [JsonIgnore], "
                + "or set IncludeFields with ConfigureJson";
}
