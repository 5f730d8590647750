using System.Text.Json.Nodes;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Depth;

/// <summary>Depth networks in folders of their own.</summary>
public sealed class DepthModelFolderTests : IDisposable
{
    private static readonly Image Picture = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb();

    private readonly TemporaryFolder _folder = new();
    private readonly ReferenceBackend _backend = new();

    public void Dispose()
    {
        _backend.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(48, 80, 42, 70)]
    [InlineData(200, 90, 154, 70)]
    [InlineData(70, 70, 70, 70)]
    public void Depth_Anything_keeps_the_aspect_as_its_preprocessor_says(int width, int height, int expectedWidth, int expectedHeight)
    {
        string folder = DepthModels.DepthAnything(_folder.File("Depth-Anything-V2-Tiny-hf"));
        using IDepthEstimator estimator = DepthModelFolder.Open(folder, _backend, lowMemory: true);

        DepthMap depth = estimator.Estimate(new Image(width, height, [.. Picture.Pixels.Take(3 * width * height)]));

        Assert.Equal("Depth-Anything-V2-Tiny-hf", estimator.Name);
        Assert.Equal((expectedWidth, expectedHeight), (depth.Width, depth.Height));
        Assert.Equal((width, height), (estimator.ResizeToPicture(depth, width, height).Width, estimator.ResizeToPicture(depth, width, height).Height));
    }

    [Fact]
    public void A_metric_model_is_turned_round_to_inverse_depth()
    {
        string relative = DepthModels.DepthAnything(_folder.File("relative"));
        string metric = DepthModels.DepthAnything(_folder.File("metric"), config => { config["depth_estimation_type"] = "metric"; config["max_depth"] = 20; });
        using IDepthEstimator a = DepthModelFolder.Open(relative, _backend, lowMemory: false), b = DepthModelFolder.Open(metric, _backend, lowMemory: false);

        DepthMap inverse = b.Estimate(Picture);

        // 1 / (20 sigmoid(x)) is never below 1/20 and falls where the relative model's x rises.
        Assert.True(inverse.Range.Far >= 1 / 20f);
        Assert.True(DepthMap.RankCorrelation(a.Estimate(Picture), inverse) < 0, "the network's own output rises with distance");
    }

    [Theory]
    [InlineData("dpt-plain.safetensors")]
    [InlineData("dpt-hybrid.safetensors")]
    public void A_DPT_in_its_own_folder_is_squashed_as_its_preprocessor_says(string golden)
    {
        string folder = DepthModels.Dpt(_folder.File("dpt"), golden);
        using IDepthEstimator estimator = DepthModelFolder.Open(folder, _backend, lowMemory: true);

        DepthMap depth = estimator.Estimate(new Image(30, 20, [.. Picture.Pixels.Take(3 * 30 * 20)]));

        Assert.Equal((96, 96), (depth.Width, depth.Height));
    }

    [Fact]
    public void A_checkpoint_s_folder_stands_for_its_own_depth_network()
    {
        string checkpoint = Repository.Golden("tiny-depth2img");
        using DepthEstimators estimators = DepthEstimators.Open(checkpoint, _backend);

        DepthMap own = estimators.Get(DepthEstimators.Checkpoint).Estimate(Picture), named = estimators.Get(checkpoint).Estimate(Picture);

        Assert.Equal(own.Values, named.Values);
    }

    [Fact]
    public void An_estimator_is_loaded_once_and_found_by_the_name_that_settings_show()
    {
        string folder = DepthModels.DepthAnything(_folder.File("tiny"));
        using DepthEstimators estimators = DepthEstimators.Open(Repository.Golden("tiny-depth2img"), _backend);
        Assert.Throws<Depth2ImgException>(() => estimators.Get("tiny"));

        IDepthEstimator first = estimators.Get(folder);

        Assert.Same(first, estimators.Get(folder));
        Assert.Same(first, estimators.Get("tiny"));
    }

