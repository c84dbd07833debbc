using System.Text.Json;

namespace Pikku.Akka.Cluster;

/// <summary>A session as text, for other nodes: the name of its type, a bar, and its JSON.</summary>
internal static class SessionText
{
    private const char Separator = '|';

    public static string Of(IPikkuSession session, JsonSerializerOptions json) =>
        string.Concat(session.GetType().AssemblyQualifiedName, Separator.ToString(), JsonSerializer.Serialize(session, session.GetType(), json));

    /// <summary>The session; null for one that this version of the application does not know. Only a session is made, whatever a text names.</summary>
    public static IPikkuSession? Parse(string text, JsonSerializerOptions json)
    {
        if (text.Split(Separator, 2) is not [var name, var value] || TypeOf(name) is not { } type || !typeof(IPikkuSession).IsAssignableFrom(type))
            return null;
        try
        {
            return (IPikkuSession?)JsonSerializer.Deserialize(value, type, json);
        }
        catch (Exception)
        {
            return null; // no such JSON, or the application's own code that reads it throws
        }
    }

    // The application's own session type is there already: no assembly is loaded because a message names it.
    private static Type? TypeOf(string name)
    {
        try
        {
            return Type.GetType(name, assembly => Array.Find(AppDomain.CurrentDomain.GetAssemblies(), loaded => loaded.GetName().Name == assembly.Name), null);
        }
        catch (Exception e) when (e is ArgumentException or IOException or BadImageFormatException or TypeLoadException)
        {
            return null; // no name of a type
        }
    }
}
