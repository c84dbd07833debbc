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

    // Who may connect is decided at the upgrade, and each action asks again: one that shows something accepts a recent yes, and one that does something does not.
    private static void Wire(ChannelBuilder channel, ConsoleActions actions)
    {
        channel.Route(Route).AllowAnonymous();
        Show("watch", actions.WatchAsync);
        Show("facts", actions.Facts);
        Show("connections", actions.FindConnectionsAsync);
        Show("connection", actions.FindConnectionAsync);
        Show("topics", actions.FindTopicsAsync);
        Show("schema", actions.SchemaOf);
        Do("tail", actions.TailAsync);
        Do("publish", actions.PublishAsync);
        Do("close", actions.CloseAsync);
        Do("kick", actions.KickAsync);
        Do("refresh", actions.RefreshAsync);
        Do("revoke", actions.RevokeAsync);
        Do("drain", actions.DrainAsync);
        Do("explain", actions.ExplainDecisionAsync);
        Do("trace", actions.TraceAsync);
        Do("record", actions.RecordAsync);
        Do("stopRecording", actions.StopRecordingAsync);

        void Show(string name, Delegate action) => channel.MapAction(name, action).RequirePermission(actions.MaySeeAsync);
        void Do(string name, Delegate action) => channel.MapAction(name, action).RequirePermission(actions.MayActAsync);
    }
}
