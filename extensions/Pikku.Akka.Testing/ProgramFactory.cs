using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Pikku.Akka.Testing;

/// <summary>Runs an application with a <c>Program</c> on Kestrel without sockets.</summary>
internal sealed class ProgramFactory<TProgram> : WebApplicationFactory<TProgram>
    where TProgram : class
{
    private readonly HostSetup _setup;
    private readonly string _environment;

    public ProgramFactory(HostSetup setup, string environment)
    {
        (_setup, _environment) = (setup, environment);
        UseKestrel(HostSetup.Listen);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder) => _setup.ConfigureProgram(builder.UseEnvironment(_environment));
}
