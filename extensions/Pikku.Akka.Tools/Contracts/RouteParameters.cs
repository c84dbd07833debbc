using System.Text.RegularExpressions;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.Contracts;

/// <summary>The parameters in the route of a channel.</summary>
internal static partial class RouteParameters
{
    /// <summary>
    /// Returns the parameters that are not properties of the opening data: those of the route group that contains the channel and, if the
    /// channel has no opening data, all parameters. Their values are strings.
    /// </summary>
    public static IReadOnlyList<(string Name, bool IsOptional)> OutsideOpening(ChannelContract channel) => [.. Parameter().Matches(channel.Route)
        .Select(match => (Name: match.Groups["name"].Value, IsOptional: IsOptional(match.Groups["star"].Value, match.Groups["rest"].Value)))
        .Where(parameter => !Has(channel.Opening, parameter.Name))];

    private static bool IsOptional(string star, string rest) => star.Length > 0 || rest.Contains('=', StringComparison.Ordinal) || rest.EndsWith('?');

    // ASP.NET Core ignores case in the names of route parameters.
    private static bool Has(TypeUse? opening, string name) => opening switch
    {
        null => false,
        TypeUse.Declared { Declaration: ObjectDeclaration type } =>
            type.Others is not null || type.Properties.Any(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase)),
        _ => true,
    };

    [GeneratedRegex(@"\{(?<star>\*{0,2})(?<name>[^{}:=?*]+)(?<rest>(?:[^{}]|\{\{|\}\})*)\}")]
    private static partial Regex Parameter();
}
