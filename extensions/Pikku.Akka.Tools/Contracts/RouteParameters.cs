using System.Text.RegularExpressions;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.Contracts;

/// <summary>Parameters in the route of a channel.</summary>
internal static partial class RouteParameters
{
    /// <summary>
    /// Those that the opening data do not have: all of them where there are no opening data, and those of the group that the channel was mapped
    /// in. They are texts.
    /// </summary>
    public static IReadOnlyList<(string Name, bool IsOptional)> BesideOpening(ChannelContract channel) => [.. Parameter().Matches(channel.Route)
        .Select(match => (Name: match.Groups["name"].Value, IsOptional: IsOptional(match.Groups["star"].Value, match.Groups["rest"].Value)))
        .Where(parameter => !Has(channel.Opening, parameter.Name))];

    private static bool IsOptional(string star, string rest) => star.Length > 0 || rest.Contains('=', StringComparison.Ordinal) || rest.EndsWith('?');

    // Names of parameters have no case.
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
