using System.Net;
using System.Net.Sockets;

namespace Depth2Img.Server.Http;

/// <summary>What tells clients without keys apart.</summary>
internal static class ClientAddress
{
    /// <summary>The bytes of an address of version 6 that name a network; whoever has one has all addresses in it.</summary>
    private const int NetworkBytes = 8;

    /// <summary>The client at an address.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null) return "local";
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address.ToString();
        byte[] network = address.GetAddressBytes();
        network.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(network)}/64";
    }
}
