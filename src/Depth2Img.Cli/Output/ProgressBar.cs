using System.Globalization;
using Depth2Img.Composition;
using Depth2Img.Pipelines;
using Spectre.Console;

namespace Depth2Img.Cli.Output;

/// <summary>Shows progress on standard error: a bar where that is a terminal, nothing elsewhere.</summary>
internal static class ProgressBar
{
    /// <summary>Runs work that reports one request's progress.</summary>
    /// <param name="error">Standard error.</param>
    /// <param name="show">False: never shown.</param>
    /// <param name="work">Given the reporter.</param>
    public static Task<T> RunAsync<T>(TextWriter error, bool show, Func<IProgress<GenerationProgress>, Task<T>> work) => RunAsync(error, show, work, Show);

    /// <summary>Runs work that reports a comparison's progress.</summary>
    /// <inheritdoc cref="RunAsync{T}(TextWriter, bool, Func{IProgress{GenerationProgress}, Task{T}})"/>
    public static Task<T> RunComparisonAsync<T>(TextWriter error, bool show, Func<IProgress<ComparisonProgress>, Task<T>> work) => RunAsync(error, show, work, Show);

    private static Task<T> RunAsync<TProgress, T>(TextWriter error, bool show, Func<IProgress<TProgress>, Task<T>> work, Action<ProgressTask, TProgress> report)
    {
        if (!show || Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error)) return work(new Silent<TProgress>());
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context => await work(new Bar<TProgress>(context.AddTask("loading", maxValue: 1), report)).ConfigureAwait(false));
    }

    private static void Show(ProgressTask task, GenerationProgress value)
    {
        task.MaxValue = Math.Max(value.Steps, 1);
        task.Value = value.Step;
        task.Description = value.Stage switch
        {
            GenerationStage.Encoding => "encoding",
            GenerationStage.Depth => "depth",
            GenerationStage.Denoising => $"step {value.Step}/{value.Steps}",
            GenerationStage.Decoding => "decoding",
            _ => "",
        };
    }

    private static void Show(ProgressTask task, ComparisonProgress value)
    {
        task.MaxValue = value.Pictures;
        task.Value = value.Picture + (double)value.Generation.Step / Math.Max(value.Generation.Steps, 1);
        task.Description = string.Create(CultureInfo.InvariantCulture, $"picture {value.Picture + 1}/{value.Pictures}, strength {value.Strength}");
    }

    private sealed class Bar<TProgress>(ProgressTask task, Action<ProgressTask, TProgress> report) : IProgress<TProgress>
    {
        public void Report(TProgress value) => report(task, value);
    }

    private sealed class Silent<TProgress> : IProgress<TProgress>
    {
        public void Report(TProgress value) { }
    }
}
