using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using Depth2Img.Adapters;
using Depth2Img.Cli.Output;
using Depth2Img.Compute;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Schedulers;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img generate</c>: the main job.</summary>
internal sealed class GenerateCommand
{
    private readonly Argument<string> _image = CommonOptions.ImageArgument();
    private readonly Option<string> _prompt = new("--prompt", "-p") { Description = "What to make of the picture.", Required = true, HelpName = "TEXT" };
    private readonly Option<string?> _negative = new("--negative", "-n") { Description = "What to keep away from.", HelpName = "TEXT" };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The new picture, .png or .jpg. Default: IMAGE-SEED.png in this folder.", HelpName = "OUT" };
    private readonly Option<double?> _strength = CommonOptions.Number("--strength", "How much is made anew, 0 to 1.", "S");
    private readonly Option<int?> _steps = CommonOptions.Whole("--steps", "Denoising steps of the full schedule.", "N");
    private readonly Option<double?> _guidance = CommonOptions.Number("--guidance", "How closely to follow the prompt, 0 to 100; 1 turns guidance off.", "G");
    private readonly Option<GuidanceInterval?> _guidanceInterval = SpeedOptions.GuidanceInterval();
    private readonly Option<int?> _reuseFeatures = SpeedOptions.ReuseFeatures();
    private readonly Option<bool> _fast = SpeedOptions.Fast();
    private readonly Option<long?> _seed = new("--seed") { Description = "Makes the same picture again. Default: a random one, which is printed.", HelpName = "N" };
    private readonly Option<string?> _scheduler = new("--scheduler") { Description = $"The sampler: {string.Join(", ", SchedulerNames.All)}. Default: the model's.", HelpName = "NAME" };
    private readonly Option<bool> _karras = new("--karras") { Description = "Space the noise levels as Karras et al. do, where the sampler can." };
    private readonly Option<int?> _count = CommonOptions.Whole("--count", "How many pictures; their names get -1, -2, ...", "N");
    private readonly Option<WorkingSize?> _size = new("--size") { Description = "The size to work at, outright.", HelpName = "WxH", CustomParser = ParseSize };
    private readonly Option<int?> _maxSize = CommonOptions.Whole("--max-size", "The longest side to work at; larger pictures are scaled down for the work.", "N");
    private readonly Option<string?> _depth = new("--depth", "-d") { Description = "A depth map of your own, white is near: PNG (8 or 16 bits), JPEG, .npy or .pfm.", HelpName = "MAP" };
    private readonly Option<bool> _invertDepth = new("--invert-depth") { Description = "White is far in the depth map." };
    private readonly Option<double?> _depthFar = CommonOptions.Number("--depth-far", "Cut the map here: what is farther becomes the farthest, 0 to 1.", "F");
    private readonly Option<double?> _depthNear = CommonOptions.Number("--depth-near", "Cut the map here: what is nearer becomes the nearest, 0 to 1.", "N");
    private readonly Option<double?> _depthGamma = CommonOptions.Number("--depth-gamma", "Bend the map; below 1 brings the middle nearer.", "G");
    private readonly Option<string?> _depthModel = CommonOptions.DepthModel();
    private readonly ControlNetArguments _controlNet = new();
    private readonly Option<string?> _saveDepth = new("--save-depth") { Description = "Write the depth map in use: .png (16 bits), .npy or .pfm.", HelpName = "FILE" };
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly CheckpointForm _form = new();
    private readonly AdapterArguments _adapters = new();
    private readonly Option<string> _init = CommonOptions.Choice("--init", "At strength 1.0: start from the noised image, or from noise alone.", "image", "image", "noise");
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<string?> _cpu = CommonOptions.Cpu();
    private readonly Option<bool> _force = CommonOptions.Force();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly TextWriter _out;
    private readonly TextWriter _error;

    private GenerateCommand(TextWriter output, TextWriter error)
    {
        _out = output;
        _error = error;
        _scheduler.CompletionSources.Add(SchedulerNames.All.ToArray());
    }

