using System.Text;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Compute.Tests.Checkpoints;

public sealed class SafetensorsPropertyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 200, Arbitrary = [typeof(Generators)])]
    public void What_was_written_is_read_again(Content content)
    {
        string path = _folder.File("x.safetensors");
        SafetensorsWriter.Write(path, content.Tensors, content.Metadata);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(content.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal), file.Names.Order(StringComparer.Ordinal));
        Assert.Equal(content.Metadata.OrderBy(p => p.Key), file.Metadata.OrderBy(p => p.Key));
        foreach (WeightTensor expected in content.Tensors)
        {
            WeightTensor found = file[expected.Name];
            Assert.Equal(expected.Type, found.Type);
            Assert.Equal(expected.Dimensions, found.Dimensions);
            Assert.Equal(expected.Data.Span, found.Data.Span);
        }
    }

    [Property(MaxTest = 300)]
    public void Random_bytes_are_refused_or_read_and_nothing_else(byte[] bytes) => OpenAndTouch(bytes);

    [Property(MaxTest = 300)]
    public void Random_headers_are_refused_or_read_and_nothing_else(byte[] header, byte dataLength) =>
        OpenAndTouch(SafetensorsBytes.Of([(byte)'{', .. header], dataLength));

    [Property(MaxTest = 1500)]
    public void Mutated_files_are_refused_or_read_and_nothing_else((ushort Place, byte Value)[] changes, bool inHeader)
    {
        byte[] bytes = SafetensorsBytes.Valid();
        int first = inHeader ? 8 : 0;
        foreach ((ushort place, byte value) in changes) bytes[first + place % (bytes.Length - first)] = value;
        OpenAndTouch(bytes);
    }

    /// <summary>Opens bytes as a file and reads every tensor: either succeeds, or the one exception for bad input says why.</summary>
    private void OpenAndTouch(byte[] bytes)
    {
        string path = _folder.Write("x.safetensors", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (string name in file.Names) Assert.Equal(file[name].Count * file[name].Type.SizeInBytes(), file[name].Data.Span.Length);
        }
        catch (Depth2ImgException error)
        {
            Assert.NotEmpty(error.Message);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    public sealed record Content(IReadOnlyList<WeightTensor> Tensors, IReadOnlyDictionary<string, string> Metadata);

    public static class Generators
    {
        public static Arbitrary<Content> Contents()
        {
            Gen<string> text = ArbMap.Default.GeneratorFor<UnicodeString>().Select(s => s.Get).Where(IsText);
            Gen<WeightTensor> tensor =
                from name in text
                from type in Gen.Elements(Enum.GetValues<ElementType>())
                from dimensions in Gen.Choose(0, 4).ListOf()
                from seed in Gen.Choose(0, int.MaxValue)
                select Make(name, type, [.. dimensions.Take(5)], seed);
            Gen<Content> content =
                from tensors in tensor.ListOf()
                from metadata in Gen.Zip(text, text).ListOf()
                select new Content(
                    [.. tensors.Where(t => t.Name != "__metadata__").DistinctBy(t => t.Name)],
                    metadata.DistinctBy(p => p.Item1).ToDictionary(p => p.Item1, p => p.Item2));
            return content.ToArbitrary();
        }

        /// <summary>Whether the text has no half of a surrogate pair alone, which UTF-8 cannot hold.</summary>
        private static bool IsText(string s) => !s.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar);

        private static WeightTensor Make(string name, ElementType type, int[] dimensions, int seed)
        {
            byte[] data = new byte[dimensions.Aggregate(1, (product, d) => product * d) * type.SizeInBytes()];
            new System.Random(seed).NextBytes(data);
            return new WeightTensor(name, type, dimensions, data);
        }
    }
}
