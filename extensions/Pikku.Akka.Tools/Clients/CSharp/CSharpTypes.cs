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
        Action AggregateException ArgumentException Array BigInteger CancellationToken CancellationTokenRegistration CancellationTokenSource
        ClientWebSocket ConcurrentDictionary Convert CultureInfo DateOnly DateTime DateTimeOffset DateTimeStyles Dictionary EditorBrowsable
        EditorBrowsableState Encoding Enum EventArgs EventHandler Exception FormatException Func GC Guid HttpClient HttpClientHandler
        HttpCompletionOption HttpContent HttpMessageHandler HttpMethod HttpRequestMessage IAsyncDisposable IAsyncEnumerable IAsyncEnumerator
        ICollection IDisposable IEnumerable IJsonTypeInfoResolver IOException IReadOnlyDictionary IReadOnlyList ITimer Interlocked
        InvalidDataException InvalidOperationException JavaScriptEncoder JsonConverter JsonDerivedType JsonDocument JsonElement JsonException
        JsonExtensionData JsonIgnore JsonIgnoreCondition JsonNumberHandling JsonPolymorphic JsonPropertyName JsonReaderOptions JsonSerializable
        JsonSerializer JsonSerializerContext JsonSerializerOptions JsonSourceGenerationMode JsonSourceGenerationOptions JsonTokenType JsonTypeInfo
        JsonValueKind JsonWriterOptions KeyValuePair LinkedList List Match Math MemoryStream NotSupportedException NumberStyles
        ObjectDisposedException Obsolete OperatingSystem OperationCanceledException Queue Random ReadOnlyMemory ReadOnlySpan Regex RegexOptions Rune
        SemaphoreSlim SocketsHttpHandler StringComparer StringComparison Task TaskCompletionSource TaskContinuationOptions TaskCreationOptions
        TaskScheduler TimeOnly TimeProvider TimeSpan Timeout TimeoutException Type Uri UriBuilder Utf8JsonReader Utf8JsonWriter ValueTask Volatile
        WebSocket WebSocketCloseStatus WebSocketDeflateOptions WebSocketException WebSocketMessageType WebSocketState
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly JsonTypes _json = new();
    private readonly SortedSet<string> _changes = new(StringComparer.Ordinal);

    public CSharpTypes(AppContract contract)
    {
        Scope = new NameScope([.. Foreign, .. RuntimeSource.Names, "PikkuJsonContext", "PikkuWebSocket"]);
        foreach (var declaration in contract.Declarations)
        {
            _names.Add(declaration.Name, Scope.Reserve("", declaration.Name, "", "Type"));
            AddJson(_names[declaration.Name], declaration is EnumDeclaration);
        }

        // What the runtime reads and writes itself.
        AddJson(new TypeUse.Scalar(ScalarKind.Any));
        AddJson(new TypeUse.Scalar(ScalarKind.String));
    }

    /// <summary>The names of all types in the namespace.</summary>
    public NameScope Scope { get; }

    // By name, because an input that equals its output shares the output's declaration.
    public string NameOf(Declaration declaration) => _names[declaration.Name];

    /// <summary>The types that the client reads or writes, each with the name of its metadata.</summary>
    public IEnumerable<(string Type, string? Name)> Json => _json.All;

    /// <summary>The converters of the changes of presence and state topics.</summary>
    public IEnumerable<string> Converters => _changes.Select(change => $"new {change}()");

    /// <summary>Writes a type. The client has the metadata to read and write it.</summary>
    public string Write(TypeUse type)
    {
        AddJson(type);
        return Write(type, nullable: true);
    }

    /// <summary>Writes a type as the runtime knows it, without the mark of references that may be null.</summary>
    public string WriteBare(TypeUse type) => Write(type, nullable: false);

    /// <summary>Writes the type of the changes of a presence or state topic.</summary>
    public string WriteChange(string type, TypeUse payload)
    {
        _changes.Add($"{type}Converter<{Write(payload)}>");
        _json.Add($"{type}<{WriteBare(payload)}>");
        return $"{type}<{Write(payload)}>";
    }

    /// <summary>Adds a reference type that the client reads or writes.</summary>
    public void AddJson(string type) => _json.Add(type);

    private void AddJson(string type, bool isValue, bool isBuiltIn = false)
    {
        _json.Add(type, isBuiltIn);
        // An optional property or parameter of a value type has another type at run time.
        if (isValue)
            _json.Add(type + "?", isBuiltIn);
    }

    private void AddJson(TypeUse type)
    {
        switch (type)
        {
            case TypeUse.Nullable { Of: var inner }:
                AddJson(inner);
                return;
            case TypeUse.List { Item: var item }:
                AddJson(item);
                break;
            case TypeUse.Map { Value: var value }:
                AddJson(value);
                break;
        }

        AddJson(WriteBare(type), IsValue(type), isBuiltIn: type is TypeUse.Scalar);
    }

    private static bool IsValue(TypeUse type) => type switch
    {
        TypeUse.Scalar { Kind: var kind } => kind is not (ScalarKind.String or ScalarKind.NumberText or ScalarKind.Bytes or ScalarKind.Uri),
        TypeUse.Declared { Declaration: var declaration } => declaration is EnumDeclaration,
        _ => false,
    };

    private string Write(TypeUse type, bool nullable) => type switch
    {
        TypeUse.Scalar { Kind: var kind } => Write(kind),
        TypeUse.Declared { Declaration: var declaration } => NameOf(declaration),
        TypeUse.List { Item: var item } => $"IReadOnlyList<{Write(item, nullable)}>",
        TypeUse.Map { Value: var value } => $"Dictionary<string, {Write(value, nullable)}>",
        TypeUse.Nullable { Of: var inner } => Write(inner, nullable) + (nullable || IsValue(inner) ? "?" : ""),
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
