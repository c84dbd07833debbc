using System.Text;

namespace Pikku.Akka.AsyncApi;

/// <summary>Converts an ASP.NET Core route to an AsyncAPI address, in which a parameter is only a name in braces.</summary>
/// <param name="Address">The address.</param>
/// <param name="Parameters">The names of the parameters, in order.</param>
internal sealed record RouteAddress(string Address, IReadOnlyList<string> Parameters)
{
    /// <param name="route">A valid route: <c>/files/{**path}</c>, <c>/rooms/{id:int}</c>, <c>/list/{page=1}</c>.</param>
    public static RouteAddress Of(string route)
    {
        var address = new StringBuilder(route.StartsWith('/') ? "" : "/");
        var parameters = new List<string>();
        for (var at = 0; at < route.Length; at++)
        {
            // A doubled brace is an escaped brace.
            if (route[at] is '{' or '}' && at + 1 < route.Length && route[at + 1] == route[at])
                address.Append(route[at++]);
            else if (route[at] == '{')
            {
                var end = End(route, at);
                parameters.Add(NameOf(route[(at + 1)..end]));
                address.Append('{').Append(parameters[^1]).Append('}');
                at = end;
            }
            else
                address.Append(route[at]);
        }

        return new RouteAddress(address.ToString(), parameters);
    }

    // Braces in a regular expression are doubled: {id:regex(^\d{{3}}$)}.
    private static int End(string route, int start)
    {
        var at = start + 1;
        while (route[at] != '}' || (at + 1 < route.Length && route[at + 1] == '}'))
            at += route[at] == '}' ? 2 : 1;
        return at;
    }

    private static string NameOf(string parameter)
    {
        var name = parameter.TrimStart('*');
        var end = name.AsSpan().IndexOfAny(':', '=', '?');
        return end < 0 ? name : name[..end];
    }
}
