using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions.Input;
using Xunit;

namespace Pikku.Akka.Tests.Functions.Input;

/// <summary>Reads and validates like the call of a function.</summary>
internal static class Reading
{
    public static readonly IServiceProvider Services =
        new ServiceCollection().AddSingleton(new HashSet<string> { "known" }).BuildServiceProvider();

    public static readonly InputOptions Options = new(Application());

    public static JsonSerializerOptions Application(Action<JsonSerializerOptions>? configure = null)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };
        configure?.Invoke(options);
        return options;
    }

    public static InputOptions With(Action<JsonSerializerOptions> configure) => new(Application(configure));

    public static async Task<T> Read<T>(string json, InputOptions? options = null)
    {
        var reader = new InputReader<T>(options ?? Options);
        var value = reader.Deserialize(Encoding.UTF8.GetBytes(json));
        await reader.ValidateAsync(value, Services, CancellationToken.None);
        return value;
    }

    /// <summary>The problems, one per line.</summary>
    public static async Task<string> Problems<T>(string json, InputOptions? options = null)
    {
        var error = await Assert.ThrowsAsync<UnprocessableContentError>(() => Read<T>(json, options));
        return string.Join('\n', error.Details);
    }
}
