using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.TestSupport;

/// <summary>Writes what torch.save writes of {"state_dict": OrderedDict of tensors}: a zip of a pickle and one entry a storage.</summary>
internal static class TorchZipWriter
{
    /// <summary>Writes a file, tensor by tensor.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layout">Keys, types and sizes.</param>
    /// <param name="tensor">A tensor by its key, asked for once and in order.</param>
    public static void Write(string path, IReadOnlyList<(string Name, ElementType Type, int[] Dimensions)> layout, Func<string, WeightTensor> tensor)
    {
        using FileStream file = File.Create(path);
        using ZipArchive zip = new(file, ZipArchiveMode.Create);
        using (Stream pickle = zip.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open()) WritePickle(pickle, layout);
        for (int i = 0; i < layout.Count; i++)
        {
            using Stream storage = zip.CreateEntry($"archive/data/{i}", CompressionLevel.NoCompression).Open();
            storage.Write(tensor(layout[i].Name).Data.Span);
        }
        using Stream version = zip.CreateEntry("archive/version", CompressionLevel.NoCompression).Open();
        version.Write("3\n"u8);
    }

    private static void WritePickle(Stream s, IReadOnlyList<(string Name, ElementType Type, int[] Dimensions)> layout)
    {
        s.Write([0x80, 2, (byte)'}']);
        Text("state_dict");
        Ordered();
        s.WriteByte((byte)'(');
        for (int i = 0; i < layout.Count; i++)
        {
            (string name, ElementType type, int[] dimensions) = layout[i];
            int[] strides = new int[dimensions.Length];
            int step = 1;
            for (int d = dimensions.Length - 1; d >= 0; d--)
            {
                strides[d] = step;
                step *= dimensions[d];
            }
            Text(name);
            s.Write("ctorch._utils\n_rebuild_tensor_v2\n(("u8);
            Text("storage");
            s.Write(Encoding.ASCII.GetBytes($"ctorch\n{(type == ElementType.Float16 ? "Half" : "Float")}Storage\n"));
            Text($"{i}");
            Text("cpu");
            Number(step);
            s.Write("tQ"u8);
            Number(0);
            Numbers(dimensions);
            Numbers(strides);
            s.WriteByte(0x89);
            Ordered();
            s.Write("tR"u8);
        }
        s.Write("us."u8);

        void Ordered() => s.Write("ccollections\nOrderedDict\n)R"u8);

        void Text(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            s.WriteByte((byte)'X');
            s.Write(length);
            s.Write(bytes);
        }

        void Number(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            s.WriteByte((byte)'J');
            s.Write(bytes);
        }

        void Numbers(int[] values)
        {
            s.WriteByte((byte)'(');
            foreach (int value in values) Number(value);
            s.WriteByte((byte)'t');
        }
    }
}
