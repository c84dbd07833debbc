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
        var bytes = await BytesAsync(context);
        try
        {
            return JsonSerializer.Deserialize<T>(bytes.AsSpan(), Json)
                ?? throw new BadHttpRequestException("The content of the request is null.");
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException($"The content of the request can't be read: {Problem<T>(bytes, e)}", e);
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

    // In words of the caller: the message of the exception names types of this library.
    private static string Problem<T>(byte[] content, JsonException error)
    {
        if (error.Path is { Length: > 1 } path)
            return $"{path} is unknown, or its value has another type.";
        try
        {
            using var json = JsonDocument.Parse(content);
            var missing = Json.GetTypeInfo(typeof(T)).Properties.Where(property => property.IsRequired && !json.RootElement.TryGetProperty(property.Name, out _));
            return json.RootElement.ValueKind != JsonValueKind.Object ? "it is not an object." : $"it lacks {string.Join(", ", missing.Select(property => $"'{property.Name}'"))}.";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "it is not valid JSON.";
        }
    }

    /// <summary>Tells the server the largest content of an endpoint.</summary>
    /// <param name="Size">The size, in bytes.</param>
    internal sealed record Limit(long? Size) : IRequestSizeLimitMetadata
    {
        long? IRequestSizeLimitMetadata.MaxRequestBodySize => Size;
    }
}
