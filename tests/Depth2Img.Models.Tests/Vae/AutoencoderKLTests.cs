using System.Text.Json;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Vae;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Vae;

public class AutoencoderKLTests
{
    private const string File = "vae.safetensors";
    private const double Tolerance = 1e-4;

    public static TheoryData<string, string> BackendsAndSizes => TestBackends.With("square", "wide");

    public static TheoryData<string> Backends => TestBackends.All;

    [Theory]
    [MemberData(nameof(BackendsAndSizes))]
    public void Encode_agrees_with_diffusers(string backendName, string size)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using IBackend backend = TestBackends.Open(backendName);
        using AutoencoderKL vae = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();

        LatentPosterior posterior = Encode(golden, vae, ops, size);

        Assert.Equal(new Shape(golden.Sizes($"{size}.out.mean")), posterior.Shape);
        NumericAssert.Close(golden.Values($"{size}.out.mean"), posterior.Mean, Tolerance, "mean");
        NumericAssert.Close(golden.Values($"{size}.out.logvar"), posterior.LogVariance, Tolerance, "logvar");
    }

    [Theory]
    [MemberData(nameof(BackendsAndSizes))]
    public void Decode_agrees_with_diffusers(string backendName, string size)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using IBackend backend = TestBackends.Open(backendName);
        using AutoencoderKL vae = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor latents = Upload(golden, ops, $"{size}.in.latent");

        using Tensor image = vae.Decode(ops, latents);

        NumericAssert.Close(golden.Values($"{size}.out.image"), ops.DownloadChannelsFirst(image), Tolerance, "image");
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_decoder_s_blocks_agree_with_diffusers(string backendName)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using IBackend backend = TestBackends.Open(backendName);
        using AutoencoderKL vae = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();

        Check("conv_in", "mid_block", vae.Decoder.MidBlock.Forward);
        Check("mid_block", "up_blocks.0", vae.Decoder.UpBlocks[0].Forward);

        void Check(string input, string output, Func<IOps, Tensor, Tensor> block)
        {
            using Tensor x = Upload(golden, ops, $"square.mid.decoder.{input}");
            using Tensor y = block(ops, x);
            NumericAssert.Close(golden.Values($"square.mid.decoder.{output}"), ops.DownloadChannelsFirst(y), Tolerance, output);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_older_attention_keys_are_read_alike(bool asConvolutions)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        Dictionary<string, string> names = JsonSerializer.Deserialize<Dictionary<string, string>>(System.IO.File.ReadAllText(Repository.Golden("vae-old-keys.json")))!;
        IWeightSource old = new RenamedWeights(golden.Weights, name => names.TryGetValue("w." + name, out string? other) ? other["w.".Length..] : name);
        if (asConvolutions) old = new PointwiseAttention(old);
        Assert.Contains("decoder.mid_block.attentions.0.proj_attn.weight", old.Names);

        using AutoencoderKL vae = Load(golden, old, backend);
        using IOps ops = backend.OpenSession();

        NumericAssert.Close(golden.Values("wide.out.mean"), Encode(golden, vae, ops, "wide").Mean, Tolerance, "mean");
    }

    [Fact]
    public void Every_tensor_of_a_checkpoint_is_used()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();

        using AutoencoderKL vae = CheckpointScope.Load(golden.Weights, backend, scope => new AutoencoderKL(scope, Config(golden)), out IReadOnlyList<string> unused);

        Assert.Empty(unused);
    }

    [Fact]
    public void Without_quant_convolutions_the_result_is_that_of_identities()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using IBackend backend = TestBackends.OpenFastest();
        IWeightSource identities = new AlteredWeights(golden.Weights)
            .With(Identity("quant_conv.weight", 8)).WithZeros("quant_conv.bias", 8)
            .With(Identity("post_quant_conv.weight", 4)).WithZeros("post_quant_conv.bias", 4);
        using AutoencoderKL expected = Load(golden, identities, backend);
        IWeightSource bare = new AlteredWeights(golden.Weights)
            .Without("quant_conv.weight").Without("quant_conv.bias").Without("post_quant_conv.weight").Without("post_quant_conv.bias");
        using AutoencoderKL vae = new(new CheckpointScope(bare, backend), Config(golden) with { UseQuantConv = false, UsePostQuantConv = false });
        using IOps ops = backend.OpenSession();

        Assert.Equal(Encode(golden, expected, ops, "wide").Mean, Encode(golden, vae, ops, "wide").Mean);
        using Tensor latents = Upload(golden, ops, "wide.in.latent");
        using Tensor expectedImage = expected.Decode(ops, latents);
        using Tensor image = vae.Decode(ops, latents);
        Assert.Equal(ops.DownloadAll(expectedImage), ops.DownloadAll(image));
    }

    [Fact]
    public void Without_attention_the_middle_is_its_two_residual_blocks()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        AutoencoderKLConfig config = Config(golden) with { MidBlockAddAttention = false };
        using AutoencoderKL vae = CheckpointScope.Load(golden.Weights, backend, scope => new AutoencoderKL(scope, config), out IReadOnlyList<string> unused);
        using IOps ops = backend.OpenSession();
        using Tensor x = Upload(golden, ops, "square.mid.decoder.conv_in");

        using Tensor middle = vae.Decoder.MidBlock.Forward(ops, x);

        using Tensor first = vae.Decoder.MidBlock.Resnets[0].Forward(ops, x);
        using Tensor second = vae.Decoder.MidBlock.Resnets[1].Forward(ops, first);
        Assert.Equal(ops.DownloadAll(second), ops.DownloadAll(middle));
        Assert.Equal(20, unused.Count);
        Assert.All(unused, name => Assert.Contains(".mid_block.attentions.0.", name));
    }

    [Theory]
    [InlineData("decoder.up_blocks.1.resnets.0.conv_shortcut.weight")]
    [InlineData("encoder.mid_block.attentions.0.to_out.0.bias")]
    [InlineData("quant_conv.bias")]
    public void A_missing_tensor_is_named(string key)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);

        Depth2ImgException e = LoadFails(golden, new AlteredWeights(golden.Weights).Without(key));

        Assert.StartsWith($"{key}: missing in", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder.conv_in.weight", "[16,3,3,3]")]
    [InlineData("decoder.mid_block.attentions.0.to_q.weight", "[48,48]")]
    public void A_tensor_of_other_sizes_is_named_with_both_sizes(string key, string expected)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);

        Depth2ImgException e = LoadFails(golden, new AlteredWeights(golden.Weights).WithZeros(key, 7, 5));

        Assert.StartsWith($"{key}: {expected} expected, [7,5] found", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_named(float value)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        const string Key = "encoder.down_blocks.2.resnets.1.conv2.weight";

        Depth2ImgException e = LoadFails(golden, new AlteredWeights(golden.Weights).WithValue(Key, 77, value));

        Assert.StartsWith($"{Key}: holds NaN or infinite values", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 60, 64, 3)]
    [InlineData(1, 64, 60, 3)]
    [InlineData(1, 64, 64, 4)]
    [InlineData(1, 0, 64, 3)]
    public void Encode_takes_pictures_whose_sides_are_multiples_of_eight_only(int n, int height, int width, int channels)
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        using AutoencoderKL vae = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor image = ops.Upload(new float[n * height * width * channels], new Shape(n, height, width, channels));

        Assert.Throws<ArgumentException>(() => vae.Encode(ops, image));
    }

    [Fact]
    public void Decode_takes_latents_of_its_own_channels_only()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        using AutoencoderKL vae = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor latents = ops.Upload(new float[80], new Shape(1, 4, 4, 5));

        Assert.Throws<ArgumentException>(() => vae.Decode(ops, latents));
    }

    [Fact]
    public void A_picture_of_eight_pixels_a_side_is_encoded()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using ReferenceBackend backend = new();
        using AutoencoderKL vae = Load(golden, golden.Weights, backend);
        using IOps ops = backend.OpenSession();
        using Tensor image = ops.Upload(new float[8 * 24 * 3], new Shape(1, 8, 24, 3));

        Assert.Equal(new Shape(1, 4, 1, 3), vae.Encode(ops, image).Shape);
    }

    [Fact]
    public void All_memory_is_given_back()
    {
        using GoldenNetwork golden = GoldenNetwork.Open(File);
        using IBackend backend = TestBackends.OpenFastest();
        using AutoencoderKL vae = Load(golden, golden.Weights, backend);
        using IOps inner = backend.OpenSession();

        LeakTest.Run(inner, ops =>
        {
            Encode(golden, vae, ops, "wide");
            using Tensor latents = Upload(golden, ops, "wide.in.latent");
            vae.Decode(ops, latents).Dispose();
        });
    }

    private static AutoencoderKLConfig Config(GoldenNetwork golden) => AutoencoderKLConfig.Read(JsonConfig.Parse(golden.Config, golden.Description));

    private static AutoencoderKL Load(GoldenNetwork golden, IWeightSource weights, IBackend backend) =>
        new(new CheckpointScope(weights, backend), Config(golden));

    private static Depth2ImgException LoadFails(GoldenNetwork golden, IWeightSource weights)
    {
        using ReferenceBackend backend = new();
        return Assert.Throws<Depth2ImgException>(() => Load(golden, weights, backend));
    }

    private static LatentPosterior Encode(GoldenNetwork golden, AutoencoderKL vae, IOps ops, string size)
    {
        using Tensor image = Upload(golden, ops, $"{size}.in.image");
        return vae.Encode(ops, image);
    }

    private static Tensor Upload(GoldenNetwork golden, IOps ops, string name) =>
        golden.Sizes(name) is [int n, int c, int h, int w] ? ops.UploadChannelsFirst(golden.Values(name), n, c, h, w) : throw new ArgumentException(name);

    private static WeightTensor Identity(string name, int size)
    {
        float[] values = new float[size * size];
        for (int i = 0; i < size; i++) values[i * size + i] = 1;
        return WeightTensor.FromFloats(name, [size, size, 1, 1], values);
    }

    /// <summary>A checkpoint whose attention matrices have two final dimensions of 1.</summary>
    private sealed class PointwiseAttention(IWeightSource source) : IWeightSource
    {
        public string Description => source.Description;

        public IReadOnlyCollection<string> Names => source.Names;

        public bool Contains(string name) => source.Contains(name);

        public WeightTensor this[string name] => source[name] is { Dimensions: [var rows, var columns] } matrix && name.Contains(".attentions.", StringComparison.Ordinal)
            ? matrix.Reshape(rows, columns, 1, 1)
            : source[name];
    }
}
