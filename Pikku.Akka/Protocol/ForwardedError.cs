namespace Pikku.Akka.Protocol;

/// <summary>An error of a function that ran on another node, as that node tells it to the client.</summary>
/// <param name="info">What the client is told.</param>
internal sealed class ForwardedError(ErrorInfo info) : PikkuException(info.Name, info.Status, info.Message)
{
    public ErrorInfo Info { get; } = info;
}
