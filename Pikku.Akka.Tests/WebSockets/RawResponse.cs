using System.Text.Json;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>A response as it came off the wire.</summary>
internal sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The value of a header; null when it is not there.</summary>
    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>The problem in the body (RFC 9457); fails when it is none, or one of another status.</summary>
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
