using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Depth2Img.Depth.Files;

/// <summary>The head of a NumPy .npy file, versions 1 to 3: element type, order and shape.</summary>
/// <param name="Type">Kind and bytes of an element, as in "f4".</param>
/// <param name="BigEndian">Whether the high byte comes first.</param>
/// <param name="FortranOrder">Whether the first index runs fastest.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="DataStart">The byte at which the elements begin.</param>
internal sealed record NpyHeader(string Type, bool BigEndian, bool FortranOrder, IReadOnlyList<long> Shape, int DataStart)
{
    /// <summary>A .npy file's first six bytes.</summary>
    public static ReadOnlySpan<byte> Signature => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The shape as Python writes it.</summary>
    public string ShapeText => "(" + string.Join(", ", Shape) + ")";

    /// <summary>Reads the head.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="Depth2ImgException">The head is cut short, or not what NumPy writes.</exception>
    public static NpyHeader Parse(ReadOnlySpan<byte> file, string name)
    {
        if (!file.StartsWith(Signature)) throw Broken(name, "its first six bytes are others");
        if (file.Length < 12) throw CutShort(name);
        int version = file[6];
        if (version is < 1 or > 3) throw Broken(name, $"its version is {version}.{file[7]}, and 1 to 3 are read");
        int start = version == 1 ? 10 : 12;
        uint length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(file[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (length > file.Length - start) throw CutShort(name);
        // Version 3 differs in allowing UTF-8, which only names of fields need.
        return Read(Encoding.UTF8.GetString(file.Slice(start, (int)length)), start + (int)length, name);
    }

    /// <summary>The head of a little-endian float32 map.</summary>
    public static byte[] ForDepth(int width, int height)
    {
        const int prefix = 10, alignment = 64;
        string text = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({height}, {width}), }}");
        // Spaces and a line's end fill up to where readers can map the elements.
        int total = (prefix + text.Length + 1 + alignment - 1) / alignment * alignment;
        byte[] header = new byte[total];
        Signature.CopyTo(header);
        (header[6], header[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(total - prefix));
        header.AsSpan(prefix).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, header.AsSpan(prefix));
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>Reads the Python dictionary: three keys, whose values are a text, a truth value and a tuple of whole numbers.</summary>
    private static NpyHeader Read(string text, int dataStart, string name)
    {
        PythonLiteralReader reader = new(text, what => Broken(name, what));
        string? type = null;
        bool? fortranOrder = null;
        IReadOnlyList<long>? shape = null;
        reader.Expect('{');
        while (!reader.TryTake('}'))
        {
            string key = reader.Text();
            reader.Expect(':');
            switch (key)
            {
                case "descr":
                    if (reader.At('[')) throw Broken(name, "its elements are records with fields, and plain numbers are read");
                    type = reader.Text();
                    break;
                case "fortran_order":
                    fortranOrder = reader.Truth();
                    break;
                case "shape":
                    shape = reader.Tuple();
                    break;
                default:
                    throw Broken(name, $"its head has the key '{key}', which is not NumPy's");
            }
            if (!reader.TryTake(',') && !reader.At('}')) throw Broken(name, "its head lacks a comma or the closing brace");
        }
        if (type is null || fortranOrder is null || shape is null) throw Broken(name, "its head lacks descr, fortran_order or shape");
        if (type.Length < 2 || !"<>|=".Contains(type[0], StringComparison.Ordinal))
            throw Broken(name, $"its element type is '{type}', and one such as '<f4' is due");
        return new NpyHeader(type[1..], type[0] == '>', fortranOrder.Value, shape, dataStart);
    }

    private static Depth2ImgException Broken(string name, string what) => new($"'{name}' is no .npy file that can be read: {what}.");

    private static Depth2ImgException CutShort(string name) => new($"'{name}' is cut short: it ends inside its head. Fetch or save it again.");
}
