namespace Pikku.Akka.Protocol;

/// <summary>An error of a function on another node, in the form in which that node would send it to the client.</summary>
/// <param name="info">The error.</param>
internal sealed class ForwardedError(ErrorInfo info) : PikkuException(info.Name, info.Status, info.Message)
{
    public ErrorInfo Info { get; } = info;
}
