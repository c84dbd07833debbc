namespace Pikku.Akka.Benchmarks.Load.Connections;

internal enum ConnState
{
    Connecting,
    Upgrading,
    Handshaking,
    Ready,
    Closed,
}
