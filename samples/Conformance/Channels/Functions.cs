using System.Text.Json;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Functions that several channels wire.</summary>
internal static class Functions
{
    /// <summary>Answers with what it got.</summary>
    public static PikkuFunction Echo { get; } = PikkuFunction.Sessionless("echo", (JsonElement data) => new { got = data });

    /// <summary>Signs in whoever asks, as whomever they want.</summary>
    public static PikkuFunction Login { get; } = PikkuFunction.Sessionless("login", async (Login login, Wire wire) =>
    {
        var session = new ConformanceSession(login.UserId, login.Role, login.Scopes, login.Readonly);
        await wire.SetSession(session);
        return new SessionReply(session);
    });
}
