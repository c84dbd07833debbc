using System.Text.Json;

namespace Pikku.Akka.Sessions;

/// <summary>The text form of a session for other nodes and for stores: the name of its type, a vertical bar, and its JSON.</summary>
internal static class SessionText
{
    private const char Separator = '|';

    public static string Of(IPikkuSession session, JsonSerializerOptions json) =>
        string.Concat(session.GetType().AssemblyQualifiedName, Separator.ToString(), JsonSerializer.Serialize(session, session.GetType(), json));

    /// <summary>Reads a session; null when this version of the application can't read it. A text that names a type that is not a session creates no object.</summary>
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
            return null; // the JSON does not match, or a converter of the application throws
        }
    }

    // The assembly of the session type is already loaded, so a message can't cause an assembly to be loaded.
    private static Type? TypeOf(string name)
    {
        try
        {
            return Type.GetType(name, assembly => Array.Find(AppDomain.CurrentDomain.GetAssemblies(), loaded => loaded.GetName().Name == assembly.Name), null);
        }
        catch (Exception e) when (e is ArgumentException or IOException or BadImageFormatException or TypeLoadException)
        {
            return null; // not a valid type name
        }
    }
}
