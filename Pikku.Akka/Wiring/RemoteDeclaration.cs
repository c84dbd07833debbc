namespace Pikku.Akka;

/// <summary>A function that the clients of a channel may expose.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">The type of its argument; <see cref="NoData"/> without one.</param>
/// <param name="Output">The type of its result; <see cref="NoData"/> without one.</param>
internal sealed record RemoteDeclaration(string Name, Type Input, Type Output);
