using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Pikku.Akka.Api;

/// <summary>Reads the content of requests.</summary>
internal static class ApiBody
{
    private static readonly object s_bytes = new();

    /// <summary>A property that the message does not have is a mistake of the caller.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the answers are JSON and never part of a page
    };

    /// <summary>Reads a message.</summary>
    /// <exception cref="BadHttpRequestException">The content is not the message.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw new BadHttpRequestException("The content of the request must be application/json.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return JsonSerializer.Deserialize<T>((await BytesAsync(context)).AsSpan(), Json)
                ?? throw new BadHttpRequestException("The content of the request is null.");
        }
        catch (JsonException e)
        {
            // The message of the exception names types of this library.
            throw new BadHttpRequestException(
                e.Path is { Length: > 1 } path
                    ? $"The content of the request can't be read at {path}: the property is unknown, or its value has another type."
                    : "The content of the request can't be read: it is not valid JSON, or a property is missing.",
                e);
        }
    }

    /// <summary>The bytes of the content, which are read once. The server limits how many they are; see <see cref="Limit"/>.</summary>
    public static async ValueTask<byte[]> BytesAsync(HttpContext context)
    {
        if (context.Items.TryGetValue(s_bytes, out var known))
            return (byte[])known!;
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        var read = bytes.ToArray();
        context.Items[s_bytes] = read;
        return read;
    }

    /// <summary>Tells the server the largest content of an endpoint.</summary>
    /// <param name="Size">The size, in bytes.</param>
    internal sealed record Limit(long? Size) : IRequestSizeLimitMetadata
    {
        long? IRequestSizeLimitMetadata.MaxRequestBodySize => Size;
    }
}
