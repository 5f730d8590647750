using Depth2Img.Imaging.Jpeg;

namespace Depth2Img.Tests.Imaging.Jpeg;

public class JpegHuffmanTests
{
    [Fact]
    public void Bits_written_are_the_bits_read_through_every_code_length()
    {
        // Frequencies like Fibonacci's make codes as long as they may be, with short ones beside them.
        int[] frequencies = new int[256];
        for (int i = 0, a = 1, b = 1; i < 40; i++, (a, b) = (b, a + b)) frequencies[i] = a;
        HuffmanCode code = new(frequencies);
        byte[] table = code.ToTable();
        Assert.True(table[8..16].Sum(count => count) > 0);

        System.Random random = new(5);
        int[] symbols = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(40))];
        using MemoryStream stream = new();
        BitWriter writer = new(stream);
        foreach (int symbol in symbols) code.Write(writer, symbol, (uint)symbol & 7, 3);
        writer.Finish();

        HuffmanTable decoding = new(table.AsSpan(0, 16), table.AsSpan(16), "table", "test");
        BitReader reader = new(stream.ToArray(), 0);
        foreach (int symbol in symbols)
        {
            reader.Ready();
            Assert.Equal(symbol, reader.Symbol(decoding));
            Assert.Equal(symbol & 7, reader.Bits(3));
        }
        Assert.False(reader.Overran);
    }

    [Fact]
    public void Code_lengths_are_as_short_as_Huffmans_where_16_bits_suffice()
    {
        System.Random random = new(11);
        for (int trial = 0; trial < 50; trial++)
        {
            int[] frequencies = [.. Enumerable.Range(0, 256).Select(_ => random.Next(4) == 0 ? random.Next(1, 1000) : 0)];
            frequencies[trial] = 500;
            byte[] lengths = HuffmanCodeLengths.Find(frequencies);
            long cost = frequencies.Select((f, i) => (long)f * lengths[i]).Sum();
            Assert.All(Enumerable.Range(0, 256), i => Assert.Equal(frequencies[i] > 0, lengths[i] > 0));
            Assert.Equal(CostByHuffman(frequencies), cost);
            // Room is left for the code of all ones.
            Assert.True(lengths.Where(length => length > 0).Sum(length => Math.Pow(2, -length)) < 1);
        }
    }

    [Fact]
    public void Code_lengths_never_exceed_16_bits()
    {
        int[] frequencies = new int[256];
        for (int i = 0, a = 1, b = 1; i < 42; i++, (a, b) = (b, a + b)) frequencies[i] = a;
        Assert.Equal(16, HuffmanCodeLengths.Find(frequencies).Max());
    }

    [Fact]
    public void Single_symbol_has_one_bit()
    {
        int[] frequencies = new int[256];
        frequencies[7] = 3;
        Assert.Equal(1, HuffmanCodeLengths.Find(frequencies)[7]);
    }

    [Fact]
    public void Reading_past_the_end_or_a_marker_is_noticed_only_when_bits_were_used()
    {
        foreach (byte[] data in new byte[][] { [0xAB], [0xAB, 0xFF, 0xD9], [0xAB, 0xFF], [0xAB, 0xFF, 0xFF, 0xD9] })
        {
            BitReader reader = new(data, 0);
            reader.Ready();
            Assert.Equal(0xAB, reader.Bits(8));
            Assert.False(reader.Overran);
            Assert.Equal(0, reader.Bits(1));
            Assert.True(reader.Overran);
            Assert.Equal(1, reader.Position);
        }
    }

    [Fact]
    public void Stuffed_bytes_are_one()
    {
        BitReader reader = new([0xFF, 0x00, 0x12, 0xFF, 0x00, 0xFF, 0x00, 0x34, 0x56, 0x78], 0);
        reader.Ready();
        Assert.Equal(0xFF12, reader.Bits(16));
        reader.Ready();
        Assert.Equal(0xFFFF, reader.Bits(16));
        reader.Ready();
        Assert.Equal(0x3456, reader.Bits(16));
    }

    [Fact]
    public void Table_with_more_codes_than_there_can_be_is_refused()
    {
        byte[] counts = new byte[16];
        counts[0] = 3;
        Depth2ImgException refusal = Assert.Throws<Depth2ImgException>(() => new HuffmanTable(counts, [1, 2, 3], "Huffman table DC 0", "x.jpg"));
        Assert.Contains("more codes of 1 bits", refusal.Message, StringComparison.Ordinal);
    }

    // The total of the inner nodes' weights is the cost; the forbidden code takes part with weight 0.
    private static long CostByHuffman(int[] frequencies)
    {
        PriorityQueue<long, long> queue = new();
        queue.Enqueue(0, 0);
        foreach (int frequency in frequencies.Where(f => f > 0)) queue.Enqueue(frequency, frequency);
        long cost = 0;
        while (queue.Count > 1)
        {
            long sum = queue.Dequeue() + queue.Dequeue();
            cost += sum;
            queue.Enqueue(sum, sum);
        }
        return cost;
    }
}
