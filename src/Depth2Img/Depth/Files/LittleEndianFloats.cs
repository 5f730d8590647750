using System.Buffers.Binary;

namespace Depth2Img.Depth.Files;

/// <summary>Writes single-precision values, low byte first on every machine.</summary>
internal static class LittleEndianFloats
{
    public static void Write(Stream stream, ReadOnlySpan<float> values)
    {
        byte[] buffer = new byte[64 * 1024];
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, buffer.Length / 4);
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteSingleLittleEndian(buffer.AsSpan(4 * i), values[i]);
            stream.Write(buffer, 0, 4 * count);
            values = values[count..];
        }
    }
}
