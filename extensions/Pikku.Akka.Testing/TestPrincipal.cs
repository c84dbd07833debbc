using System.Security.Claims;

namespace Pikku.Akka.Testing;

/// <summary>The user of a connection of a test, and the session if the test has set one itself.</summary>
internal sealed class TestPrincipal(ClaimsIdentity identity, IPikkuSession? session) : ClaimsPrincipal(identity)
{
    public IPikkuSession? Session => session;
}
