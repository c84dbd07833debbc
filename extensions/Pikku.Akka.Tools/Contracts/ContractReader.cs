using System.Text.Json;
using Pikku.Akka.Channels;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Contracts;

/// <summary>Reads the contract from the compiled wiring, without starting the application.</summary>
internal sealed class ContractReader
{
    private readonly TypeReader _types;

    private ContractReader(JsonSerializerOptions json) => _types = new TypeReader(json);

    public static AppContract Read(IEnumerable<CompiledChannel> channels, JsonSerializerOptions json)
    {
        var reader = new ContractReader(json);
        var read = channels.Select(reader.Read).ToArray();
        return new AppContract(read, DeclarationNames.Assign(reader._types.Declarations)) { MaxDepth = JsonDepth.Of(json) };
    }

    private ChannelContract Read(CompiledChannel channel) => new()
    {
        Name = channel.Name,
        Route = channel.Route,
        HasEventStreams = channel.HasEventStreams,
        Tags = channel.Tags,
        Opening = channel.OpeningData is { } opening ? _types.Read(opening, Direction.Input) : null,
        Keys = [.. Keys(channel)],
        Fallback = channel.OnMessage is { } fallback ? Action(channel, fallback, "", "Fallback") : null,
        IsFallbackText = channel.OnMessage?.Mode == InputMode.RawText,
        Binary = channel.OnBinaryMessage is { } binary ? Action(channel, binary, "", "Binary") : null,
        Topics = [.. channel.Topics.Select(topic => Topic(channel, topic))],
        Messages = [.. Messages(channel)],
        Remotes = [.. channel.Remotes.Select(Remote)],
    };

    private IEnumerable<RoutingKeyContract> Keys(CompiledChannel channel) => channel.Actions
        .GroupBy(action => action.RoutingKey!)
        .Select(key => new RoutingKeyContract(key.Key, [.. key.Select(action => Action(channel, action, action.Name!, action.Name!))]));

    private ActionContract Action(CompiledChannel channel, BoundAction action, string name, string place)
    {
        _types.Place = $"{channel.Name}-{place}-input";
        var input = action.Runner.Input == typeof(NoData) ? null : _types.Read(FunctionTypes.InputOf(action.Function, action.Runner.Input), Direction.Input);
        return new ActionContract(
            name, action.Function, action.Auth || action.Function.RequiresSession, IsGuarded(action), input, MayOmit(input), Output(channel, action, place))
        {
            IsStream = action.IsStream,
        };
    }

    private TypeUse? Output(CompiledChannel channel, BoundAction action, string place)
    {
        _types.Place = $"{channel.Name}-{place}-output";
        return action.Runner.Output is { } output ? _types.Read(FunctionTypes.OutputOf(action.Function, output.Type), Direction.Output) : null;
    }

    // The server reads a missing input as an empty object, so that defaults apply.
    private static bool MayOmit(TypeUse? input) => input switch
    {
        TypeUse.Nullable or TypeUse.Map or TypeUse.Scalar { Kind: ScalarKind.Any } => true,
        TypeUse.Declared { Declaration: ObjectDeclaration type } => type.Properties.All(property => !property.IsRequired),
        _ => false,
    };

    private TopicContract Topic(CompiledChannel channel, TopicDeclaration topic)
    {
        _types.Place = $"{channel.Name}-{topic.Name}-event";
        // The events of presence and state have a form of the protocol, in which the entries are the only part of the application.
        var payload = _types.Read(topic.Keyed?.Value ?? topic.Payload, Direction.Output);
        var subscribable = channel.Subscriptions?.Topics.FirstOrDefault(one => one.Name == topic.Name);
        return new TopicContract(topic.Name, payload)
        {
            Subscription = subscribable is null ? null : Subscription(channel, topic, subscribable.Action),
            Kind = topic.Keyed switch { null => TopicKind.Events, { IsState: true } => TopicKind.State, _ => TopicKind.Presence },
            History = topic.History,
            Snapshot = subscribable is null ? null : topic switch
            {
                { Keyed.IsState: true } => new TypeUse.Map(payload),
                { Keyed: not null } => new TypeUse.List(payload),
                { Snapshot: { } snapshot } => Snapshot(channel, topic, snapshot),
                _ => null,
            },
        };
    }

    private TypeUse Snapshot(CompiledChannel channel, TopicDeclaration topic, FunctionDescriptor snapshot)
    {
        _types.Place = $"{channel.Name}-{topic.Name}-snapshot";
        return _types.Read(FunctionTypes.ResultOf(snapshot), Direction.Output);
    }

    private ActionContract Subscription(CompiledChannel channel, TopicDeclaration topic, BoundAction action)
    {
        _types.Place = $"{channel.Name}-{topic.Name}-key";
        var key = topic.Template is null ? null : _types.Read(topic.Key, Direction.Input);
        return new ActionContract(topic.Name, action.Function, action.Auth, IsGuarded(action), key, MayOmitInput: false, Output: null);
    }

    private static bool IsGuarded(BoundAction action) => action.Permissions.Channel.Count + action.Permissions.Own.Count > 0;

    private IEnumerable<MessageContract> Messages(CompiledChannel channel)
    {
        if (channel.OnConnect is { } connect && Output(channel, connect, "Connected") is { } welcome)
            yield return new MessageContract(null, welcome);
        _types.Place = $"{channel.Name}-message";
        foreach (var message in channel.Messages)
            yield return new MessageContract(message.Name, _types.Read(message.Type, Direction.Output));
    }

    private RemoteContract Remote(RemoteDeclaration remote) => new(
        remote.Name,
        remote.Input == typeof(NoData) ? null : _types.Read(remote.Input, Direction.Output),
        remote.Output == typeof(NoData) ? null : _types.Read(remote.Output, Direction.Input));
}
