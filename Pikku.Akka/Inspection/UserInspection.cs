using Pikku.Akka.Cluster;

namespace Pikku.Akka.Inspection;

/// <summary>Carries out what operators of other nodes ask of this node about its users and connections.</summary>
internal sealed class UserInspection(LocalExplainer explainer, WatchList watches) : IUserInspection
{
    public async Task<string> ExplainAsync(string question) =>
        await explainer.ExplainAsync(InspectionJson.Read<ExplainRequest>(question)) is { } explanation ? InspectionJson.Write(explanation) : "";

    public string ReadTrace(string userId, string cursors) =>
        InspectionJson.Write(watches.ReadTrace(userId, InspectionJson.Read<Dictionary<string, long>>(cursors)));

    public string Record(string command) => Record(InspectionJson.Read<RecordCommand>(command)) is { } answer ? InspectionJson.Write(answer) : "";

    /// <summary>Carries out a command about a recording.</summary>
    /// <returns>Null when this node has no such connection or recording.</returns>
    public RecordAnswer? Record(RecordCommand command) => command.Kind switch
    {
        RecordCommandKind.Start => AnswerOf(watches.Start(command.Id, command.User, command.Connection, TimeSpan.FromSeconds(command.Seconds))),
        RecordCommandKind.Read => AnswerOf(watches.Find(command.Id)),
        RecordCommandKind.Stop => AnswerOf(watches.Stop(command.Id)),
        _ => watches.ReadFile(command.Id, command.From),
    };

    private static RecordAnswer? AnswerOf(RecordingState? state) => state is null ? null : new RecordAnswer(state);
}
