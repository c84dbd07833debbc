namespace Pikku.Akka.Inspection;

/// <summary>A command about a recording, for the node that has the connection.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Id">The id of the recording.</param>
/// <param name="User">The user whose next connection is recorded; null when the connection is given.</param>
/// <param name="Connection">The connection; null for the next one of the user.</param>
/// <param name="Seconds">For how long at most.</param>
/// <param name="From">The first character of the file to read.</param>
internal sealed record RecordCommand(RecordCommandKind Kind, string Id, string? User = null, string? Connection = null, double Seconds = 0, int From = 0);

/// <summary>What to do with a recording.</summary>
internal enum RecordCommandKind
{
    Start,
    Read,
    Stop,
    ReadFile,
}

/// <summary>The answer to a command about a recording.</summary>
/// <param name="State">Its state.</param>
/// <param name="Text">A part of the file; null for other commands.</param>
/// <param name="Length">The length of the file, in characters.</param>
internal sealed record RecordAnswer(RecordingState State, string? Text = null, int Length = 0);
