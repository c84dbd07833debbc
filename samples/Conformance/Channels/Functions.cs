using System.Text.Json;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Functions that are wired in several channels.</summary>
internal static class Functions
{
    /// <summary>Returns its input.</summary>
    public static PikkuFunction Echo { get; } = PikkuFunction.Sessionless("echo", (JsonElement data) => new { got = data });

    /// <summary>Begins a session for any user that the client names.</summary>
    public static PikkuFunction Login { get; } = PikkuFunction.Sessionless("login", async (Login login, Wire wire) =>
    {
        var session = new ConformanceSession(login.UserId, login.Role, login.Scopes, login.Readonly);
        await wire.SetSession(session);
        return new SessionReply(session);
    });
}
