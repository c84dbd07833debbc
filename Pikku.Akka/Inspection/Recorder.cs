using System.Security.Cryptography;
using System.Text;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Inspection;

/// <summary>Records a connection on whatever node it is, for operators. The file is a scenario of the test kit.</summary>
internal sealed class Recorder(UserInspection here, ClusterClient client, HubClient hub, PikkuSettings settings, PikkuLog log)
{
    private const int IdLength = 16; // 64 random bits: an id can't be guessed

    /// <summary>Begins to record a connection from now on, or the next connection of a user from its start.</summary>
    /// <param name="userId">The user; null when the connection is given.</param>
    /// <param name="connectionId">The connection; null for the next one of the user.</param>
    /// <param name="duration">For how long at most; null for <c>pikku.watch.duration</c>, which is also the maximum.</param>
    /// <param name="operatorName">Who asks, for the log.</param>
    /// <param name="cancellationToken">Ends the wait for the start of the node.</param>
    /// <exception cref="PikkuException">There is no such connection, it can't be recorded, or there are too many recordings.</exception>
    /// <exception cref="EventHubException">A node did not answer.</exception>
    public async Task<RecordingState> StartAsync(
        string? userId, string? connectionId, TimeSpan? duration, string operatorName, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrEmpty(userId) == string.IsNullOrEmpty(connectionId))
            throw new UnprocessableContentError("user", "or connection is required, and not both");
        if (duration <= TimeSpan.Zero)
            throw new UnprocessableContentError("seconds", "must be positive");
        await hub.StartedAsync(cancellationToken); // before the start no other node is known
        var limit = duration is { } asked && asked < settings.Watch.Duration ? asked : settings.Watch.Duration;
        var id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        var command = new RecordCommand(RecordCommandKind.Start, id, userId, connectionId, limit.TotalSeconds);
        var state = connectionId is not null && client.IsElsewhere(connectionId)
            ? Read(await client.RequestAsync(connectionId, MessageOf(command)))?.State
            : here.Record(command)?.State;
        if (state is null)
            throw new NotFoundError($"There is no connection '{connectionId}'.");
        if (connectionId is null)
            await client.RequestAllAsync(MessageOf(command), NodeWait.Responsive);
        log.RecordingStarted(operatorName, userId ?? connectionId!, id, limit);
        return state;
    }

    /// <summary>The state of a recording.</summary>
    /// <exception cref="NotFoundError">There is none, or its time is over.</exception>
    public async Task<RecordingState> FindAsync(string id) => (await AskAsync(new RecordCommand(RecordCommandKind.Read, id)))[0].State;

    /// <summary>Ends a recording and reads its file. The file can be read again for some time.</summary>
    /// <exception cref="NotFoundError">There is none, or its time is over.</exception>
    public async Task<string> StopAsync(string id, string operatorName)
    {
        var state = (await AskAsync(new RecordCommand(RecordCommandKind.Stop, id)))[0].State;
        var file = new StringBuilder();
        RecordAnswer answer;
        do
        {
            var parts = await AskAsync(new RecordCommand(RecordCommandKind.ReadFile, id, From: file.Length));
            answer = parts.FirstOrDefault(part => part.State.Connection == state.Connection) ?? throw NotFound(id);
            file.Append(answer.Text);
        }
        while (file.Length < answer.Length && answer.Text!.Length > 0);
        log.RecordingRead(operatorName, id, state.Messages);
        return file.ToString();
    }

    // The answers of the nodes that have the recording. One of a user is on every node, and the node whose connection was first comes first.
    private async Task<IReadOnlyList<RecordAnswer>> AskAsync(RecordCommand command)
    {
        List<RecordAnswer> found = [];
        if (here.Record(command) is { } own)
            found.Add(own);
        var (answers, _) = await client.RequestAllAsync(MessageOf(command), NodeWait.Responsive);
        found.AddRange(answers.Where(answer => answer is { Error: null, Text.Length: > 0 }).Select(answer => Read(answer)!));
        return found.Count == 0 ? throw NotFound(command.Id)
            : [.. found.OrderByDescending(answer => answer.State.HasBegun).ThenBy(answer => answer.State.BegunAt)];
    }

    private static NotFoundError NotFound(string id) => new($"There is no recording '{id}'. A recording is kept for pikku.watch.duration after its end.");

    private static NodeMessage.Record MessageOf(RecordCommand command) => new(InspectionJson.Write(command));

    private static RecordAnswer? Read(NodeMessage.Answer? answer) => answer is { Text.Length: > 0 } ? InspectionJson.Read<RecordAnswer>(answer.Text) : null;
}
