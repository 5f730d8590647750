using System.Diagnostics;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Pipelines;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Engine;

/// <summary>Does jobs in this process.</summary>
internal sealed class LocalExecutor(ModelPool models, JobFiles files, DepthLane lane, ServerOptions options) : IJobExecutor
{
    /// <inheritdoc/>
    public async Task<JobOutput> RunAsync(JobRecord job, IJobObserver progress, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        GenerationParameters parameters = ServerJson.Read<GenerationParameters>(job.Parameters);
        GenerationInputs inputs = GenerationInputs.Decode(name => files.Read(job.Id, name), options.Limits);
        progress.Report(new JobProgress("loading", 0, 0, null));
        DepthToImagePipeline pipeline = await models.LoadAsync(parameters.Model, cancellationToken).ConfigureAwait(false);
        StepReporter reporter = new(progress, lane, cancellationToken);
        DepthToImageResult result = await pipeline.GenerateAsync(parameters.ToRequest(inputs), reporter, cancellationToken).ConfigureAwait(false);
        DepthMap depth = pipeline.ResizeDepth(result.Depth, result.Settings.DepthModel, inputs.Image.Width, inputs.Image.Height);
        return Encode(parameters, result, depth, watch.Elapsed);
    }

    private static JobOutput Encode(GenerationParameters parameters, DepthToImageResult result, DepthMap depth, TimeSpan elapsed)
    {
        (ImageFormat format, string extension, string type) = parameters.Format == "jpeg" ? (ImageFormat.Jpeg, "jpg", "image/jpeg") : (ImageFormat.Png, "png", "image/png");
        Dictionary<string, byte[]> contents = [];
        List<ResultFile> images = [];
        for (int n = 0; n < result.Images.Count; n++)
        {
            Image image = result.Images[n];
            ImageSaveOptions save = new() { Text = parameters.Metadata ? (result.Settings with { Index = n }).ToPngText() : null };
            ResultFile file = new(FormattableString.Invariant($"result-{n}.{extension}"), type, image.Width, image.Height);
            contents[file.Name] = Bytes(stream => ImageFile.Encode(stream, image, format, save));
            images.Add(file);
        }
        ResultFile depthFile = new("result-depth.png", "image/png", depth.Width, depth.Height);
        contents[depthFile.Name] = Bytes(stream => DepthMapFile.EncodePng(stream, depth));
        JobResult told = new() { Images = images, Depth = depthFile, Settings = result.Settings, Warnings = result.Warnings, Seconds = Math.Round(elapsed.TotalSeconds, 3) };
        return new JobOutput(told, contents);
    }

    private static byte[] Bytes(Action<Stream> write)
    {
        using MemoryStream stream = new();
        write(stream);
        return stream.ToArray();
    }

    /// <summary>Hears of every step on the thread that denoises: reports it, shows previews, and lets depth estimates in between.</summary>
    private sealed class StepReporter(IJobObserver observer, DepthLane lane, CancellationToken cancellationToken) : IProgress<GenerationProgress>
    {
        private const int PreviewSide = 512;
        private static readonly TimeSpan PreviewEvery = TimeSpan.FromMilliseconds(700);

        private readonly Stopwatch _sinceFirst = new();
        private readonly Stopwatch _sincePreview = Stopwatch.StartNew();
        private int _first;

        public void Report(GenerationProgress value)
        {
            if (value.Stage == GenerationStage.Denoising && !_sinceFirst.IsRunning && value.Step > 0)
            {
                _sinceFirst.Start();
                _first = value.Step;
            }
            double? left = value.Step > _first && _sinceFirst.IsRunning ? Math.Round(_sinceFirst.Elapsed.TotalSeconds / (value.Step - _first) * (value.Steps - value.Step), 1) : null;
            observer.Report(new JobProgress(NameOf(value.Stage), value.Step, value.Steps, left));
            if (value.Preview is { } preview && _sincePreview.Elapsed >= PreviewEvery && value.Step < value.Steps)
            {
                observer.Preview(preview.Picture, Jpeg(preview.Decode(cancellationToken)));
                _sincePreview.Restart();
            }
            lane.Drain();
        }

        private static byte[] Jpeg(Image image)
        {
            WorkingSize size = WorkingSize.AtMost(image.Width, image.Height, PreviewSide);
            Image small = size.Width == image.Width ? image : ImageResizer.Resize(image, size.Width, size.Height, ResizeFilter.Lanczos);
            return Bytes(stream => ImageFile.Encode(stream, small, ImageFormat.Jpeg, new ImageSaveOptions { JpegQuality = 75 }));
        }

        private static string NameOf(GenerationStage stage) => stage switch
        {
            GenerationStage.Encoding => "encoding",
            GenerationStage.Depth => "depth",
            GenerationStage.Denoising => "denoising",
            _ => "decoding",
        };
    }
}
