namespace Pikku.Akka.Cluster;

/// <summary>
/// Names a request to another node. An actor that is restarted counts from the beginning, so the number alone could name a request of its
/// earlier life, and its answer could reach somebody else. The life is random and compared with no clock.
/// </summary>
/// <param name="Life">The life of the actor that asked.</param>
/// <param name="Number">Its number in that life, from 1; 0 when no answer is wanted.</param>
internal readonly record struct RequestId(long Life, long Number);
