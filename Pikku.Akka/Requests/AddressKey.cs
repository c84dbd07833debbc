using System.Net;
using System.Net.Sockets;

namespace Pikku.Akka.Requests;

/// <summary>Maps the address of a client to the key for counting connections.</summary>
internal static class AddressKey
{
    private const int BitsPerByte = 8;

    /// <summary>
    /// Returns an IPv4 address unchanged (also if it is mapped to IPv6), and the network of an IPv6 address, without its scope id.
    /// </summary>
    /// <param name="address">The address of a client.</param>
    /// <param name="prefix">The length of the prefix of an IPv6 network, in bits.</param>
    public static IPAddress Of(IPAddress address, int prefix)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)~(byte.MaxValue >> Math.Clamp(prefix - i * BitsPerByte, 0, BitsPerByte));
        return new IPAddress(bytes);
    }
}
