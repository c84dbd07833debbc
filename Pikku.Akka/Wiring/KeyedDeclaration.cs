namespace Pikku.Akka;

/// <summary>What a presence topic or a state topic holds.</summary>
/// <param name="Value">The type of the info of a presence topic, or of the values of a state topic.</param>
/// <param name="IsState">True for a state topic.</param>
internal sealed record KeyedDeclaration(Type Value, bool IsState)
{
    /// <summary>Returns the info with which a connection joins when it has connected; null for none.</summary>
    public FunctionDescriptor? JoinOnConnect { get; set; }

    /// <summary>Returns the info with which a client joins that has subscribed; null for none.</summary>
    public FunctionDescriptor? JoinOnSubscribe { get; set; }

    /// <summary>How long an entry of a state topic lives without a write; null for no limit.</summary>
    public TimeSpan? EntryLifetime { get; set; }
}
