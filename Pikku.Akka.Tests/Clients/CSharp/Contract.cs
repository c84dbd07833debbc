using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Contracts;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>Contracts of what is wired; nothing is started.</summary>
internal static class Contract
{
    public static AppContract OfConformance()
    {
        using var app = global::Conformance.ConformanceApp.Create([]);
        return Of(app.Services.GetRequiredService<PikkuBuilder>(), app.Services);
    }

    public static AppContract Of(Action<PikkuBuilder> wire)
    {
        var builder = new PikkuBuilder();
        wire(builder);
        builder.Json.MakeReadOnly(populateMissingResolver: true);
        using var services = new ServiceCollection().BuildServiceProvider();
        return Of(builder, services);
    }

    private static AppContract Of(PikkuBuilder app, IServiceProvider services)
    {
        var binder = new FunctionBinder(services.GetService<IServiceProviderIsService>());
        return ContractReader.Read(new WiringCompiler(app, binder, new InputOptions(app.Json), app.Json).Compile(), app.Json);
    }
}
