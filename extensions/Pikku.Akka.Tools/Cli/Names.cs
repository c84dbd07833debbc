using System.Text.RegularExpressions;

namespace Pikku.Akka.Cli;

/// <summary>Formats names as in source code; the compiler's names differ.</summary>
internal static partial class Names
{
    /// <summary>Returns the name of a method. For a local function it is its own name; for a lambda, that of the method which
    /// contains it.</summary>
    public static string Of(string method) =>
        LocalFunction().Match(method) is { Success: true } local ? local.Groups["name"].Value
        : Lambda().Match(method) is { Success: true } lambda ? $"{lambda.Groups["name"].Value} (lambda)"
        : method;

    /// <summary>Returns the name of a type as in source code, without its namespace.</summary>
    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Of(value)}?";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[]";
        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : name;
    }

    /// <summary>Returns the name of a permission, or how its alternatives and groups are combined.</summary>
    public static string Of(PikkuPermission permission, bool isNested = false)
    {
        if (!permission.IsCombined)
            return Of(permission.Name);
        if (permission.Parts.Count == 0)
            return "anybody";
        var nests = permission.Parts.Count > 1;
        var text = string.Join(permission.IsAlternative ? " or " : " and ", permission.Parts.Select(part => Of(part, nests)));
        return isNested && nests ? $"({text})" : text;
    }

    [GeneratedRegex(@"^<.*>g__(?<name>\w+)\|")]
    private static partial Regex LocalFunction();

    [GeneratedRegex(@"^<(?<name>.+?)>\w*b__")]
    private static partial Regex Lambda();
}
