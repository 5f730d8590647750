using Depth2Img.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Models;
using Depth2Img.Models.Clip;
using Depth2Img.Models.Dpt;
using Depth2Img.Models.Unet;
using Depth2Img.Models.Vae;
using Depth2Img.Schedulers;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Tests.Checkpoints;

/// <summary>Damaged configuration files of a checkpoint are read or refused: no crash, no hang, no memory beyond measure.</summary>
[Trait("Category", "Slow")]
public sealed class ConfigFuzzTests(ITestOutputHelper log) : IDisposable
{
    private const int Cases = 20_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Damaged_unet_configurations_are_read_or_refused() =>
        Run(path => UNet2DConditionConfig.Read(JsonConfig.Open(path)), "unet/config.json");

    [Fact]
    public void Damaged_autoencoder_configurations_are_read_or_refused() =>
        Run(path => AutoencoderKLConfig.Read(JsonConfig.Open(path)), "vae/config.json");

    [Fact]
    public void Damaged_text_encoder_configurations_are_read_or_refused() =>
        Run(path => ClipTextConfig.Read(JsonConfig.Open(path)), "text_encoder/config.json");

    [Fact]
    public void Damaged_depth_configurations_are_read_or_refused() =>
        Run(path => DptConfig.Read(JsonConfig.Open(path)), "depth_estimator/config.json");

    [Fact]
    public void Damaged_scheduler_configurations_are_read_or_refused() =>
        Run(path => SchedulerFactory.CreateOptions(SchedulerConfig.FromJson(path)), "scheduler/scheduler_config.json");

    [Fact]
    public void Damaged_preprocessor_configurations_are_read_or_refused() =>
        Run(DptPreprocessorConfig.Load, "feature_extractor/preprocessor_config.json");

    [Fact]
    public void Damaged_indices_of_checkpoints_and_their_defaults_are_read_or_refused()
    {
        byte[] index = File.ReadAllBytes(Repository.Golden("tiny-depth2img/model_index.json")), defaults = File.ReadAllBytes(Repository.Models("demo/depth2img.json"));
        MutationFuzzer.Run(log, Cases, [index], bytes =>
        {
            _folder.Write("model_index.json", bytes);
            _ = CheckpointFolder.Open(_folder.Path).Name;
        });
        _folder.Write("model_index.json", index);
        MutationFuzzer.Run(log, Cases, [defaults], bytes =>
        {
            _folder.Write(ModelDefaults.FileName, bytes);
            _ = CheckpointFolder.Open(_folder.Path).Name;
        });
    }

    private void Run(Func<string, object> read, string file) =>
        MutationFuzzer.Run(log, Cases, [File.ReadAllBytes(Repository.Golden($"tiny-depth2img/{file}")), File.ReadAllBytes(Repository.Models($"demo/{file}"))],
            bytes => Assert.NotNull(read(_folder.Write("config.json", bytes))));
}
