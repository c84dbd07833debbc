namespace Pikku.Akka.Clients;

/// <summary>Reads the changes of presence topics. Only generated code uses this type.</summary>
/// <typeparam name="TInfo">The type of the info.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PikkuPresenceChangeConverter<TInfo> : PikkuChangeConverter<PikkuPresenceChange<TInfo>, TInfo>
{
    private protected override bool ReadProperty(PikkuPresenceChange<TInfo> change, string name, ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        switch (name)
        {
            case "key":
                change.Key = ReadKey(ref reader);
                return true;
            case "joined":
                change.Joined = ReadValue(ref reader, options);
                return true;
            case "updated":
                change.Updated = ReadValue(ref reader, options);
                return true;
            case "left":
                change.Left = ReadValue(ref reader, options);
                return true;
            default:
                return false;
        }
    }
}
