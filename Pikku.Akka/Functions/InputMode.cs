namespace Pikku.Akka.Functions;

/// <summary>Where a function's input comes from.</summary>
internal enum InputMode
{
    /// <summary>JSON of the message.</summary>
    Json,

    /// <summary>The message as it stands, as a string.</summary>
    RawText,

    /// <summary>The bytes of a binary frame.</summary>
    Binary,

    /// <summary>The opening data of the connection, bound before the upgrade.</summary>
    Opening,
}
