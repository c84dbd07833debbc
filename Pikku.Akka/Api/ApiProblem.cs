namespace Pikku.Akka.Api;

/// <summary>Problem details (RFC 9457).</summary>
/// <param name="Type">The kind of the problem; <c>about:blank</c> means that the status says it.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Status">The status.</param>
/// <param name="Errors">The mistakes in the content; null for any other problem.</param>
internal sealed record ApiProblem(string Type, string Title, int Status, IReadOnlyList<InputProblem>? Errors);
