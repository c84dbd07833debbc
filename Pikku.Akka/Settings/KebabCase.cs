using System.Text;

namespace Pikku.Akka.Settings;

/// <summary>
/// Normalizes the spelling of keys and enumeration values: <c>IdleTimeout</c>, <c>idleTimeout</c> and <c>IDLE_TIMEOUT</c> become <c>idle-timeout</c>.
/// </summary>
internal static class KebabCase
{
    public static string Of(string name)
    {
        var kebab = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var current = name[i];
            if (char.IsUpper(current) && i > 0 && (char.IsLower(name[i - 1]) || char.IsDigit(name[i - 1])))
                kebab.Append('-');
            kebab.Append(current == '_' ? '-' : char.ToLowerInvariant(current));
        }

        return kebab.ToString();
    }
}
