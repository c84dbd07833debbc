using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>Names the types of the contract in C# and writes them where they are used.</summary>
internal sealed class CSharpTypes
{
    /// <summary>Types of .NET that the client uses. A type of the contract with one of these names would hide them.</summary>
    public static readonly IReadOnlyList<string> Foreign =
        """
        Action Activator AggregateException ArgumentException Array BigInteger CancellationToken CancellationTokenRegistration CancellationTokenSource ClientWebSocket
        ConcurrentDictionary Convert CultureInfo DateOnly DateTime DateTimeOffset DateTimeStyles DefaultJsonTypeInfoResolver Dictionary Encoding Enum EventArgs EventHandler
        Exception FormatException Func Guid HttpClient HttpClientHandler HttpCompletionOption HttpContent HttpMessageHandler HttpMethod
        HttpRequestMessage IAsyncDisposable IAsyncEnumerable IAsyncEnumerator ICollection IDisposable IEnumerable IOException IReadOnlyDictionary IReadOnlyList ITimer Interlocked
        InvalidDataException InvalidOperationException JavaScriptEncoder JsonConverter JsonConverterFactory JsonDerivedType JsonDocument
        JsonElement JsonException JsonExtensionData JsonIgnore JsonIgnoreCondition JsonInclude JsonNumberHandling JsonPolymorphic JsonPropertyName
        JsonSerializer JsonSerializerOptions JsonTokenType JsonValueKind JsonWriterOptions KeyValuePair Lazy LinkedList List Match Math
        MemberAccessException MemoryStream NotSupportedException NumberStyles ObjectDisposedException Obsolete OperatingSystem
        OperationCanceledException Queue Random ReadOnlyMemory ReadOnlySpan Regex RegexOptions Rune SemaphoreSlim SocketsHttpHandler
        StringComparer StringComparison Task TaskCompletionSource TaskContinuationOptions TaskCreationOptions TaskScheduler TimeOnly
        TimeProvider TimeSpan Timeout TimeoutException Type Uri UriBuilder Utf8JsonReader Utf8JsonWriter ValueTask Volatile WebSocket
        WebSocketCloseStatus WebSocketException WebSocketMessageType WebSocketState
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public CSharpTypes(AppContract contract)
    {
        Scope = new NameScope(Foreign.Concat(RuntimeSource.Names));
        foreach (var declaration in contract.Declarations)
            _names.Add(declaration.Name, Scope.Reserve("", declaration.Name, "", "Type"));
    }

    /// <summary>The names of all types in the namespace.</summary>
    public NameScope Scope { get; }

    // By name, because an input that equals its output shares the output's declaration.
    public string NameOf(Declaration declaration) => _names[declaration.Name];

    public string Write(TypeUse type) => type switch
    {
        TypeUse.Scalar { Kind: var kind } => Write(kind),
        TypeUse.Declared { Declaration: var declaration } => NameOf(declaration),
        TypeUse.List { Item: var item } => $"IReadOnlyList<{Write(item)}>",
        TypeUse.Map { Value: var value } => $"Dictionary<string, {Write(value)}>",
        TypeUse.Nullable { Of: var inner } => Write(inner) + "?",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    private static string Write(ScalarKind kind) => kind switch
    {
        ScalarKind.Any => "JsonElement",
        ScalarKind.Boolean => "bool",
        ScalarKind.Int8 => "sbyte",
        ScalarKind.UInt8 => "byte",
        ScalarKind.Int16 => "short",
        ScalarKind.UInt16 => "ushort",
        ScalarKind.Int32 => "int",
        ScalarKind.UInt32 => "uint",
        ScalarKind.Int64 => "long",
        ScalarKind.UInt64 => "ulong",
        ScalarKind.Integer => "BigInteger",
        ScalarKind.NumberText => "string",
        ScalarKind.NumberOrName => "double",
        ScalarKind.Bytes => "byte[]",
        // The other names are those of .NET or keywords.
        ScalarKind.Float or ScalarKind.Double or ScalarKind.Decimal or ScalarKind.String or ScalarKind.Char => NameScope.Camel(kind.ToString()).TrimStart('@'),
        _ => kind.ToString(),
    };
}
