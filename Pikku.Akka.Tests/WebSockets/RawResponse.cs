using System.Text.Json;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>A response as received.</summary>
internal sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The value of a header; null for a missing header.</summary>
    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>Returns the problem in the body (RFC 9457). Fails if the body is not a problem or has another status.</summary>
    public JsonElement Problem
    {
        get
        {
            Assert.StartsWith("application/problem+json", this["Content-Type"], StringComparison.Ordinal);
            var problem = JsonDocument.Parse(Body).RootElement;
            Assert.Equal(Status, problem.GetProperty("status").GetInt32());
            Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
            return problem;
        }
    }
}
