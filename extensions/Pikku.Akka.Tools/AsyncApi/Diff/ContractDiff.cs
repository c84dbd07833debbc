using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>
/// Compares two contracts from the point of view of clients that were written for the old one. A change is breaking if such a client may
/// fail, or if code that uses the client no longer compiles or works after the client is generated again.
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
    /// <param name="newer">The text of the new document.</param>
    /// <exception cref="UnreadableContractException">One of the texts is not a document that Pikku.Akka wrote.</exception>
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
            // Generated clients identify a channel by its name, so a new name is a breaking change.
            else if (added.Find(other => other.Route == channel.Route) is { } renamed)
            {
                added.Remove(renamed);
                _changes.Breaking(place, $"was renamed to '{renamed.Name}'");
                Compare(channel, renamed, $"channel '{renamed.Name}'");
            }
            else
                _changes.Breaking(place, "was removed");
        }

        foreach (var channel in added)
            _changes.Compatible($"channel '{channel.Name}'", "was added");
    }

    private void Compare(ChannelPart was, ChannelPart now, string place)
    {
        if (was.Route != now.Route)
            _changes.Breaking(place, $"route changed from {was.Route} to {now.Route}");
        if (was.HasEventStreams != now.HasEventStreams)
            Add(was.HasEventStreams, place, was.HasEventStreams ? "event streams were removed" : "event streams were added");
        foreach (var (name, schema) in was.Parameters)
            if (now.Parameters.TryGetValue(name, out var same))
                _inputs.Compare(schema, same, $"{place}, route parameter '{name}'");
        _inputs.Compare(was.Query, now.Query, $"{place}, query");

        foreach (var operation in was.Operations.Where(operation => !operation.IsCommon))
        {
            if (now.Operations.FirstOrDefault(other => other.Identity == operation.Identity) is { } same)
                Compare(operation, same, $"{place}, {operation.Label}");
            else
                _changes.Breaking($"{place}, {operation.Label}", "was removed");
        }

        foreach (var operation in now.Operations.Where(operation => !operation.IsCommon))
            if (was.Operations.All(other => other.Identity != operation.Identity))
                _changes.Compatible($"{place}, {operation.Label}", "was added");
    }

    private void Compare(OperationPart was, OperationPart now, string place)
    {
        CompareRequirements(was, now, place);
        switch (now.Kind)
        {
            case OperationFacts.Topic or OperationFacts.Message:
                Compare(was.Sent, now.Sent, _outputs, $"{place}, {(now.Kind == OperationFacts.Topic ? "event" : "content")}");
                break;
            case OperationFacts.Subscription:
                Compare(was.Sent, now.Sent, _inputs, $"{place}, key");
                Compare(was.Snapshot, now.Snapshot, _outputs, $"{place}, snapshot");
                CompareHistory(was.History, now.History, place);
                break;
            // The server calls and the client answers, so the directions are reversed.
            case OperationFacts.Remote:
                Compare(was.Sent, now.Sent, _outputs, $"{place}, argument");
                Compare(was.Answer, now.Answer, _inputs, $"{place}, answer");
                break;
            default:
                Compare(was.Sent, now.Sent, _inputs, $"{place}, input");
                if (was.IsStream == now.IsStream)
                    Compare(was.Answer, now.Answer, _outputs, $"{place}, {(now.IsStream ? "item" : "output")}");
                break;
        }
    }

    // Clients must handle losses, so a shorter history breaks none. Without history every reconnect is a loss.
    private void CompareHistory(string? was, string? now, string place)
    {
        if (was == now)
            return;
        if (now is null)
            _changes.Breaking(place, "no longer keeps history");
        else
            _changes.Compatible(place, was is null ? $"now keeps a history of {now}" : $"history changed from {was} to {now}");
    }

    private void CompareRequirements(OperationPart was, OperationPart now, string place)
    {
        if (was.NeedsSession != now.NeedsSession)
            Add(now.NeedsSession, place, now.NeedsSession ? "now requires a session" : "no longer requires a session");
        if (was.NeedsPermission != now.NeedsPermission)
            Add(now.NeedsPermission, place, now.NeedsPermission ? "now requires a permission" : "no longer requires a permission");
        // Clients read a stream in another way than a single reply.
        if (was.IsStream != now.IsStream)
            _changes.Breaking(place, now.IsStream ? "now replies with a stream of items" : "no longer replies with a stream of items");
        if (was.IsReadonly != now.IsReadonly)
            Add(was.IsReadonly, place, was.IsReadonly ? "no longer allows read-only sessions" : "now allows read-only sessions");
        foreach (var scope in now.Scopes.Except(was.Scopes))
            _changes.Breaking(place, $"now requires the scope '{scope}'");
        foreach (var scope in was.Scopes.Except(now.Scopes))
            _changes.Compatible(place, $"no longer requires the scope '{scope}'");
        // A new error is compatible, because clients must handle errors whose names they do not know.
        foreach (var error in now.Errors.Except(was.Errors))
            _changes.Compatible(place, $"may now reply with {error}");
        foreach (var error in was.Errors.Except(now.Errors))
            _changes.Compatible(place, $"no longer replies with {error}");
    }

    private void Compare(MessagePart? was, MessagePart? now, SchemaDiff schemas, string place)
    {
        var isInput = schemas == _inputs;
        switch (was?.Data, now?.Data)
        {
            case (null, null):
                return;
            case (null, not null):
                Add(isInput && now is { MayOmit: false }, place, isInput && now is { MayOmit: false } ? "was added and is required" : "was added");
                return;
            case (not null, null):
                Add(!isInput, place, isInput ? "is now ignored" : "was removed");
                return;
        }

        if (was!.MayOmit != now!.MayOmit)
            Add(now.MayOmit != isInput, place, (isInput, now.MayOmit) switch
            {
                (true, true) => "is now optional",
                (true, false) => "is now required",
                (false, true) => "may now be missing",
                _ => "is now always present",
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
