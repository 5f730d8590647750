using System.Buffers.Binary;
using System.Numerics;

namespace Depth2Img.Imaging.Bmp;

/// <summary>Where the colours lie in a pixel of 16 or 32 bits; a mask of 0 is a channel that is not there.</summary>
internal readonly record struct BmpMasks(uint Red, uint Green, uint Blue, uint Alpha)
{
    /// <summary>What pixels without masks have. The fourth byte of 32 bits is not used.</summary>
    public static BmpMasks Default(int bits) => bits == 16 ? new BmpMasks(0x7C00, 0x3E0, 0x1F, 0) : new BmpMasks(0xFF0000, 0xFF00, 0xFF, 0);

    /// <summary>Reads a file's masks.</summary>
    /// <exception cref="Depth2ImgException">A mask has gaps, lies outside the pixel, or overlaps another.</exception>
    public static BmpMasks Read(ReadOnlySpan<byte> bytes, bool hasAlpha, int bits, string name)
    {
        uint At(ReadOnlySpan<byte> from, int index) => BinaryPrimitives.ReadUInt32LittleEndian(from[(4 * index)..]);
        BmpMasks masks = new(At(bytes, 0), At(bytes, 1), At(bytes, 2), hasAlpha ? At(bytes, 3) : 0);
        ReadOnlySpan<uint> all = [masks.Red, masks.Green, masks.Blue, masks.Alpha];
        uint taken = 0;
        foreach (uint mask in all)
        {
            uint ones = mask == 0 ? 0 : mask >> BitOperations.TrailingZeroCount(mask);
            if ((ones & (ones + 1)) != 0 || (mask & taken) != 0 || bits == 16 && mask > ushort.MaxValue)
                throw BmpErrors.Broken(name, $"its colour masks {masks.Red:x}, {masks.Green:x}, {masks.Blue:x}, {masks.Alpha:x} are none of {bits} bits");
            taken |= mask;
        }
        return masks;
    }

    /// <summary>A channel of a pixel, spread to 0..255 and rounded.</summary>
    public static byte Take(uint pixel, uint mask)
    {
        if (mask == 0) return 0;
        int shift = BitOperations.TrailingZeroCount(mask);
        ulong most = mask >> shift;
        return (byte)((((pixel & mask) >> shift) * 255UL + most / 2) / most);
    }
}
