using Depth2Img.Pipelines;
using Spectre.Console;

namespace Depth2Img.Cli.Output;

/// <summary>Shows a request's progress on standard error: a bar where that is a terminal, nothing elsewhere.</summary>
internal static class ProgressBar
{
    /// <summary>Runs work that reports progress.</summary>
    /// <param name="error">Standard error.</param>
    /// <param name="show">False: never shown.</param>
    /// <param name="work">Given the reporter.</param>
    public static Task<T> RunAsync<T>(TextWriter error, bool show, Func<IProgress<GenerationProgress>, Task<T>> work)
    {
        if (!show || Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error)) return work(new Silent());
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context => await work(new Bar(context.AddTask("loading", maxValue: 1))).ConfigureAwait(false));
    }

    private sealed class Bar(ProgressTask task) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value)
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
    }

    private sealed class Silent : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) { }
    }
}
