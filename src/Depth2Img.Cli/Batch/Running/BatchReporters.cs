using System.Diagnostics;
using Depth2Img.Cli.Batch.Planning;
using Depth2Img.Cli.Output;
using Depth2Img.Pipelines;
using Spectre.Console;

namespace Depth2Img.Cli.Batch.Running;

/// <summary>Shows a batch's progress: a bar over all jobs where standard error is a terminal, else a line a job; or JSON lines.</summary>
internal static class BatchReporters
{
    /// <summary>Runs a batch with the reporter that suits.</summary>
    /// <param name="output">Standard output, which takes JSON lines.</param>
    /// <param name="error">Standard error, which takes progress.</param>
    /// <param name="json">Whether a script reads.</param>
    /// <param name="folder">Names outputs.</param>
    /// <param name="work">Given the reporter.</param>
    public static Task<T> RunAsync<T>(TextWriter output, TextWriter error, bool json, BatchFolder folder, Func<IBatchListener, Task<T>> work)
    {
        if (json) return work(new JsonLines(output, folder));
        if (Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error)) return work(new TextLines(error));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context => await work(new Bar(console, context.AddTask("loading", maxValue: 1))).ConfigureAwait(false));
    }

    private static double PartOf(GenerationProgress progress) => progress.Steps == 0 ? 0 : (double)progress.Step / progress.Steps;

    private sealed class JsonLines(TextWriter output, BatchFolder folder) : IBatchListener
    {
        public void Begin(int pending) { }

        public void Report(BatchJob job, GenerationProgress progress) { }

        public void Finished(JobOutcome outcome) => JsonReport.WriteLine(output, BatchSummary.Describe(outcome, folder));
    }

    private sealed class TextLines(TextWriter error) : IBatchListener
    {
        private readonly Stopwatch _watch = new();
        private int _pending, _done;

        public void Begin(int pending)
        {
            _pending = pending;
            _watch.Start();
        }

        public void Report(BatchJob job, GenerationProgress progress) { }

        public void Finished(JobOutcome outcome)
        {
            if (!_watch.IsRunning) return;
            _done++;
            string left = _done == _pending ? "" : $", {Quantities.Time(_watch.Elapsed / _done * (_pending - _done))} left";
            error.WriteLine($"{_done} of {_pending}: {outcome.Where} {(outcome.State == JobState.Made ? Quantities.Time(TimeSpan.FromSeconds(outcome.Seconds)) : "failed")}{left}");
        }
    }

    private sealed class Bar(IAnsiConsole console, ProgressTask task) : IBatchListener
    {
        private int _pending, _done;
        private bool _begun;

        public void Begin(int pending)
        {
            _begun = true;
            _pending = pending;
            task.MaxValue = Math.Max(1, pending);
        }

        public void Report(BatchJob job, GenerationProgress progress)
        {
            task.Value = _done + PartOf(progress);
            task.Description = Markup.Escape($"{_done + 1} of {_pending}: {Path.GetFileName(job.Outputs[0])}");
        }

        public void Finished(JobOutcome outcome)
        {
            if (!_begun) return;
            task.Value = ++_done;
            if (outcome.State == JobState.Failed) console.WriteLine($"{outcome.Where} failed");
        }
    }
}