    [Fact]
    public async Task A_picture_s_settings_name_the_folder_and_no_path()
    {
        string folder = DepthModels.DepthAnything(_folder.File("Depth-Anything-V2-Tiny-hf"));
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"));
        DepthToImageRequest request = new() { Image = Picture, Prompt = "a red ball", Steps = 2, Seed = 1, MaxSize = 64, DepthModel = folder };

        DepthToImageResult result = await pipeline.GenerateAsync(request);

        Assert.Equal("Depth-Anything-V2-Tiny-hf", result.Settings.DepthModel);
        Assert.Equal((Picture.Width, Picture.Height), Size(pipeline.ResizeDepth(result.Depth, result.Settings.DepthModel, Picture.Width, Picture.Height)));
        Assert.NotEqual((await pipeline.GenerateAsync(request with { DepthModel = "checkpoint" })).Images[0].Pixels, result.Images[0].Pixels);
    }

    [Theory]
    [InlineData("""{"model_type":"zoedepth"}""", "ZoeDepth")]
    [InlineData("""{"model_type":"glpn"}""", "GLPN")]
    [InlineData("""{"model_type":"prompt_depth_anything"}""", "Prompt Depth Anything")]
    [InlineData("""{"model_type":"depth_pro"}""", "Depth Pro")]
    [InlineData("""{"model_type":"swin"}""", "\"swin\"")]
    [InlineData("""{"model_type":"dpt","backbone_config":{"model_type":"beit"}}""", "DPT-BEiT")]
    [InlineData("""{"model_type":"dpt","backbone_config":{"model_type":"swinv2"}}""", "DPT-SwinV2")]
    [InlineData("""{"model_type":"dpt","backbone_config":{"model_type":"swin"}}""", "DPT-Swin")]
    [InlineData("""{"model_type":"dpt","backbone_config":{"model_type":"dinov2"}}""", "DPT-DINOv2")]
    [InlineData("""{"model_type":"dpt","architectures":["DPTForSemanticSegmentation"]}""", "semantic segmentation")]
    public void Kinds_that_are_not_read_are_refused_by_their_names(string config, string name)
    {
        string folder = Directory.CreateDirectory(_folder.File("model")).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), config);

        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => DepthModelFolder.Open(folder, _backend, lowMemory: true));

        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.Contains("Depth Anything V1 and V2", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("preprocessor_config.json")]
    [InlineData("model.safetensors")]
    public void A_file_that_is_missing_is_named(string file)
    {
        string folder = DepthModels.DepthAnything(_folder.File("model"));
        File.Delete(Path.Combine(folder, file));

        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => DepthModelFolder.Open(folder, _backend, lowMemory: false));

        Assert.Contains(file, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_no_folder_is_refused_with_the_names_there_are()
    {
        using DepthEstimators estimators = DepthEstimators.Open(Repository.Golden("tiny-depth2img"), _backend);
        string message = Assert.Throws<Depth2ImgException>(() => estimators.Get("dpt-huge")).Message;
        Assert.Contains("dpt-huge", message, StringComparison.Ordinal);
        Assert.Contains("tiefenrausch", message, StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<Depth2ImgException>(() => estimators.Get(_folder.Write("midas.pt", "x"))).Message, StringComparison.Ordinal);
    }

    private static (int Width, int Height) Size(DepthMap map) => (map.Width, map.Height);
}

/// <summary>Writes tiny depth networks as folders in transformers' layout.</summary>
internal static class DepthModels
{
    public static string DepthAnything(string folder, Action<JsonNode>? change = null) => Write(folder, "depth-anything.safetensors", config =>
    {
        config["model_type"] = "depth_anything";
        config["architectures"] = new JsonArray("DepthAnythingForDepthEstimation");
        config["backbone_config"]!["model_type"] = "dinov2";
        change?.Invoke(config);
    }, """
        {"image_processor_type":"DPTImageProcessor","size":{"height":70,"width":70},"keep_aspect_ratio":true,"ensure_multiple_of":14,
         "resample":3,"image_mean":[0.485,0.456,0.406],"image_std":[0.229,0.224,0.225]}
        """);

    public static string Dpt(string folder, string golden) => Write(folder, golden, config =>
    {
        config["model_type"] = "dpt";
        config["architectures"] = new JsonArray("DPTForDepthEstimation");
    }, """{"feature_extractor_type":"DPTFeatureExtractor","size":96}""");

    private static string Write(string folder, string golden, Action<JsonNode> complete, string preprocessor)
    {
        Directory.CreateDirectory(folder);
        using GoldenNetwork network = GoldenNetwork.Open(golden);
        JsonNode config = JsonNode.Parse(network.Config)!;
        complete(config);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), preprocessor);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), [.. network.Weights.Names.Select(name => network.Weights[name])]);
        return folder;
    }
}
