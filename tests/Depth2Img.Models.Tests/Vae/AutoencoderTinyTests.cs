using System.Text.Json;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Vae;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Vae;

/// <summary>The published TAESD, whose files number the layers of encoder and decoder on their own.</summary>
public sealed class AutoencoderTinyTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly SafetensorsFile _golden = SafetensorsFile.Open(Repository.Golden("taesd.safetensors"));
    private readonly SafetensorsFile _encoder = SafetensorsFile.Open(Repository.Golden("taesd/taesd_encoder.safetensors"));
    private readonly SafetensorsFile _decoder = SafetensorsFile.Open(Repository.Golden("taesd/taesd_decoder.safetensors"));

    public static TheoryData<string> Backends => TestBackends.All;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Encode_agrees_with_diffusers(string backendName)
    {
        using IBackend backend = TestBackends.Open(backendName);
        using AutoencoderTiny vae = Load(backend);
        using IOps ops = backend.OpenSession();
        using Tensor image = Upload(ops, "in.image");

        LatentPosterior latents = vae.Encode(ops, image);

        Assert.False(latents.IsStochastic);
        NumericAssert.Close(_golden["out.latent"].ToFloats(), latents.Sample([]), Tolerance, "latent");
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Decode_agrees_with_diffusers(string backendName)
    {
        using IBackend backend = TestBackends.Open(backendName);
        using AutoencoderTiny vae = Load(backend);
        using IOps ops = backend.OpenSession();
        using Tensor latents = Upload(ops, "out.latent");

        using Tensor image = vae.Decode(ops, latents);

        NumericAssert.Close(_golden["out.image"].ToFloats(), ops.DownloadChannelsFirst(image), Tolerance, "image");
    }

    [Fact]
    public void Inputs_are_left_as_they_were()
    {
        using ReferenceBackend backend = new();
        using AutoencoderTiny vae = Load(backend);
        using IOps ops = backend.OpenSession();
        using Tensor image = ops.Upload(FormulaWeights.Uniform("image", 3 * 256, 1), new Shape(1, 16, 16, 3));
        using Tensor latents = ops.Upload(FormulaWeights.Uniform("latents", 16, 4), new Shape(1, 2, 2, 4));
        (float[] imageBefore, float[] latentsBefore) = (ops.DownloadAll(image), ops.DownloadAll(latents));

        vae.Encode(ops, image);
        vae.Decode(ops, latents).Dispose();

        Assert.Equal(imageBefore, ops.DownloadAll(image));
        Assert.Equal(latentsBefore, ops.DownloadAll(latents));
    }

    [Fact]
    public void All_memory_is_given_back()
    {
        using IBackend backend = TestBackends.OpenFastest();
        using AutoencoderTiny vae = Load(backend);
        using IOps inner = backend.OpenSession();

        LeakTest.Run(inner, ops =>
        {
            using Tensor image = ops.Upload(new float[3 * 64], new Shape(1, 8, 8, 3));
            vae.Encode(ops, image);
            using Tensor latents = ops.Upload(new float[4], new Shape(1, 1, 1, 4));
            vae.Decode(ops, latents).Dispose();
        });
    }

    [Fact]
    public void The_demo_s_autoencoder_uses_its_whole_half_precision_file_and_brings_a_picture_back()
    {
        using IBackend backend = TestBackends.OpenFastest();
        using SafetensorsFile file = SafetensorsFile.Open(Repository.Models("demo/vae/diffusion_pytorch_model.safetensors"));
        JsonConfig config = JsonConfig.Open(Repository.Models("demo/vae/config.json"));
        using IAutoencoder vae = CheckpointScope.Load(file, backend, scope => Autoencoder.Create(scope, config), out IReadOnlyList<string> unused);
        using IOps ops = backend.OpenSession();
        float[] colours = [.. Enumerable.Range(0, 32 * 32).SelectMany(i => new[] { (i % 32) / 20f - 0.7f, (i / 32) / 20f - 0.7f, 0.2f })];
        using Tensor image = ops.Upload(colours, new Shape(1, 32, 32, 3));

        LatentPosterior posterior = vae.Encode(ops, image);
        using Tensor latents = ops.UploadChannelsFirst(posterior.Sample([]), 1, 4, 4, 4);
        using Tensor back = vae.Decode(ops, latents);

        Assert.Empty(unused);
        Assert.IsType<AutoencoderTiny>(vae);
        Assert.Equal((4, 1f, 0f, 8), (vae.LatentChannels, vae.ScalingFactor, vae.ShiftFactor, vae.DownscaleFactor));
        NumericAssert.Correlated(colours, ops.DownloadAll(back), 0.9, "picture");
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        using ReferenceBackend backend = new();
        AlteredWeights weights = new AlteredWeights(Weights()).Without("decoder.layers.18.weight");

        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => new AutoencoderTiny(new CheckpointScope(weights, backend), new()));

        Assert.StartsWith("decoder.layers.18.weight: missing in", e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _golden.Dispose();
        _encoder.Dispose();
        _decoder.Dispose();
    }

    private AutoencoderTiny Load(IBackend backend) => new(new CheckpointScope(Weights(), backend), new AutoencoderTinyConfig());

    /// <summary>Both files under diffusers' keys, by the pairs that the golden file's metadata has.</summary>
    private MergedWeights Weights()
    {
        Dictionary<string, string> pairs = JsonSerializer.Deserialize<Dictionary<string, string>>(_golden.Metadata["keys"])!;
        return new MergedWeights(Part(_encoder, "encoder."), Part(_decoder, "decoder."));

        RenamedWeights Part(SafetensorsFile file, string prefix)
        {
            Dictionary<string, string> names = pairs.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Value, pair => pair.Key);
            return new RenamedWeights(file, name => names[name]);
        }
    }

    private Tensor Upload(IOps ops, string name) => _golden[name].Dimensions is [var n, var c, var h, var w]
        ? ops.UploadChannelsFirst(_golden[name].ToFloats(), n, c, h, w)
        : throw new ArgumentException(name);
}
