using System.Net;
using System.Net.Sockets;

namespace Pikku.Akka.WebSockets;

/// <summary>What counts as one address.</summary>
internal static class AddressKey
{
    private const int BitsPerByte = 8;

    /// <summary>
    /// An IPv4 address counts as it is, in whichever form it comes; of an IPv6 address the network, without the interface that it came by.
    /// </summary>
    /// <param name="address">The address of a client.</param>
    /// <param name="prefix">How many leading bits name a network of IPv6.</param>
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
