using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Pikku.Akka.Settings;

/// <summary>Makes a <see cref="Config"/> of a text, or a problem that says where the text came from and where it is wrong.</summary>
internal static class HoconText
{
    public static Config? Parse(string text, string origin, List<string> problems)
    {
        try
        {
            HoconSyntax.Check(text);
            var config = ConfigurationFactory.ParseString(text);
            if (!IsCyclic(config.Root, new(ReferenceEqualityComparer.Instance)))
                return config;
            problems.Add($"{origin}: a reference ${{…}} leads back to itself. Write the value instead.");
        }
        catch (FormatException e)
        {
            problems.Add($"{origin}, {OneLine(e)}.");
        }
        catch (ConfigurationException e)
        {
            problems.Add($"{origin}: {OneLine(e)}.");
        }

        return null;
    }

    // Reading a value that refers to itself would overflow the stack and end the process.
    private static bool IsCyclic(HoconValue value, HashSet<HoconValue> above)
    {
        if (!above.Add(value))
            return true;
        var cyclic = value.Values.Any(element => Inside(element).Any(inner => IsCyclic(inner, above)));
        above.Remove(value);
        return cyclic;
    }

    private static IEnumerable<HoconValue> Inside(IHoconElement element) => element switch
    {
        HoconObject section => section.Items.Values,
        HoconArray list => list,
        HoconSubstitution { ResolvedValue: { } value } => [value],
        _ => [],
    };

    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ").TrimEnd(' ', '.', '^');
}
