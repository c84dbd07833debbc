namespace Pikku.Akka.Cluster;

/// <summary>
/// The id of a request to another node. A restarted actor numbers its requests from 1 again, so with the number alone an answer to a request of an earlier life
/// could match a request of the current one. The life is a random number, which needs no clock.
/// </summary>
/// <param name="Life">The life of the actor that sent the request.</param>
/// <param name="Number">The number of the request in that life, from 1; 0 when no answer is expected.</param>
internal readonly record struct RequestId(long Life, long Number);
