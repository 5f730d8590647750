using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Depth2Img.IO;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>
/// Writes safetensors files. Tensors are ordered by element size, largest first, and then by name, so that each lies
/// at a multiple of its own element size; the data begins at a multiple of eight bytes.
/// </summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a file, whole or not at all, as <see cref="AtomicFile"/> does. An existing file is replaced.</summary>
    /// <param name="path">The file to write; its folder must exist. It may be one that tensors are mapped from where the system allows that (not on Windows).</param>
    /// <param name="tensors">What to write; names differ.</param>
    /// <param name="metadata">Free texts for the header, or null.</param>
    /// <exception cref="OutputException">The file cannot be written; nothing is left behind.</exception>
    /// <exception cref="ArgumentException">Two tensors have one name, one has the name that is kept for the free texts, or a text cannot be written as UTF-8.</exception>
    public static void Write(string path, IReadOnlyCollection<WeightTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata), overwrite: true);

    /// <summary>Writes to a stream, from its position on.</summary>
    /// <param name="stream">Takes the bytes; it is neither flushed nor closed.</param>
    /// <param name="tensors">What to write; names differ.</param>
    /// <param name="metadata">Free texts for the header, or null.</param>
    /// <exception cref="IOException">The stream takes no more.</exception>
    /// <exception cref="ArgumentException">Two tensors have one name, one has the name that is kept for the free texts, or a text cannot be written as UTF-8.</exception>
    public static void Write(Stream stream, IReadOnlyCollection<WeightTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Write(stream, [.. tensors.Select(SafetensorsItem.Of)], metadata);
    }

    /// <summary>Writes tensors whose values are made one after the other, to a stream from its position on.</summary>
    /// <inheritdoc cref="Write(Stream, IReadOnlyCollection{WeightTensor}, IReadOnlyDictionary{string, string}?)"/>
    public static void Write(Stream stream, IReadOnlyCollection<SafetensorsItem> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        List<SafetensorsItem> ordered = Order(tensors);
        stream.Write(Header(ordered, metadata));
        foreach (SafetensorsItem tensor in ordered) tensor.Write(stream);
    }

    /// <summary>The same with the opening of the temporary file given, so that tests can have a full disk.</summary>
    internal static void Write(string path, IReadOnlyCollection<WeightTensor> tensors, IReadOnlyDictionary<string, string>? metadata, Func<string, Stream> create) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata), overwrite: true, create);

    private static List<SafetensorsItem> Order(IReadOnlyCollection<SafetensorsItem> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        HashSet<string> names = [SafetensorsHeader.MetadataKey];
        foreach (SafetensorsItem tensor in tensors)
        {
            RequireText(tensor.Name);
            if (!names.Add(tensor.Name)) throw new ArgumentException($"The name '{tensor.Name}' is taken.", nameof(tensors));
        }
        return [.. tensors.OrderByDescending(t => t.Type.SizeInBytes()).ThenBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>The eight bytes of the header's length, and the header, filled up with blanks.</summary>
    private static byte[] Header(List<SafetensorsItem> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream buffer = new();
        buffer.Write(stackalloc byte[sizeof(ulong)]);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata)
                {
                    RequireText(key);
                    RequireText(value);
                    json.WriteString(key, value);
                }
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (SafetensorsItem tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", SafetensorsHeader.NameOf(tensor.Type));
                WriteNumbers(json, "shape", tensor.Dimensions.Select(d => (long)d));
                WriteNumbers(json, "data_offsets", [offset, offset + tensor.Bytes]);
                json.WriteEndObject();
                offset += tensor.Bytes;
            }
            json.WriteEndObject();
        }
        while (buffer.Length % Alignment != 0) buffer.WriteByte((byte)' ');
        byte[] header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - sizeof(ulong));
        return header;
    }

    /// <summary>Half a surrogate pair would be written as another character, and two names might become one.</summary>
    private static void RequireText(string text)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"'{SafetensorsHeader.Short(text)}' holds half a surrogate pair, which UTF-8 cannot write.", e);
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, IEnumerable<long> numbers)
    {
        json.WriteStartArray(key);
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
