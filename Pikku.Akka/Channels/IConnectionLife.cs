namespace Pikku.Akka.Channels;

/// <summary>What the end of a message may mean for the life of its connection: a port, so that messages need to know nothing of connections' actors.</summary>
internal interface IConnectionLife
{
    /// <summary><c>onConnect</c> has succeeded: messages begin.</summary>
    void Opened();

    /// <summary>The message was malformed or went nowhere, which costs more of the rate than others.</summary>
    void CountViolation();

    /// <summary>Nothing more begins; the close frame goes behind everything that was sent so far.</summary>
    void Close(CloseCode code, string reason);

    /// <summary><c>onDisconnect</c> has run: everything is over.</summary>
    void Ended();
}
