using Depth2Img.Benchmarking.Networks;
using Depth2Img.Benchmarking.OnnxRuntime;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;
using FsCheck.Xunit;

namespace Depth2Img.Benchmarking.Tests;

public class OnnxGraphTests
{
    private static readonly byte[] Vae = File.ReadAllBytes(Graph("vae"));

    [Theory]
    [InlineData("unet", "unet", 686)]
    [InlineData("vae", "vae", 140)]
    [InlineData("depth", "depth_estimator", 408)]
    public void Every_initializer_is_a_tensor_of_the_checkpoint_of_the_same_size(string graph, string component, int count)
    {
        IReadOnlyList<OnnxInitializer> initializers = OnnxGraph.Initializers(File.ReadAllBytes(Graph(graph)));
        FormulaWeights weights = Sd2DepthNetworks.Formula(component);
        Assert.Equal(count, initializers.Count);
        Assert.All(initializers, initializer =>
        {
            Assert.StartsWith("m.", initializer.Name, StringComparison.Ordinal);
            Assert.Equal(weights.Dimensions(initializer.Name[2..]).Aggregate(1L, (a, b) => a * b), initializer.Count);
            Assert.Equal(initializer.Count * sizeof(float), initializer.Length);
            Assert.Equal(OnnxGraph.Float32, initializer.Type);
        });
    }

    [Fact]
    public void External_values_do_not_overlap()
    {
        long end = 0;
        foreach (OnnxInitializer initializer in OnnxGraph.Initializers(Vae).Where(i => i.Location is not null).OrderBy(i => i.Offset))
        {
            Assert.True(initializer.Offset >= end, initializer.Name);
            end = initializer.Offset + initializer.Length;
        }
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused_or_holds_no_more_than_the_whole()
    {
        int whole = OnnxGraph.Initializers(Vae).Count;
        for (int length = 0; length < Vae.Length; length += 97)
            Assert.Throws<Depth2ImgException>(() => OnnxGraph.Initializers(Vae.AsSpan(0, length)));
        Assert.Equal(140, whole);
    }

    [Property(MaxTest = 300)]
    public void Damaged_bytes_are_refused_or_read_within_the_file(int position, byte value)
    {
        byte[] damaged = [.. Vae];
        damaged[(int)((uint)position % damaged.Length)] = value;
        try
        {
            foreach (OnnxInitializer initializer in OnnxGraph.Initializers(damaged).Where(i => i.Location is null))
                Assert.InRange(initializer.Offset + initializer.Length, 0, damaged.Length);
        }
        catch (Depth2ImgException)
        {
            // Refused, by the one exception that may be.
        }
    }

    [Property(MaxTest = 500)]
    public void Random_bytes_are_refused(byte[] bytes)
    {
        try
        {
            OnnxGraph.Initializers(bytes);
        }
        catch (Depth2ImgException)
        {
            // Anything but an exception of another kind is well: a few bytes may be an empty graph.
        }
    }

    [Fact]
    public void A_graph_gets_its_weights_beside_it_and_inside()
    {
        string folder;
        using (OnnxModelFiles files = OnnxModelFiles.Write(Graph("vae"), Sd2DepthNetworks.Formula("vae")))
        {
            folder = Path.GetDirectoryName(files.Path)!;
            byte[] graph = File.ReadAllBytes(files.Path);
            IReadOnlyList<OnnxInitializer> initializers = OnnxGraph.Initializers(graph);
            OnnxInitializer inside = initializers.Single(i => i.Name == "m.post_quant_conv.weight");
            Assert.Equal(Sd2DepthNetworks.Formula("vae")["post_quant_conv.weight"].Data.ToArray(), graph[(int)inside.Offset..(int)(inside.Offset + inside.Length)]);
            OnnxInitializer beside = initializers.Single(i => i.Name == "m.decoder.conv_in.weight");
            using FileStream data = File.OpenRead($"{files.Path}.data");
            byte[] values = new byte[beside.Length];
            data.Position = beside.Offset;
            data.ReadExactly(values);
            Assert.Equal(Sd2DepthNetworks.Formula("vae")["decoder.conv_in.weight"].Data.ToArray(), values);
        }
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_graph_of_another_network_is_refused()
    {
        Depth2ImgException refusal = Assert.Throws<Depth2ImgException>(() => OnnxModelFiles.Write(Graph("vae"), Sd2DepthNetworks.Formula("unet")));
        Assert.Contains("does not know", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_the_library_says_how_to_get_it()
    {
        Depth2ImgException refusal = Assert.Throws<Depth2ImgException>(() => OrtLibrary.Load(Repository.Golden("full")));
        Assert.Contains("scripts/get-onnxruntime.sh", refusal.Message, StringComparison.Ordinal);
    }

    private static string Graph(string name) => Path.Combine(OrtPeer.GraphFolder, $"{name}.onnx");
}
