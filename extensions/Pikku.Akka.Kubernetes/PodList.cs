using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pikku.Akka.Kubernetes;

/// <summary>The part of the answer of the API server that the discovery reads.</summary>
internal sealed record PodList(Pod[]? Items);

/// <summary>One pod.</summary>
internal sealed record Pod(PodMetadata? Metadata, PodStatus? Status);

/// <summary>When the pod is deleted; null when it is not.</summary>
internal sealed record PodMetadata(string? DeletionTimestamp);

/// <summary>What runs.</summary>
internal sealed record PodStatus(string? Phase, string? PodIP);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PodList))]
internal sealed partial class PodListJson : JsonSerializerContext;
