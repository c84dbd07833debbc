using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.OperatorConsole;

/// <summary>The channel of the console, which is wired as any other, in a wiring of its own.</summary>
internal static class ConsoleChannel
{
    public const string Name = "pikku-console";

    private const string Route = "/live"; // below the page

    /// <summary>Compiles the channel.</summary>
    /// <param name="actions">Carries out the actions.</param>
    /// <param name="services">Tells which types of parameters are services.</param>
    /// <param name="json">The JSON options of the channel. Those of the application must not change what the page gets.</param>
    public static CompiledChannel Compile(ConsoleActions actions, IServiceProviderIsService? services, out JsonSerializerOptions json)
    {
        var wiring = new PikkuBuilder();
        wiring.ConfigureJson(options =>
        {
            options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        }).WireChannel(Name, channel => Wire(channel, actions)).Freeze();
        json = wiring.Json;
        return new WiringCompiler(wiring, services, InputOptions.Of(json), json).Compile().Single();
    }

    // Who may connect is decided at the upgrade.
    private static void Wire(ChannelBuilder channel, ConsoleActions actions)
    {
        channel.Route(Route).AllowAnonymous();
        channel.MapAction("watch", actions.WatchAsync);
        channel.MapAction("facts", actions.Facts);
        channel.MapAction("connections", actions.FindConnectionsAsync);
        channel.MapAction("connection", actions.FindConnectionAsync);
        channel.MapAction("topics", actions.FindTopicsAsync);
        channel.MapAction("schema", actions.SchemaOf);
        channel.MapAction("tail", actions.TailAsync);
        channel.MapAction("publish", actions.PublishAsync);
        channel.MapAction("close", actions.CloseAsync);
        channel.MapAction("kick", actions.KickAsync);
        channel.MapAction("refresh", actions.RefreshAsync);
        channel.MapAction("revoke", actions.RevokeAsync);
        channel.MapAction("drain", actions.DrainAsync);
        channel.MapAction("explain", actions.ExplainDecisionAsync);
        channel.MapAction("trace", actions.TraceAsync);
        channel.MapAction("record", actions.RecordAsync);
        channel.MapAction("stopRecording", actions.StopRecordingAsync);
    }
}
