using System.Globalization;
using System.Text;

namespace Depth2Img.Benchmarking.OnnxRuntime;

/// <summary>Finds the initializers of an ONNX file: of all that such a file says, what is needed to give a graph its weights.</summary>
internal static class OnnxGraph
{
    /// <summary>Single precision, as the format numbers types.</summary>
    public const int Float32 = 1;

    // Field numbers of the format's messages (onnx.proto3).
    private const int ModelGraph = 7, GraphInitializer = 5;
    private const int TensorDims = 1, TensorType = 2, TensorName = 8, TensorRawData = 9, TensorExternalData = 13;
    private const int EntryKey = 1, EntryValue = 2;

    /// <summary>All initializers, in the file's order.</summary>
    /// <param name="file">The whole file.</param>
    /// <exception cref="Depth2ImgException">The file is damaged, or holds values in a form that is not read.</exception>
    public static IReadOnlyList<OnnxInitializer> Initializers(ReadOnlySpan<byte> file)
    {
        List<OnnxInitializer> found = [];
        bool hasGraph = false;
        ProtobufReader model = new(file, 0, file.Length);
        while (model.Next(out ProtobufField field))
        {
            if (field.Number != ModelGraph) continue;
            hasGraph = true;
            ProtobufReader graph = field.Message(file);
            while (graph.Next(out ProtobufField part))
            {
                if (part.Number == GraphInitializer) found.Add(Initializer(file, part));
            }
        }
        return hasGraph ? found : throw new Depth2ImgException("The ONNX file holds no graph.");
    }

    private static OnnxInitializer Initializer(ReadOnlySpan<byte> file, ProtobufField tensor)
    {
        string name = "";
        int type = 0;
        long count = 1, offset = 0, length = 0;
        Dictionary<string, string> external = [];
        ProtobufReader reader = tensor.Message(file);
        while (reader.Next(out ProtobufField field))
        {
            switch (field.Number)
            {
                case TensorDims:
                    count = field.Value <= int.MaxValue && count * (long)field.Value <= int.MaxValue && field.Length == 0
                        ? count * (long)field.Value
                        : throw new Depth2ImgException("The ONNX graph is damaged: an initializer has sizes beyond reason.");
                    break;
                case TensorType:
                    type = (int)Math.Min(field.Value, int.MaxValue);
                    break;
                case TensorName:
                    name = Text(file, field);
                    break;
                case TensorRawData:
                    (offset, length) = (field.Offset, field.Length);
                    break;
                case TensorExternalData:
                    (string key, string value) = Entry(file, field);
                    external[key] = value;
                    break;
            }
        }
        if (!external.TryGetValue("location", out string? location)) return new OnnxInitializer(name, type, count, null, offset, length);
        return new OnnxInitializer(name, type, count, location, Number(external, "offset", name), Number(external, "length", name));
    }

    private static (string Key, string Value) Entry(ReadOnlySpan<byte> file, ProtobufField entry)
    {
        string key = "", value = "";
        ProtobufReader reader = entry.Message(file);
        while (reader.Next(out ProtobufField field))
        {
            if (field.Number == EntryKey) key = Text(file, field);
            if (field.Number == EntryValue) value = Text(file, field);
        }
        return (key, value);
    }

    private static long Number(Dictionary<string, string> external, string key, string name) =>
        external.TryGetValue(key, out string? text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new Depth2ImgException($"The ONNX graph is damaged: the initializer '{name}' lies in another file, without its {key}.");

    private static string Text(ReadOnlySpan<byte> file, ProtobufField field) => Encoding.UTF8.GetString(file.Slice(field.Offset, field.Length));
}