    public static Command Create(TextWriter output, TextWriter error)
    {
        GenerateCommand self = new(output, error);
        Command command = new("generate", "Make a new picture from a picture, a prompt and the picture's depth.")
        {
            self._image, self._prompt, self._negative, self._output, self._strength, self._steps, self._guidance, self._guidanceInterval, self._reuseFeatures, self._fast, self._seed,
            self._scheduler, self._karras, self._count, self._size, self._maxSize, self._depth, self._invertDepth, self._depthFar,
            self._depthNear, self._depthGamma, self._depthModel, self._saveDepth, self._model, self._init, self._precision, self._cpu, self._force, self._json,
        };
        self._controlNet.AddTo(command);
        self._form.AddTo(command);
        foreach (Option option in self._adapters.All) command.Add(option);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        bool json = arguments.GetValue(_json), force = arguments.GetValue(_force);
        string imagePath = arguments.GetRequiredValue(_image);
        Stopwatch watch = Stopwatch.StartNew();

        // 1. Everything that can be refused is refused before a network is loaded.
        long seed = arguments.GetValue(_seed) ?? System.Random.Shared.NextInt64(1L << 32);
        int count = arguments.GetValue(_count) ?? 1;
        string output = arguments.GetValue(_output) ?? $"{Path.GetFileNameWithoutExtension(imagePath)}-{seed.ToString(CultureInfo.InvariantCulture)}.png";
        (Image picture, string? pictureWarning) = CommonOptions.LoadPicture(imagePath);
        string? mapPath = arguments.GetValue(_depth);
        string model = CommonOptions.ResolveModel(arguments.GetRequiredValue(_model));
        (IReadOnlyList<AdapterOptions> adapters, string prompt) = _adapters.Adapters(arguments, model, arguments.GetRequiredValue(_prompt));
        DepthToImageRequest request = MakeRequest(arguments, prompt, picture, mapPath is null ? null : DepthMapFile.Load(mapPath), seed, count);
        string[] outputs = [.. Enumerable.Range(0, Math.Clamp(count, 1, 64)).Select(n => OutputFiles.Numbered(output, n, count))];
        foreach (string path in outputs) OutputFiles.Prepare(path, force, ".png", ".jpg", ".jpeg");
        string? depthPath = arguments.GetValue(_saveDepth);
        if (depthPath is not null) OutputFiles.Prepare(depthPath, force, ".png", ".npy", ".pfm");

        using IBackend backend = CommonOptions.OpenBackend(arguments, _cpu, _precision);

        // 2. The work.
        double? firstStep = null;
        (DepthToImageResult result, IReadOnlyList<string> notes, DepthMap? pictureDepth) = await ProgressBar.RunAsync(_error, !json, async progress =>
        {
            PipelineOptions options = new() { Backend = backend, LowMemory = true, Checkpoint = _form.Read(arguments), ControlNet = _controlNet.Options(arguments), Adapters = adapters, Embeddings = _adapters.Embeddings(arguments) };
            using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(model, options, cancellationToken).ConfigureAwait(false);
            FirstStepClock clock = new(watch, progress);
            DepthToImageResult made = await pipeline.GenerateAsync(request, clock, cancellationToken).ConfigureAwait(false);
            firstStep = clock.Seconds;
            return (made, pipeline.Notes, depthPath is null ? null : pipeline.ResizeDepth(made.Depth, made.Settings.DepthModel, request.Image.Width, request.Image.Height));
        }).ConfigureAwait(false);

        // 3. The results, all or none at the moment of Ctrl+C: each file appears whole.
        for (int n = 0; n < result.Images.Count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImageFile.Save(outputs[n], result.Images[n], new ImageSaveOptions { Overwrite = force, Text = (result.Settings with { Index = n }).ToPngText() });
        }
        if (depthPath is not null) DepthMapFile.Save(depthPath, pictureDepth!, new DepthSaveOptions { Overwrite = force });
        if (pictureWarning is not null) notes = [pictureWarning, .. notes];
        Report(result, notes, outputs, depthPath, watch.Elapsed, firstStep, json);
        return ExitCodes.Success;
    }

    private DepthToImageRequest MakeRequest(ParseResult arguments, string prompt, Image image, DepthMap? map, long seed, int count) => new()
    {
        Image = image,
        Prompt = prompt,
        NegativePrompt = arguments.GetValue(_negative),
        Strength = arguments.GetValue(_strength),
        Steps = arguments.GetValue(_steps),
        Guidance = arguments.GetValue(_guidance),
        GuidanceInterval = arguments.GetValue(_guidanceInterval),
        ReuseFeatures = arguments.GetValue(_reuseFeatures),
        Fast = arguments.GetValue(_fast),
        Seed = seed,
        Scheduler = arguments.GetValue(_scheduler),
        Karras = arguments.GetValue(_karras),
        Count = count,
        Size = arguments.GetValue(_size),
        MaxSize = arguments.GetValue(_maxSize),
        Depth = map,
        DepthAdjustment = new DepthAdjustment(arguments.GetValue(_invertDepth), arguments.GetValue(_depthFar) ?? 0, arguments.GetValue(_depthNear) ?? 1, arguments.GetValue(_depthGamma) ?? 1),
        DepthModel = arguments.GetValue(_depthModel),
        ControlNet = _controlNet.Settings(arguments),
        Init = arguments.GetValue(_init) == "noise" ? InitialLatents.Noise : InitialLatents.Image,
    };

    private void Report(DepthToImageResult result, IReadOnlyList<string> notes, string[] outputs, string? depthPath, TimeSpan elapsed, double? firstStep, bool json)
    {
        GenerationSettings settings = result.Settings;
        IReadOnlyList<string> warnings = [.. notes, .. result.Warnings];
        if (json)
        {
            JsonReport.Write(_out, new { outputs, depth = depthPath, settings, warnings, seconds = Math.Round(elapsed.TotalSeconds, 2), secondsToFirstStep = firstStep is { } first ? Math.Round(first, 2) : (double?)null, peakMemoryBytes = PeakMemoryBytes() });
            return;
        }
        foreach (string warning in warnings) Messages.Warn(_error, warning);
        foreach (string path in outputs) _out.WriteLine(path);
        if (depthPath is not null) _out.WriteLine(depthPath);
        _error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {settings.Seed}, {settings.Scheduler}{(settings.Karras ? " karras" : "")}, strength {settings.Strength} of {settings.Steps} steps, guidance {settings.Guidance}"));
        _error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{settings.Model}, depth by {settings.DepthModel}{(settings.ControlNet is { } control ? $", followed by {control.Name}" : "")}, {settings.WorkingSize}{(settings.DecodeTiles is int tiles ? $" (decoded in {tiles} tiles)" : "")}, {settings.Backend}, {elapsed.TotalSeconds:0.0} s"));
    }

    /// <summary>The most memory that the process ever had, mapped files included.</summary>
    private static long PeakMemoryBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static WorkingSize? ParseSize(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] sides = text.Split('x', 'X');
        if (sides.Length == 2
            && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height))
        {
            return new WorkingSize(width, height);
        }
        result.AddError($"--size is '{text}'; WIDTHxHEIGHT is expected, such as 512x384.");
        return null;
    }
}
