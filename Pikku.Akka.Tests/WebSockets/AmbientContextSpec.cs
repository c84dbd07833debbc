using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// The ambient context of user code, at every place that calls some: it has the request, the culture and the async locals of the upgrade of its own connection,
/// and nothing of the code that ran before it.
/// </summary>
public sealed class AmbientContextSpec(AmbientApp app) : IClassFixture<AmbientApp>
{
    [Theory]
    [InlineData("onConnect")]
    [InlineData("onDisconnect")]
    [InlineData("onConnect within middleware")]
    [InlineData("onDisconnect within middleware")]
    [InlineData("default handler")]
    [InlineData("binary handler")]
    [InlineData("synchronous function")]
    [InlineData("asynchronous function")]
    [InlineData("function, after an await")]
    [InlineData("function that returns a task which is not its own")]
    [InlineData("function as a class")]
    [InlineData("constructor of a function")]
    [InlineData("function behind a permission")]
    [InlineData("function behind a converter")]
    [InlineData("function behind rules")]
    [InlineData("function that needs a session")]
    [InlineData("function within middleware")]
    [InlineData("function whose middleware goes on elsewhere")]
    [InlineData("function, after the client has answered")]
    [InlineData("permission")]
    [InlineData("global permission")]
    [InlineData("global middleware")]
    [InlineData("global middleware, after the rest")]
    [InlineData("middleware of a tag")]
    [InlineData("middleware of a tag, after the rest")]
    [InlineData("middleware of a channel")]
    [InlineData("middleware of a channel, after the rest")]
    [InlineData("middleware of an action")]
    [InlineData("middleware of an action, after the rest")]
    [InlineData("channel middleware")]
    [InlineData("second channel middleware")]
    [InlineData("converter of an input")]
    [InlineData("converter of an output")]
    [InlineData("converter of an event")]
    [InlineData("validation attribute")]
    [InlineData("validation of an object")]
    [InlineData("getter of a reply")]
    [InlineData("getter of a reply behind channel middleware")]
    [InlineData("getter of a message that is sent")]
    [InlineData("getter of an event")]
    [InlineData("handler of a topic")]
    [InlineData("handler of a topic, after an await")]
    [InlineData("constructor of a service")]
    [InlineData("Dispose of a service")]
    [InlineData("DisposeAsync of a service")]
    [InlineData("DisposeAsync of a service, after an await")]
    [InlineData("getter of a session")]
    [InlineData("store of sessions")]
    [InlineData("callback of a cancelled call")]
    [InlineData("callback of a closed connection")]
    public void User_code_runs_in_the_context_of_its_own_connection_without_changes_of_earlier_code(string place)
    {
        _ = app;
        Assert.NotEqual(0, AmbientApp.Probe.Looks(place));
        Assert.Empty(AmbientApp.Probe.Faults(place));
    }
}
