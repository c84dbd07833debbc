namespace Pikku.Akka;

/// <summary>A function that the clients of a channel may expose.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">What it is given; <see cref="None"/> for nothing.</param>
/// <param name="Output">What it answers; <see cref="None"/> for nothing.</param>
internal sealed record RemoteDeclaration(string Name, Type Input, Type Output);
