using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>The results, errors and sessions of <c>onConnect</c>.</summary>
public static class ConnectChannels
{
    public static PikkuBuilder WireConnect(this PikkuBuilder pikku) => pikku
        .WireConnect("connect-result", () => new { welcome = true })
        .WireConnect("connect-prim", () => "hi")
        .WireConnect("connect-null", () => (object?)null)
        .WireConnect("connect-throw", void () => throw new ForbiddenError("for the log alone"))
        .WireConnect("connect-throw-plain", void () => throw new InvalidOperationException("for the log alone"))
        .WireConnect("connect-slow", async (CancellationToken cancellation) =>
        {
            await Task.Delay(300, cancellation);
            return new { connected = "late" };
        })
        .WireConnect("connect-session", FunctionDescriptor.FromDelegate("connectSession", (PikkuContext context) => SessionReply.Of(context)))
        .WireConnect("connect-close", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { bye = 1 });
            channel.Close();
        });

    private static PikkuBuilder WireConnect(this PikkuBuilder pikku, string name, Delegate onConnect) =>
        pikku.WireConnect(name, FunctionDescriptor.FromSessionlessDelegate($"{name}:onConnect", onConnect));

    private static PikkuBuilder WireConnect(this PikkuBuilder pikku, string name, FunctionDescriptor onConnect) =>
        pikku.WireChannel(name, channel => channel
            .AllowAnonymous()
            .OnConnect(onConnect)
            .OnMessage("action", on => on.On("echo", Functions.Echo)));
}
