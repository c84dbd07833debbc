namespace Pikku.Akka.Protocol;

/// <summary>The reserved actions of calls of the server to the client, as Pikku's clients know them (contract L1).</summary>
internal static class RemoteCall
{
    public static ReadOnlySpan<byte> Request => "pikku-rpc-request"u8;

    public static ReadOnlySpan<byte> Response => "pikku-rpc-response"u8;

    public static ReadOnlySpan<byte> Pending => "pikku-rpc-pending"u8;
}
