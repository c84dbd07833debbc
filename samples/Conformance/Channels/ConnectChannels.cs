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
        .WireConnect("connect-session", (IPikkuSession _, PikkuContext context) => SessionReply.Of(context))
        .WireConnect("connect-close", (IPikkuChannel channel) =>
        {
            channel.TrySend(new { bye = 1 });
            channel.Close();
        });

    private static PikkuBuilder WireConnect(this PikkuBuilder pikku, string name, Delegate onConnect) =>
        pikku.WireChannel(name, channel =>
        {
            channel.AllowAnonymous().OnConnect(onConnect);
            channel.MapAction("echo", Functions.Echo);
        });
}
