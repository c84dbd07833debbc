namespace Pikku.Akka.Cli;

/// <summary>A place where a function is wired.</summary>
/// <param name="Channel">The name of the channel.</param>
/// <param name="Action">The routing key and its value, or the name of the handler.</param>
internal sealed record Place(string Channel, string Action)
{
    public override string ToString() => $"{Channel} {Action}";
}
