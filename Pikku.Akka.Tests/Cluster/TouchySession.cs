namespace Pikku.Akka.Tests.Cluster;

/// <summary>A session of an application that throws while it is serialized or deserialized.</summary>
internal sealed record TouchySession(string? UserId, Touchy About) : IPikkuSession;
