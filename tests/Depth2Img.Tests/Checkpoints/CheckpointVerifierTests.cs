using Depth2Img.Checkpoints;
using Depth2Img.Checkpoints.Verification;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Checkpoints;

public sealed class CheckpointVerifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CheckpointVerifierTests()
    {
        string tiny = Repository.Golden("tiny-depth2img");
        foreach (string file in Directory.EnumerateFiles(tiny, "*", SearchOption.AllDirectories))
        {
            string copy = _folder.File(Path.GetRelativePath(tiny, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => _folder.Dispose();

    private VerificationReport Verify() => CheckpointVerifier.Verify(Checkpoint.Open(_folder.Path));

    private VerifiedComponent Verify(string component) => Verify().Components.Single(c => c.Component == component);

    [Fact]
    public void A_sound_checkpoint_is_read_to_its_last_byte()
    {
        VerificationReport report = Verify();
        Assert.True(report.IsSound);
        Assert.Equal(["depth_estimator", "feature_extractor", "scheduler", "text_encoder", "tokenizer", "unet", "vae"], report.Components.Select(c => c.Component).Order());
        using SafetensorsFile unet = SafetensorsFile.Open(_folder.File("unet/diffusion_pytorch_model.safetensors"));
        VerifiedComponent read = report.Components.Single(c => c.Component == "unet");
        Assert.Equal(unet.Names.Count, read.Tensors);
        Assert.Equal(unet.Names.Sum(name => (long)unet[name].Data.Length), read.Bytes);
    }

    public static TheoryData<ElementType> FloatTypes => [ElementType.Float32, ElementType.Float16, ElementType.BFloat16, ElementType.Float64];

    [Theory]
    [MemberData(nameof(FloatTypes))]
    public void Values_that_are_no_numbers_are_counted_by_tensor(ElementType type)
    {
        double[] values = [1, double.NaN, double.PositiveInfinity, -2, double.NegativeInfinity, -double.NaN, 0];
        SafetensorsWriter.Write(_folder.File("vae/diffusion_pytorch_model.safetensors"),
        [
            new WeightTensor("bad.weight", type, [7], Bytes(values, type)),
            new WeightTensor("good.weight", type, [2], Bytes([1, -1], type)),
            new WeightTensor("ids", ElementType.Int64, [1], BitConverter.GetBytes(-1L)),
        ]);
        VerifiedComponent vae = Verify("vae");
        Assert.False(vae.IsSound);
        Assert.Equal(3, vae.Tensors);
        Assert.Equal(new NonFiniteTensor("bad.weight", 2, 2, 7), Assert.Single(vae.NonFinite));
    }

    [Fact]
    public void A_file_that_is_cut_short_is_named_and_the_others_are_read_all_the_same()
    {
        string path = _folder.File("unet/diffusion_pytorch_model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
        File.Delete(_folder.File("tokenizer/vocab.json"));
        File.Delete(_folder.File("tokenizer/tokenizer.json"));
        VerificationReport report = Verify();
        Assert.False(report.IsSound);
        Assert.Equal(["tokenizer", "unet"], report.Components.Where(c => !c.IsSound).Select(c => c.Component).Order());
        Assert.Contains("cut short", report.Components.Single(c => c.Component == "unet").Error, StringComparison.Ordinal);
        Assert.True(report.Components.Single(c => c.Component == "text_encoder").Tensors > 0);
    }

    [Fact]
    public void A_network_whose_folder_is_missing_is_named()
    {
        Directory.Delete(_folder.File("vae"), recursive: true);
        Assert.Contains("missing", Verify("vae").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_can_be_cancelled() =>
        Assert.Throws<OperationCanceledException>(() => CheckpointVerifier.Verify(Checkpoint.Open(_folder.Path), null, new CancellationToken(canceled: true)));

    private static byte[] Bytes(double[] values, ElementType type) =>
    [
        .. values.SelectMany(v => type switch
        {
            ElementType.Float64 => BitConverter.GetBytes(v),
            ElementType.Float32 => BitConverter.GetBytes((float)v),
            ElementType.Float16 => BitConverter.GetBytes((Half)v),
            _ => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits((float)v) >> 16)),
        }),
    ];
}
