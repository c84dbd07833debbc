namespace Pikku.Akka.Testing;

/// <summary>The messages of a client of a scenario, which is a WebSocket or an event stream.</summary>
internal interface IScenarioInbox
{
    /// <summary>Waits for the next message.</summary>
    Task<PikkuTestMessage> TakeAsync(string wanted);

    /// <summary>Takes a message that has come already; null if there is none.</summary>
    ValueTask<PikkuTestMessage?> TryTakeAsync();

    /// <summary>The exception for a message that was not expected.</summary>
    PikkuExpectationException Failed(string wanted, PikkuTestMessage received);
}
