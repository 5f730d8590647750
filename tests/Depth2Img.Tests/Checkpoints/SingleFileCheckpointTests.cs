using System.Text.Json;
using Depth2Img.Checkpoints;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Imaging;
using Depth2Img.Models.Unet;
using Depth2Img.Pipelines;
using Depth2Img.Schedulers;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Checkpoints;

/// <summary>Checkpoints in one file: every tensor of the published form, at small sizes.</summary>
public sealed class SingleFileCheckpointTests : IDisposable
{
    private static readonly List<WeightTensor> Tensors = SmallLdmCheckpoint.Tensors();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("model.ckpt")]
    [InlineData("safetensors-under-another-name.ckpt")]
    public void Every_network_has_the_tensors_that_were_written(string fileName)
    {
        string path = _folder.File(fileName);
        if (fileName == "model.ckpt") TorchZipWriter.Write(path, [.. Tensors.Select(t => (t.Name, t.Type, t.Dimensions.ToArray()))], key => Tensors.First(t => t.Name == key));
        else SafetensorsWriter.Write(path, Tensors);
        Checkpoint checkpoint = Checkpoint.Open(path);
        Assert.Equal("StableDiffusionDepth2ImgPipeline", checkpoint.PipelineClass);
        Assert.Empty(checkpoint.Notes);
        foreach ((string list, string component) in SmallLdmCheckpoint.Networks)
        {
            FormulaWeights expected = SmallLdmCheckpoint.Diffusers(list);
            IWeightSource found = checkpoint.OpenWeights(component);
            using IDisposable? file = found as IDisposable;
            Assert.Equal(expected.Names.Order(StringComparer.Ordinal), found.Names.Order(StringComparer.Ordinal));
            foreach (string name in expected.Names)
            {
                Assert.Equal(expected[name].Dimensions.ToArray(), found[name].Dimensions.ToArray());
                Assert.True(expected[name].Data.Span.SequenceEqual(found[name].Data.Span), name);
            }
        }
    }

    [Fact]
    public async Task The_picture_is_that_of_the_same_checkpoint_as_a_folder()
    {
        string path = Write(Tensors);
        Checkpoint checkpoint = Checkpoint.Open(path);
        string folder = WriteFolder(checkpoint);
        Image one = await Make(path), other = await Make(folder);
        Assert.Equal(other.Pixels.ToArray(), one.Pixels.ToArray());

        static async Task<Image> Make(string model)
        {
            using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(model);
            Assert.Empty(pipeline.Notes);
            Image input = ImageFile.Load(Repository.Samples("photos/columns.jpg")).ToRgb();
            DepthToImageResult result = await pipeline.GenerateAsync(new DepthToImageRequest { Image = input, Prompt = "two tigers, sunlit", Seed = 3, Steps = 2, Strength = 1, Size = new WorkingSize(64, 64), DepthModel = "checkpoint" });
            return result.Images[0];
        }
    }

    [Fact]
    public void A_yaml_beside_the_file_is_obeyed()
    {
        string path = Write(Tensors);
        _folder.Write("model.yaml", """
            model:
              target: ldm.models.diffusion.ddpm.LatentDepth2ImageDiffusion
              params:
                parameterization: "v"
                linear_start: 0.001
                timesteps: 500
                scale_factor: 0.5
                unet_config: { params: { in_channels: 5, num_head_channels: 32 } }
                cond_stage_config: { params: { layer: penultimate } }
            """);
        Checkpoint checkpoint = Checkpoint.Open(path);
        SchedulerOptions scheduler = SchedulerFactory.CreateOptions(checkpoint.OpenScheduler());
        Assert.Equal(PredictionType.Velocity, scheduler.PredictionType);
        Assert.Equal(500, scheduler.NumTrainTimesteps);
        Assert.Equal(0.001, scheduler.BetaStart);
        Assert.Equal([1, 2, 4, 4], UNet2DConditionConfig.Read(checkpoint.OpenConfig("unet")).AttentionHeads);
        Assert.Equal(0.5, checkpoint.OpenConfig("vae").Number("scaling_factor"));
    }

    [Theory]
    [InlineData("model: { params: { parameterization: x0 } }", "x0")]
    [InlineData("model: { params: { unet_config: { params: { in_channels: 4 } } } }", "4 channels")]
    [InlineData("model: { params: { unet_config: { params: { num_classes: sequential } } } }", "unCLIP")]
    [InlineData("model: { params: { timesteps: many } }", "timesteps")]
    [InlineData("model: { params: { cond_stage_config: { params: { layer: pooled } } } }", "pooled")]
    [InlineData("model: [", "YAML")]
    public void A_yaml_that_does_not_fit_is_refused(string yaml, string named)
    {
        string path = Write(Tensors);
        _folder.Write("model.yaml", yaml);
        Assert.Contains(named, Assert.Throws<Depth2ImgException>(() => Checkpoint.Open(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("- a\n- b")]
    [InlineData("lightning: {}\n")]
    public void A_yaml_that_says_nothing_changes_nothing(string yaml)
    {
        string path = Write(Tensors);
        _folder.Write("model.yaml", yaml);
        Assert.Equal(PredictionType.Epsilon, SchedulerFactory.CreateOptions(Checkpoint.Open(path).OpenScheduler()).PredictionType);
    }

    [Fact]
    public void A_model_of_either_prediction_type_asks_for_it()
    {
        // Stable Diffusion 2 without the depth channel, at its own text width.
        List<WeightTensor> four = Replace(Tensors, "model.diffusion_model.input_blocks.0.0.weight", [32, 4, 3, 3]);
        foreach (string key in Tensors.Where(t => t.Name.Contains(".attn2.to_k.weight", StringComparison.Ordinal)).Select(t => t.Name).ToArray())
            four = Replace(four, key, [four.First(t => t.Name == key).Dimensions[0], 1024]);
        string path = Write(four);
        Checkpoint checkpoint = Checkpoint.Open(path);
        Assert.Equal("StableDiffusionPipeline", checkpoint.PipelineClass);
        string refusal = Assert.Throws<Depth2ImgException>(checkpoint.OpenScheduler).Message;
        Assert.Contains("--prediction-type", refusal, StringComparison.Ordinal);
        Checkpoint told = Checkpoint.Open(path, new CheckpointOptions { PredictionType = PredictionType.Velocity });
        Assert.Equal(PredictionType.Velocity, SchedulerFactory.CreateOptions(told.OpenScheduler()).PredictionType);
        SafetensorsWriter.Write(path, four, new Dictionary<string, string> { ["modelspec.prediction_type"] = "epsilon" });
        Assert.Equal(PredictionType.Epsilon, SchedulerFactory.CreateOptions(Checkpoint.Open(path).OpenScheduler()).PredictionType);
    }

    [Fact]
    public void Averaged_weights_are_taken_when_asked_for()
    {
        List<WeightTensor> both = [.. Tensors];
        foreach (WeightTensor t in Tensors.Where(t => t.Name.StartsWith("model.", StringComparison.Ordinal)))
        {
            float[] values = [.. t.ToFloats().Select(v => v / 2)];
            both.Add(WeightTensor.FromFloats("model_ema." + t.Name["model.".Length..].Replace(".", "", StringComparison.Ordinal), t.Dimensions, values));
        }
        string path = Write(both);
        Assert.Empty(Checkpoint.Open(path).Notes);
        Assert.Equal(Value(new CheckpointOptions()) / 2, Value(new CheckpointOptions { UseEma = true }));
        string without = Write(Tensors);
        Assert.Contains("model_ema", Assert.Throws<Depth2ImgException>(() => Checkpoint.Open(without, new CheckpointOptions { UseEma = true })).Message, StringComparison.Ordinal);

        float Value(CheckpointOptions options)
        {
            IWeightSource source = Checkpoint.Open(path, options).OpenWeights("unet");
            using IDisposable? file = source as IDisposable;
            return source["conv_in.weight"].ToFloats()[7];
        }
    }

    [Fact]
    public async Task A_file_without_a_depth_network_asks_for_another()
    {
        string path = Write([.. Tensors.Where(t => !t.Name.StartsWith("depth_model.", StringComparison.Ordinal))]);
        Checkpoint checkpoint = Checkpoint.Open(path);
        Assert.False(checkpoint.Has("depth_estimator"));
        Assert.False(checkpoint.Has("feature_extractor"));
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(path);
        Image input = ImageFile.Load(Repository.Samples("photos/columns.jpg")).ToRgb();
        Depth2ImgException refusal = await Assert.ThrowsAsync<Depth2ImgException>(() => pipeline.EstimateDepthAsync(input, "checkpoint"));
        Assert.Contains("tiefenrausch", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nothing_uses_is_told_once_and_schedules_are_not()
    {
        string path = Write([.. Tensors, Vector("betas"), Vector("sqrt_alphas_cumprod"), Vector("something.else"), Vector("model.diffusion_model.odd.weight")]);
        string note = Assert.Single(Checkpoint.Open(path).Notes);
        Assert.Contains("2 tensors", note, StringComparison.Ordinal);
        Assert.Contains("model.diffusion_model.odd.weight", note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora_unet_down_blocks_0.lora_down.weight", "--lora")]
    [InlineData("lora_unet_mid.hada_w1_a", "--lora")]
    [InlineData("unet.mid_block.lora_A.weight", "--lora")]
    [InlineData("emb_params", "--embedding")]
    [InlineData("conditioner.embedders.0.weight", "Stable Diffusion XL")]
    [InlineData("double_blocks.0.img_attn.qkv.weight", "Flux")]
    [InlineData("joint_blocks.0.x.weight", "Stable Diffusion 3")]
    [InlineData("control_model.input_blocks.0.0.weight", "--controlnet")]
    [InlineData("controlnet_down_blocks.0.weight", "--controlnet")]
    [InlineData("down_blocks.0.resnets.0.norm1.weight", "model_index.json")]
    [InlineData("text_model.encoder.layers.0.layer_norm1.weight", "model_index.json")]
    [InlineData("scratch.refinenet1.out_conv.weight", "--depth-model")]
    [InlineData("model_ema.diffusion_modelinput_blocks00weight", "model_ema")]
    [InlineData("weight", "no checkpoint")]
    public void Another_kind_of_file_is_named(string key, string named)
    {
        string path = Write([Vector(key)]);
        string refusal = Assert.Throws<Depth2ImgException>(() => Checkpoint.Open(path)).Message;
        Assert.Contains(named, refusal, StringComparison.Ordinal);
        Assert.Contains("model.safetensors", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.diffusion_model.label_emb.0.0.weight", "unCLIP")]
    [InlineData("conditioner.embedders.1.model.ln_final.weight", "Stable Diffusion XL")]
    public void A_checkpoint_of_another_family_is_named(string key, string named)
    {
        string path = Write([.. Tensors, Vector(key)]);
        Assert.Contains(named, Assert.Throws<Depth2ImgException>(() => Checkpoint.Open(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("first_stage_model.", "autoencoder")]
    [InlineData("cond_stage_model.", "text encoder")]
    [InlineData("model.diffusion_model.input_blocks.0.", "input_blocks.0.0.weight")]
    public void A_part_that_is_missing_is_named(string prefix, string named)
    {
        string path = Write([.. Tensors.Where(t => !t.Name.StartsWith(prefix, StringComparison.Ordinal))]);
        Assert.Contains(named, Assert.Throws<Depth2ImgException>(() => Checkpoint.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_lie_beside_the_file_under_its_name()
    {
        string path = Write(Tensors);
        _folder.Write("depth2img.json", """{"steps": 7}""");
        Assert.Equal(7, Checkpoint.Open(path).Defaults.Steps);
        _folder.Write("model.depth2img.json", """{"steps": 9, "name": "Mine"}""");
        Assert.Equal(9, Checkpoint.Open(path).Defaults.Steps);
        Assert.Equal("Mine", Checkpoint.Open(path).Name);
    }

    private string Write(IReadOnlyCollection<WeightTensor> tensors)
    {
        string path = _folder.File("model.safetensors");
        SafetensorsWriter.Write(path, tensors);
        return path;
    }

    private static WeightTensor Vector(string name) => WeightTensor.FromFloats(name, [2], [1, 2]);

    private static List<WeightTensor> Replace(List<WeightTensor> tensors, string name, int[] dimensions) =>
        [.. tensors.Where(t => t.Name != name), WeightTensor.FromFloats(name, dimensions, new float[dimensions.Aggregate(1, (a, b) => a * b)])];

    /// <summary>The same checkpoint in diffusers' layout, written by hand.</summary>
    private string WriteFolder(Checkpoint checkpoint)
    {
        string folder = _folder.File("folder");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "model_index.json"), JsonSerializer.Serialize(
            checkpoint.Components.ToDictionary(c => c.Name, c => (object)new[] { c.Library, c.ClassName }).Append(new("_class_name", checkpoint.PipelineClass)).ToDictionary()));
        foreach ((string list, string component) in SmallLdmCheckpoint.Networks)
        {
            string part = Directory.CreateDirectory(Path.Combine(folder, component)).FullName;
            FormulaWeights weights = SmallLdmCheckpoint.Diffusers(list);
            SafetensorsWriter.Write(Path.Combine(part, component is "unet" or "vae" ? "diffusion_pytorch_model.safetensors" : "model.safetensors"), [.. weights.Names.Select(n => weights[n])]);
            File.WriteAllText(Path.Combine(part, "config.json"), checkpoint.OpenConfig(component).Json);
        }
        using Prompts.ClipVocabulary vocabulary = new();
        Directory.Move(vocabulary.Folder, Path.Combine(folder, "tokenizer"));
        Directory.CreateDirectory(vocabulary.Folder);
        foreach (string part in (string[])["scheduler", "feature_extractor"])
        {
            string target = Directory.CreateDirectory(Path.Combine(folder, part)).FullName;
            foreach (string file in Directory.EnumerateFiles(Repository.Golden($"tiny-depth2img/{part}"))) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
        return folder;
    }
}
