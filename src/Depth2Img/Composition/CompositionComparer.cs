using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Schedulers;

namespace Depth2Img.Composition;

/// <summary>
/// Shows what depth is for: makes the same picture at several strengths without depth and with it, from the same seed, and
/// measures how much of the input's composition each has.
/// </summary>
public sealed class CompositionComparer
{
    private readonly DepthToImagePipeline _depthToImage;
    private readonly DepthToImagePipeline? _imageToImage;

    /// <summary>Takes the pipelines; they are not disposed here.</summary>
    /// <param name="depthToImage">Makes the pictures with depth.</param>
    /// <param name="imageToImage">
    /// Makes those without: a checkpoint of the same family, loaded with <see cref="PipelineOptions.ImageToImage"/>. Null takes the
    /// first: with its ControlNet switched off if it has one, else given a flat map.
    /// </param>
    /// <exception cref="ArgumentException">The first follows no depth, or the second does.</exception>
    public CompositionComparer(DepthToImagePipeline depthToImage, DepthToImagePipeline? imageToImage = null)
    {
        ArgumentNullException.ThrowIfNull(depthToImage);
        if (!depthToImage.Networks.FollowsDepth) throw new ArgumentException("Plain image-to-image follows no depth.", nameof(depthToImage));
        if (imageToImage is { Networks.FollowsDepth: true }) throw new ArgumentException("This pipeline follows depth; load it as plain image-to-image.", nameof(imageToImage));
        _depthToImage = depthToImage;
        _imageToImage = imageToImage;
    }

    /// <summary>Makes and measures the pictures.</summary>
    /// <param name="request">What to compare.</param>
    /// <param name="progress">Told of every stage and UNet evaluation; null for no reports.</param>
    /// <param name="cancellationToken">Ends the work within one op.</param>
    /// <exception cref="InvalidRequestException">Something of the request is out of its range, or the score's estimator is the one that conditions the pictures.</exception>
    /// <exception cref="Depth2ImgException">There is no such estimator, or a model's output is not finite.</exception>
    public Task<CompositionComparison> CompareAsync(
        CompositionComparisonRequest request, IProgress<ComparisonProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CompareAsync(request, progress, () => false, cancellationToken);

    /// <summary>Makes and measures the pictures strength by strength, for as long as they are wanted: the result has the strengths that were done.</summary>
    /// <param name="request">What to compare.</param>
    /// <param name="progress">Told of every stage and UNet evaluation; null for no reports.</param>
    /// <param name="isEnough">Asked after each strength whether there is to be no further one.</param>
    /// <param name="cancellationToken">Ends the work within one op.</param>
    internal async Task<CompositionComparison> CompareAsync(
        CompositionComparisonRequest request, IProgress<ComparisonProgress>? progress, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        DepthToImageRequest plain = Settle(request.Generation);
        Image input = plain.Image.CompositeOn(255, 255, 255);
        IDepthEstimator estimator = ScoringEstimator.Choose(_depthToImage.Estimators, request.ScoreDepthModel, _depthToImage.DepthModelOf(plain));
        CompositionScorer scorer = await Task.Run(() => new CompositionScorer(input, estimator, cancellationToken), cancellationToken).ConfigureAwait(false);
        double[] strengths = [.. request.Strengths.Distinct().Order()];

        (DepthToImagePipeline Pipeline, ComparisonMethod Method, DepthToImageRequest Request)[] rows =
        [
            WithoutDepth(plain),
            (_depthToImage, ComparisonMethod.DepthToImage, plain),
        ];
        List<ComparisonPicture>[] pictures = [[], []];
        List<string> warnings = [.. _depthToImage.Notes, .. _imageToImage?.Notes ?? []];
        DepthMap? depth = null;
        int count = 0;
        foreach (double strength in strengths)
        {
            for (int r = 0; r < rows.Length; r++)
            {
                (DepthToImagePipeline pipeline, ComparisonMethod method, DepthToImageRequest row) = rows[r];
                Relay? relay = progress is null ? null : new Relay(progress, count++, rows.Length * strengths.Length, method, strength);
                row = row with { Strength = strength, Init = strength == 1 ? InitialLatents.Noise : InitialLatents.Image };
                DepthToImageResult result = await pipeline.GenerateAsync(row, relay, cancellationToken).ConfigureAwait(false);
                CompositionScore score = await Task.Run(() => scorer.Score(result.Images[0], cancellationToken), cancellationToken).ConfigureAwait(false);
                pictures[r].Add(new ComparisonPicture(strength, result.Images[0], score, result.Settings));
                // That depth has no effect on the row without it is no news.
                if (method == ComparisonMethod.DepthToImage)
                {
                    depth ??= pipeline.ResizeDepth(result.Depth, result.Settings.DepthModel, input.Width, input.Height);
                    warnings.AddRange(result.Warnings);
                }
            }
            if (isEnough()) break;
        }
        return new CompositionComparison
        {
            Input = input,
            Depth = depth!,
            Strengths = strengths[..pictures[0].Count],
            Rows = [.. rows.Select((row, r) => new ComparisonRow(row.Method, pictures[r]))],
            ScoreDepthModel = scorer.DepthModel,
            Warnings = [.. warnings.Distinct()],
        };
    }

    /// <summary>What both rows must share: seed, steps, guidance and size are decided once, by the depth checkpoint.</summary>
    private DepthToImageRequest Settle(DepthToImageRequest request)
    {
        // A style's own settings count before the model's; its strength does not, for there are several.
        request = StyledRequest.FillIn(request) with { Strength = null };
        GenerationPlan plan = _depthToImage.Plan(request);
        return request with
        {
            Seed = plan.Seed,
            Steps = plan.Steps,
            Guidance = plan.Guidance,
            Size = plan.WorkingSize,
            MaxSize = null,
            // By name, so that the other row's checkpoint does not take its own.
            Scheduler = request.Scheduler ?? _depthToImage.Defaults.Scheduler ?? NameOf(_depthToImage.Networks.Scheduler),
        };
    }

    /// <summary>A scheduler's name; null for one that has none of ours, which only its own checkpoint can make.</summary>
    private static string? NameOf(SchedulerConfig config) => SchedulerNames.NameOf(config) is { } name && SchedulerNames.All.Contains(name) ? name : null;

    private (DepthToImagePipeline Pipeline, ComparisonMethod Method, DepthToImageRequest Request) WithoutDepth(DepthToImageRequest request)
    {
        DepthToImageRequest without = request with { Depth = null, DepthModel = null, DepthAdjustment = DepthAdjustment.None, ControlNet = null };
        if (_imageToImage is not null) return (_imageToImage, ComparisonMethod.ImageToImage, without);
        if (_depthToImage.Networks.ControlNet is not null)
            return (_depthToImage, ComparisonMethod.ImageToImage, request with { ControlNet = new ControlNetSettings { Weight = 0 } });
        return (_depthToImage, ComparisonMethod.DepthWithheld, without with { Depth = new DepthMap(request.Image.Width, request.Image.Height, new float[request.Image.Width * request.Image.Height]) });
    }

    /// <summary>Tells one picture's progress as the comparison's.</summary>
    private sealed class Relay(IProgress<ComparisonProgress> progress, int picture, int pictures, ComparisonMethod method, double strength) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => progress.Report(new ComparisonProgress(picture, pictures, method, strength, value));
    }
}
