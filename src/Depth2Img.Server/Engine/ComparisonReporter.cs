using Depth2Img.Composition;
using Depth2Img.Pipelines;
using Depth2Img.Schedulers;

namespace Depth2Img.Server.Engine;

/// <summary>Tells a comparison's progress as that of one run: the evaluations of all its pictures are counted through.</summary>
internal sealed class ComparisonReporter : IProgress<ComparisonProgress>
{
    private readonly StepReporter _steps;
    private readonly int[] _before;

    /// <summary>Counts the evaluations of a comparison.</summary>
    /// <param name="steps">Is told.</param>
    /// <param name="pipeline">What makes the pictures.</param>
    /// <param name="request">What is compared; checked.</param>
    public ComparisonReporter(StepReporter steps, DepthToImagePipeline pipeline, CompositionComparisonRequest request)
    {
        _steps = steps;
        // One picture without depth and one with it at each strength, in order.
        int[] each = [.. request.Strengths.Distinct().Order().Select(strength => EvaluationsOf(pipeline, request.Generation with { Strength = strength })).SelectMany(count => (int[])[count, count])];
        _before = new int[each.Length + 1];
        for (int n = 0; n < each.Length; n++) _before[n + 1] = _before[n] + each[n];
    }

    public void Report(ComparisonProgress value) =>
        _steps.Report(value.Generation.Stage, _before[value.Picture] + value.Generation.Step, _before[^1], value.Generation.Preview, value.Picture);

    private static int EvaluationsOf(DepthToImagePipeline pipeline, DepthToImageRequest request)
    {
        request = StyledRequest.FillIn(request);
        GenerationPlan plan = pipeline.Plan(request);
        if (plan.StepsToRun == 0) return 0;
        IScheduler scheduler = SchedulerFactory.Create(pipeline.Networks.Scheduler, request.Scheduler ?? pipeline.Defaults.Scheduler, request.Karras, plan.Steps, request.Count);
        return scheduler.Timesteps.Length - (plan.Steps - plan.StepsToRun) * scheduler.Order;
    }
}
