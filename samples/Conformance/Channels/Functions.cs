using System.Text.Json;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Functions that are wired in several channels.</summary>
internal static class Functions
{
    /// <summary>Returns its input.</summary>
    public static Delegate Echo { get; } = [PikkuFunction(Name = "echo")] (JsonElement data) => new { got = data };

    /// <summary>Begins a session for any user that the client names.</summary>
    public static Delegate Login { get; } = [PikkuFunction(Name = "login")] async (Login login, PikkuContext context) =>
    {
        var session = new ConformanceSession(login.UserId, login.Role, login.Scopes, login.Readonly);
        await context.SetSessionAsync(session);
        return new SessionReply(session);
    };
}
