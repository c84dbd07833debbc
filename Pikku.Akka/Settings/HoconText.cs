using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Pikku.Akka.Settings;

/// <summary>Parses a text into a <see cref="Config"/>, or reports a problem with the origin of the text and the position of the error.</summary>
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
            problems.Add($"{origin}: a reference ${{…}} refers to itself. Write the value instead.");
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

    // Reading a value that refers to itself overflows the stack and ends the process.
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
