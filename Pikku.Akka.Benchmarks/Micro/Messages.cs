using System.Text;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>The messages of the benchmarks.</summary>
internal static class Messages
{
    /// <summary>A flat message to the echo action with a text of this length.</summary>
    public static byte[] Echo(int textLength) => Encoding.UTF8.GetBytes($$"""{"action":"echo","id":"17","text":"{{new string('x', textLength)}}"}""");
}
