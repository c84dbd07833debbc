namespace Pikku.Akka.Tests.Cluster;

/// <summary>A session of an application whose code throws when it is written as JSON, or read from it.</summary>
internal sealed record TouchySession(string? UserId, Touchy About) : IPikkuSession;
