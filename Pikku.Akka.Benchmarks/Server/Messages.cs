namespace Pikku.Akka.Benchmarks.Server;

internal sealed record Echo(string Id, string Text);

internal sealed record Subscription(string Topic);

internal sealed record Publication(string Topic, string Data);
