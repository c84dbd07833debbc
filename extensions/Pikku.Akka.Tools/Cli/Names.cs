using System.Text.RegularExpressions;

namespace Pikku.Akka.Cli;

/// <summary>Names as people write them, not as the compiler does.</summary>
internal static partial class Names
{
    /// <summary>What is named after its method: a local function has a name of its own, a lambda that of the method around it.</summary>
    public static string Of(string method) =>
        LocalFunction().Match(method) is { Success: true } local ? local.Groups["name"].Value
        : Lambda().Match(method) is { Success: true } lambda ? $"{lambda.Groups["name"].Value} (lambda)"
        : method;

    /// <summary>A type as in source code, without its namespace.</summary>
    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Of(value)}?";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[]";
        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : name;
    }

    [GeneratedRegex(@"^<.*>g__(?<name>\w+)\|")]
    private static partial Regex LocalFunction();

    [GeneratedRegex(@"^<(?<name>.+?)>\w*b__")]
    private static partial Regex Lambda();
}
