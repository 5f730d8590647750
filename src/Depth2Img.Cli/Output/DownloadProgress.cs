using System.Diagnostics;
using Depth2Img.Hub;
using Spectre.Console;

namespace Depth2Img.Cli.Output;

/// <summary>Shows a download on standard error: a bar with speed and time left where that is a terminal, else a line now and then.</summary>
internal static class DownloadProgress
{
    /// <summary>Runs a download.</summary>
    /// <param name="error">Standard error.</param>
    /// <param name="show">False: only notices are shown.</param>
    /// <param name="work">Given the reporter.</param>
    public static Task<T> RunAsync<T>(TextWriter error, bool show, Func<IProgress<PullProgress>, Task<T>> work)
    {
        if (!show || Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error)) return work(new Lines(error, show));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context => await work(new Bar(console, context.AddTask("asking the hub", maxValue: 1))).ConfigureAwait(false));
    }

    private static TransferMeter NewMeter()
    {
        Stopwatch watch = Stopwatch.StartNew();
        return new TransferMeter(() => watch.Elapsed);
    }

    private static string Describe(string file, PullProgress value, TransferMeter meter)
    {
        string speed = meter.Speed is { } s ? $", {Quantities.Bytes(s)}/s" : "";
        string left = value.Received < value.Total && meter.Left(value.Total - value.Received) is { } time ? $", {Quantities.Time(time)} left" : "";
        return $"{file}: {Quantities.Bytes(value.Received)} of {Quantities.Bytes(value.Total)}{speed}{left}";
    }

    private sealed class Bar(IAnsiConsole console, ProgressTask task) : IProgress<PullProgress>
    {
        private readonly TransferMeter _meter = NewMeter();

        public void Report(PullProgress value)
        {
            if (value.Notice is not null)
            {
                console.WriteLine(value.Notice);
                return;
            }
            _meter.Add(value.Received);
            task.MaxValue = Math.Max(value.Total, 1);
            task.Value = value.Received;
            // The folder is name enough beside a bar.
            string folder = value.File.Contains('/', StringComparison.Ordinal) ? value.File[..value.File.IndexOf('/', StringComparison.Ordinal)] : value.File;
            task.Description = Markup.Escape(Describe(folder, value, _meter));
        }
    }

    private sealed class Lines(TextWriter error, bool show) : IProgress<PullProgress>
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
        private readonly TransferMeter _meter = NewMeter();
        private readonly Stopwatch _sinceLine = Stopwatch.StartNew();
        private string? _file;

        public void Report(PullProgress value)
        {
            if (value.Notice is not null)
            {
                error.WriteLine(value.Notice);
                return;
            }
            _meter.Add(value.Received);
            if (!show || (value.File == _file && _sinceLine.Elapsed < Interval)) return;
            _file = value.File;
            _sinceLine.Restart();
            error.WriteLine(Describe(value.File, value, _meter));
        }
    }
}
