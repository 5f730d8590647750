using System.Diagnostics;
using Depth2Img.Composition;
using Depth2Img.Depth;
using Depth2Img.Pipelines;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Engine;

/// <summary>Does jobs in this process.</summary>
internal sealed class LocalExecutor(ModelPool models, IJobInputs files, DepthLane lane, StepTimes times, PublicReason reasons, ServerOptions options) : IJobExecutor
{
    /// <inheritdoc/>
    public async Task<JobOutput> RunAsync(JobRecord job, IJobObserver progress, CancellationToken cancellationToken)
    {
        try
        {
            return await DoAsync(job, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Depth2ImgException e)
        {
            // The message is for the job's client.
            throw new Depth2ImgException(reasons.Of(e), e);
        }
    }

    private async Task<JobOutput> DoAsync(JobRecord job, IJobObserver progress, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        GenerationParameters parameters = ServerJson.Read<GenerationParameters>(job.Parameters);
        GenerationInputs inputs = GenerationInputs.Decode(name => files.Read(job.Id, name), options.Limits);
        progress.Report(new JobProgress("loading", 0, 0, null));
        DepthToImagePipeline pipeline = await models.LoadAsync(parameters.Model, cancellationToken).ConfigureAwait(false);
        StepReporter reporter = new(progress, lane, cancellationToken);
        ResultFiles made = new();
        JobResult result = job.Kind == JobKind.Compare
            ? await CompareAsync(pipeline, parameters, inputs, reporter, () => progress.EndsAfterPicture, made, cancellationToken).ConfigureAwait(false)
            : await GenerateAsync(pipeline, parameters, inputs, reporter, () => progress.EndsAfterPicture, made, cancellationToken).ConfigureAwait(false);
        return new JobOutput(result with { Seconds = Math.Round(watch.Elapsed.TotalSeconds, 3) }, made.Contents);
    }

    private async Task<JobResult> GenerateAsync(DepthToImagePipeline pipeline, GenerationParameters parameters, GenerationInputs inputs, StepReporter reporter, Func<bool> isEnough, ResultFiles made, CancellationToken cancellationToken)
    {
        DepthToImageResult result = await pipeline.GenerateAsync(parameters.ToRequest(inputs), reporter, isEnough, cancellationToken).ConfigureAwait(false);
        times.Add(parameters.Model, result.Settings, reporter.SecondsPerStep);
        DepthMap depth = pipeline.ResizeDepth(result.Depth, result.Settings.DepthModel, inputs.Image.Width, inputs.Image.Height);
        return new JobResult
        {
            Images = [.. result.Images.Select((image, n) => made.AddPicture(FormattableString.Invariant($"result-{n}"), image, parameters.Format, parameters.Metadata ? result.Settings with { Index = n } : null))],
            Depth = made.AddDepth(depth),
            Settings = result.Settings,
            Warnings = WithEnd(result.Warnings, result.Images.Count, parameters.Count),
            Seconds = 0,
        };
    }

    private static async Task<JobResult> CompareAsync(DepthToImagePipeline pipeline, GenerationParameters parameters, GenerationInputs inputs, StepReporter reporter, Func<bool> isEnough, ResultFiles made, CancellationToken cancellationToken)
    {
        CompositionComparisonRequest request = parameters.ToComparison(inputs);
        CompositionComparison comparison = await new CompositionComparer(pipeline).CompareAsync(request, new ComparisonReporter(reporter, pipeline, request), isEnough, cancellationToken).ConfigureAwait(false);
        List<ResultFile> images = [made.AddPicture("figure", CompositionFigure.Draw(comparison), parameters.Format, null)];
        List<ComparedPicture> pictures = [];
        foreach ((ComparisonMethod method, ComparisonPicture picture) in comparison.Rows.SelectMany(row => row.Pictures.Select(picture => (row.Method, picture))))
        {
            ResultFile file = made.AddPicture(FormattableString.Invariant($"result-{pictures.Count}"), picture.Image, parameters.Format, parameters.Metadata ? picture.Settings : null);
            images.Add(file);
            pictures.Add(new ComparedPicture(method, picture.Strength, file.Name, picture.Score.Depth, picture.Score.Edges));
        }
        return new JobResult
        {
            Images = images,
            Depth = made.AddDepth(comparison.Depth),
            Settings = comparison.Settings,
            Pictures = pictures,
            ScoreDepthModel = comparison.ScoreDepthModel,
            Page = made.AddPage("comparison.html", ComparisonPage.Render(comparison)),
            Warnings = WithEnd(comparison.Warnings, pictures.Count, 2 * request.Strengths.Distinct().Count()),
            Seconds = 0,
        };
    }

    /// <summary>The warnings, and that the job was ended early if it was.</summary>
    private static IReadOnlyList<string> WithEnd(IReadOnlyList<string> warnings, int made, int wanted) =>
        made == wanted ? warnings : [.. warnings, FormattableString.Invariant($"The job was ended after {made} of {wanted} pictures.")];
}
