namespace Pikku.Akka.Functions;

/// <summary>The source of the input of a function.</summary>
internal enum InputMode
{
    /// <summary>The JSON of the message.</summary>
    Json,

    /// <summary>The whole message as a string.</summary>
    RawText,

    /// <summary>The bytes of a binary frame.</summary>
    Binary,

    /// <summary>The opening data of the connection, bound before the upgrade.</summary>
    Opening,

    /// <summary>The key in the name of the topic that a client subscribes to.</summary>
    TopicKey,
}
