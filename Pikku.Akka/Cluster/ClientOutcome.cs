namespace Pikku.Akka.Cluster;

/// <summary>How a call of a client function ended on one connection or on one node.</summary>
/// <param name="Error">The reason of the failure; null for success.</param>
/// <param name="ErrorName">The client's name of its error, as <see cref="ClientCallException.ErrorName"/>.</param>
/// <param name="Text">The message of the error.</param>
/// <param name="Result">The result as JSON; empty for none.</param>
internal sealed record ClientOutcome(ClientCallErrorReason? Error, string ErrorName, string Text, byte[] Result)
{
    /// <summary>There is no connection that could answer.</summary>
    public static ClientOutcome NoConnection { get; } = Failed(ClientCallErrorReason.Closed, "There is no such connection.");

    /// <summary>True when a client has answered, so that the answers of other clients do not matter.</summary>
    public bool IsAnswer => Error is null or ClientCallErrorReason.Remote;

    // Of several failures the one is reported that says most: a client that exposes the function but did not answer says more than one that does not expose it.
    private int Weight => Error switch
    {
        ClientCallErrorReason.Timeout => 3,
        ClientCallErrorReason.Invalid => 2,
        ClientCallErrorReason.NotExposed => 1,
        _ => 0,
    };

    public static ClientOutcome Succeeded(byte[] result) => new(null, "", "", result);

    public static ClientOutcome Failed(ClientCallErrorReason reason, string text) => new(reason, ClientCallException.UnnamedError, text, []);

    public static ClientOutcome Of(ClientCallException exception) => new(exception.Reason, exception.ErrorName, exception.Message, []);

    public bool SaysMoreThan(ClientOutcome other) => Weight > other.Weight;

    public ClientCallException ToException() => new(Error!.Value, ErrorName, Text);
}
