namespace Pikku.Akka.Protocol;

internal enum ScanOutcome : byte
{
    /// <summary>Not JSON: <c>BadRequestError</c>.</summary>
    Malformed,

    /// <summary>JSON that matches no action: the default handler, or <c>NotFoundError</c>.</summary>
    NotFound,

    Matched,
}
