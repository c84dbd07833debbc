using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.WebSockets;

/// <summary>An upgrade is refused with a status that says why (E6).</summary>
internal sealed class UpgradeRefusal(int status, string title, string detail, IReadOnlyList<ErrorDetail>? errors = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public IReadOnlyList<ErrorDetail>? Errors { get; } = errors;

    public static UpgradeRefusal Unavailable(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, "Service Unavailable", detail);
}
