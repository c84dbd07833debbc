using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>Creates the tokens that scenarios request with <c>${jwt:alice}</c>.</summary>
internal static partial class BearerToken
{
    private static readonly byte[] Key = "pikku-conformance-key-0123456789abcdef"u8.ToArray();

    public static string FillIn(string json) => Placeholder().Replace(json, match => For(match.Groups["user"].Value));

    private static string For(string user)
    {
        var expires = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}""")}.{Encode($$"""{"sub":"{{user}}","exp":{{expires}}}""")}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(signed)))}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    [GeneratedRegex(@"\$\{jwt:(?<user>\w+)\}")]
    private static partial Regex Placeholder();
}
