namespace Pikku.Akka.Diagnostics;

/// <summary>
/// All names in the spans of the activity source <c>Pikku.Akka</c>. Those without the prefix <c>pikku.</c> are the semantic conventions of OpenTelemetry for RPC and
/// messaging. <c>docs/how-to/observability.md</c> lists them.
/// </summary>
internal static class SpanNames
{
    /// <summary>The name of the activity source.</summary>
    public const string Source = "Pikku.Akka";

    /// <summary>The value of <see cref="RpcSystem"/> and <see cref="MessagingSystem"/>.</summary>
    public const string System = "pikku";

    /// <summary>The name of an activity that is never recorded.</summary>
    public const string Unrecorded = "pikku.unrecorded";

    // The conventions for RPC (release candidate). They have replaced rpc.system and rpc.service by rpc.system.name and a method with its service.
    public const string RpcSystem = "rpc.system.name";
    public const string RpcMethod = "rpc.method";
    public const string RpcStatus = "rpc.response.status_code";

    // The conventions for messaging.
    public const string MessagingSystem = "messaging.system";
    public const string OperationName = "messaging.operation.name";
    public const string OperationType = "messaging.operation.type";
    public const string DestinationName = "messaging.destination.name";
    public const string DestinationTemplate = "messaging.destination.template";

    // The conventions for all spans.
    public const string ErrorType = "error.type";
    public const string FunctionName = "code.function.name";

    public const string Channel = "pikku.channel";
    public const string Connection = "pikku.connection";
    public const string ErrorId = "pikku.error_id";

    /// <summary>The value of <see cref="OperationName"/> for a publish. Its type is <see cref="Send"/>.</summary>
    public const string Publish = "publish";

    /// <summary>The value of <see cref="OperationName"/> for a handler. Its type is <see cref="Process"/>.</summary>
    public const string Handle = "handle";

    public const string Send = "send";
    public const string Process = "process";

    /// <summary>The part of a name for permissions that are asked again.</summary>
    public const string Authorize = "authorize";

    /// <summary>The name of the span of a message, of a function on another node, and of a call of a client function.</summary>
    public static string OfMethod(string channel, string method) => $"{channel}/{method}";

    /// <summary>The name of the span of middleware.</summary>
    public static string OfMiddleware(string name) => $"middleware {name}";
}
