using Conformance;
using Microsoft.AspNetCore.Builder;
using Pikku.Akka.Channels;
using Pikku.Akka.Contracts;
using Pikku.Akka.Endpoints;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Host;

namespace Pikku.Akka.Tests.Contracts;

/// <summary>Reads contracts of small wirings and of whole applications, without starting them.</summary>
internal static class ContractOf
{
    public static AppContract Wiring(Action<PikkuBuilder> wire)
    {
        var app = new PikkuBuilder();
        wire(app);
        app.Freeze();
        return ContractReader.Read(new WiringCompiler(app, null, new InputOptions(app.Json), app.Json).Compile(), app.Json);
    }

    /// <summary>The contract of one channel without sessions.</summary>
    public static ChannelContract Channel(Action<ChannelBuilder> wire) => Wiring(app => app.WireChannel("test", channel =>
    {
        channel.AllowAnonymous();
        wire(channel);
    })).Channels[0];

    /// <summary>The contract of the conformance sample.</summary>
    public static AppContract Conformance() => Of(ConformanceApp.Create([]));

    /// <summary>The contract of the host.</summary>
    public static AppContract Host() => Of(HostApp.Create([]));

    private static AppContract Of(WebApplication app) => ContractSource.Of(app.Services).Contract;
}
