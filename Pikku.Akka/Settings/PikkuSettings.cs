namespace Pikku.Akka.Settings;

/// <summary>Everything under <c>pikku</c>; what each key means stands in <c>reference.conf</c>.</summary>
internal sealed record PikkuSettings
{
    public required bool DetailedErrors { get; init; }

    public required ConnectionSettings Connection { get; init; }

    public required ChannelSettings Channel { get; init; }

    public required FunctionSettings Function { get; init; }

    public required OutboxSettings Outbox { get; init; }

    public required EventHubSettings EventHub { get; init; }

    public required RemoteSettings Remote { get; init; }

    public required LimitSettings Limits { get; init; }

    public required SessionSettings Session { get; init; }

    public required UpgradeSettings Upgrade { get; init; }

    public required ShutdownSettings Shutdown { get; init; }
}
