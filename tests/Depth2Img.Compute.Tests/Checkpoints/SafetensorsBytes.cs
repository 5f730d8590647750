using System.Buffers.Binary;
using System.Text;

namespace Depth2Img.Compute.Tests.Checkpoints;

/// <summary>Safetensors files put together by hand, so that they can be wrong.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A valid file of two tensors.</summary>
    public const string ValidHeader =
        """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"F16","shape":[3],"data_offsets":[16,22]}}""";

    public static byte[] Of(string header, int dataLength) => Of(Encoding.UTF8.GetBytes(header), dataLength);

    public static byte[] Of(byte[] header, int dataLength)
    {
        byte[] file = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < dataLength; i++) file[8 + header.Length + i] = (byte)(i + 1);
        return file;
    }

    public static byte[] Valid() => Of(ValidHeader, 22);
}
