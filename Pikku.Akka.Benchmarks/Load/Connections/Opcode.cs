namespace Pikku.Akka.Benchmarks.Load.Connections;

/// <summary>The kinds of frames, RFC 6455 §5.2.</summary>
internal static class Opcode
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;
}
