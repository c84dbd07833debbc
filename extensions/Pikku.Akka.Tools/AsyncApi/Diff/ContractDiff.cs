using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>
/// What has changed from one contract to another, for clients that were written for the old one. Breaking is what such a client may
/// stumble over, and what makes its code wrong when it is generated anew.
/// </summary>
internal sealed class ContractDiff
{
    private readonly ContractChanges _changes = new();
    private readonly SchemaDiff _inputs;
    private readonly SchemaDiff _outputs;

    private ContractDiff(ContractDocument older, ContractDocument newer)
    {
        _inputs = new SchemaDiff(older, newer, Direction.Input, _changes);
        _outputs = new SchemaDiff(older, newer, Direction.Output, _changes);
    }

    /// <param name="older">The text of the old document.</param>
    /// <param name="newer">That of the new one.</param>
    /// <exception cref="UnreadableContractException">One of them is no document of ours.</exception>
    public static IReadOnlyList<ContractChange> Of(string older, string newer)
    {
        var (was, now) = (ContractDocument.Parse(older), ContractDocument.Parse(newer));
        var diff = new ContractDiff(was, now);
        diff.Compare(was.Channels, now.Channels);
        return diff._changes.All;
    }

    private void Compare(IReadOnlyList<ChannelPart> was, IReadOnlyList<ChannelPart> now)
    {
        var added = now.Where(channel => was.All(other => other.Name != channel.Name)).ToList();
        foreach (var channel in was)
        {
            var place = $"channel '{channel.Name}'";
            if (now.FirstOrDefault(other => other.Name == channel.Name) is { } same)
                Compare(channel, same, place);
            // Generated clients know a channel by its name.
            else if (added.Find(other => other.Route == channel.Route) is { } renamed)
            {
                added.Remove(renamed);
                _changes.Breaking(place, $"is called '{renamed.Name}' now");
                Compare(channel, renamed, $"channel '{renamed.Name}'");
            }
            else
                _changes.Breaking(place, "is gone");
        }

        foreach (var channel in added)
            _changes.Compatible($"channel '{channel.Name}'", "is new");
    }

    private void Compare(ChannelPart was, ChannelPart now, string place)
    {
        if (was.Route != now.Route)
            _changes.Breaking(place, $"has the route {now.Route} now, and had {was.Route}");
        foreach (var (name, schema) in was.Parameters)
            if (now.Parameters.TryGetValue(name, out var same))
                _inputs.Compare(schema, same, $"{place}, route parameter '{name}'");
        _inputs.Compare(was.Query, now.Query, $"{place}, query");

        foreach (var operation in was.Operations.Where(operation => operation.Kind != OperationFacts.Errors))
        {
            if (now.Operations.FirstOrDefault(other => other.Identity == operation.Identity) is { } same)
                Compare(operation, same, $"{place}, {operation.Label}");
            else
                _changes.Breaking($"{place}, {operation.Label}", "is gone");
        }

        foreach (var operation in now.Operations.Where(operation => operation.Kind != OperationFacts.Errors))
            if (was.Operations.All(other => other.Identity != operation.Identity))
                _changes.Compatible($"{place}, {operation.Label}", "is new");
    }

    private void Compare(OperationPart was, OperationPart now, string place)
    {
        CompareGates(was, now, place);
        switch (now.Kind)
        {
            case OperationFacts.Topic or OperationFacts.Message:
                Compare(was.Sent, now.Sent, _outputs, $"{place}, {(now.Kind == OperationFacts.Topic ? "event" : "content")}");
                break;
            // The server asks and the client answers.
            case OperationFacts.Remote:
                Compare(was.Sent, now.Sent, _outputs, $"{place}, argument");
                Compare(was.Answer, now.Answer, _inputs, $"{place}, answer");
                break;
            default:
                Compare(was.Sent, now.Sent, _inputs, $"{place}, input");
                Compare(was.Answer, now.Answer, _outputs, $"{place}, output");
                break;
        }
    }

    private void CompareGates(OperationPart was, OperationPart now, string place)
    {
        if (was.NeedsSession != now.NeedsSession)
            Add(now.NeedsSession, place, now.NeedsSession ? "needs a session now" : "needs no session any more");
        if (was.IsReadonly != now.IsReadonly)
            Add(was.IsReadonly, place, was.IsReadonly ? "is closed to read-only sessions now" : "is open to read-only sessions now");
        foreach (var scope in now.Scopes.Except(was.Scopes))
            _changes.Breaking(place, $"needs the scope '{scope}' now");
        foreach (var scope in was.Scopes.Except(now.Scopes))
            _changes.Compatible(place, $"needs the scope '{scope}' no longer");
        // A client must expect names that it does not know.
        foreach (var error in now.Errors.Except(was.Errors))
            _changes.Compatible(place, $"may answer with {error} now");
        foreach (var error in was.Errors.Except(now.Errors))
            _changes.Compatible(place, $"does not answer with {error} any more");
    }

    private void Compare(MessagePart? was, MessagePart? now, SchemaDiff schemas, string place)
    {
        var isInput = schemas == _inputs;
        switch (was?.Data, now?.Data)
        {
            case (null, null):
                return;
            case (null, not null):
                Add(isInput && now is { MayOmit: false }, place, isInput && now is { MayOmit: false } ? "is new and required" : "is new");
                return;
            case (not null, null):
                Add(!isInput, place, isInput ? "is not read any more" : "is gone");
                return;
        }

        if (was!.MayOmit != now!.MayOmit)
            Add(now.MayOmit != isInput, place, (isInput, now.MayOmit) switch
            {
                (true, true) => "may be left out now",
                (true, false) => "is required now",
                (false, true) => "may be missing now",
                _ => "is always there now",
            });
        schemas.Compare(was.Data!, now.Data!, place);
    }

    private void Add(bool isBreaking, string place, string text)
    {
        if (isBreaking)
            _changes.Breaking(place, text);
        else
            _changes.Compatible(place, text);
    }
}
