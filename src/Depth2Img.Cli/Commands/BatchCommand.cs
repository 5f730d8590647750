using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Depth2Img.Cli.Batch.Jobs;
using Depth2Img.Cli.Batch.Planning;
using Depth2Img.Cli.Batch.Running;
using Depth2Img.Cli.Output;
using Depth2Img.Imaging;
using Depth2Img.IO;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img batch</c>: many pictures, in a run that can be ended and taken up again at any time.</summary>
internal sealed class BatchCommand
{
    private const string ReportName = "batch.json";

    private readonly Argument<string> _jobs = new("JOBS") { Description = "A folder of pictures, a .csv or .jsonl file with a job a line, or one picture.", HelpName = "JOBS" };
    private readonly Option<string> _output = new("--output", "-o") { Description = "The folder for the new pictures.", HelpName = "OUTDIR", Required = true };
    private readonly Option<string?> _name = new("--name") { Description = "The new pictures' names, such as {image}-{n:000}; in braces: image, n, line, seed, x, y, z or a setting.", HelpName = "TEMPLATE" };
    private readonly Option<string?>[] _axes = [Axis("x", "first"), Axis("y", "second"), Axis("z", "third")];
    private readonly Option<string?> _grid = new("--grid") { Description = "Write a contact sheet with labels: .png or .jpg.", HelpName = "SHEET" };
    private readonly Option<int?> _thumbnail = CommonOptions.Whole("--thumbnail", "The longer side of the pictures in a sheet. Default: 256.", "N");
    private readonly Option<bool> _lowMemory = new("--low-memory") { Description = "Load each network only for the stage that needs it, in every job anew." };
    private readonly Option<bool> _force = new("--force", "-f") { Description = "Replace files that the batch did not make, or that were changed since." };
    private readonly Option<bool> _json = new(CommonOptions.JsonName) { Description = "For scripts: no progress, a JSON object a line on standard output." };
    private readonly JobSchema _defaults = new(promptRequired: false);
    private readonly TextWriter _standardOutput, _error;

    private BatchCommand(TextWriter output, TextWriter error) => (_standardOutput, _error) = (output, error);

    public static Command Create(TextWriter output, TextWriter error)
    {
        BatchCommand batch = new(output, error);
        Command command = new("batch", "Make many pictures, from a folder or a list of jobs; what is done is not done again.") { batch._jobs, batch._output, batch._name };
        batch._defaults.AddTo(command);
        foreach (Option option in (Option[])[.. batch._axes, batch._grid, batch._thumbnail, batch._lowMemory, batch._force, batch._json]) command.Add(option);
        command.SetAction(batch.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        bool json = arguments.GetValue(_json), force = arguments.GetValue(_force);
        string outputs = arguments.GetRequiredValue(_output), jobs = arguments.GetRequiredValue(_jobs);
        string? grid = arguments.GetValue(_grid);
        int thumbnail = arguments.GetValue(_thumbnail) ?? 256;

        // 1. What is wrong with the command line is refused before anything is made.
        JobSchema schema = new();
        (Sweep sweep, NameTemplate? template) = ReadNames(arguments, schema);
        if (thumbnail is < ContactSheet.MinThumbnail or > ContactSheet.MaxThumbnail) throw Usage($"--thumbnail is {thumbnail}; {ContactSheet.MinThumbnail} to {ContactSheet.MaxThumbnail} is expected.");
        if (outputs.Length == 0) throw Usage("--output is empty; a folder is expected.");
        if (jobs.Length == 0) throw Usage("JOBS is empty; a folder, a .csv, a .jsonl or a picture is expected.");
        if (grid is not null) OutputFiles.Prepare(grid, force: true, ".png", ".jpg", ".jpeg");
        if (Directory.Exists(jobs) && SameFolder(jobs, outputs)) throw new OutputException($"'{outputs}' is the folder of the pictures itself, in which new ones would be taken for jobs; name another.");
        JobList list = JobList.Read(jobs);

        // 2. The plan, and the work.
        using BatchFolder folder = BatchFolder.Open(outputs);
        BatchPlan plan = new BatchPlanner(schema, _defaults.Given(arguments), sweep, new OutputNames(outputs, template, sweep)).Plan(list);
        IReadOnlyList<JobOutcome> outcomes = await BatchReporters.RunAsync(_standardOutput, _error, json, folder, listener =>
            new BatchRunner(schema, folder, listener) { Replace = force, LowMemory = arguments.GetValue(_lowMemory) }.RunAsync(plan, cancellationToken)).ConfigureAwait(false);

        // 3. What it came to: told even where a sheet cannot be written.
        bool ended = outcomes.Any(outcome => outcome.State == JobState.NotRun);
        BatchSummary summary = new(outcomes, [], watch.Elapsed.TotalSeconds);
        try
        {
            if (grid is not null && !ended) summary = summary with { Sheets = new BatchSheets(sweep, thumbnail).Write(outcomes, grid, folder, force) };
        }
        finally
        {
            object report = summary.ToReport(folder);
            // Told before it is written: the disk may be full.
            if (json) JsonReport.WriteLine(_standardOutput, new { summary = report });
            else Tell(summary, outputs);
            AtomicFile.Write(Path.Combine(folder.Path, ReportName), stream => stream.Write(Encoding.UTF8.GetBytes(JsonReport.ToText(report) + "\n")), overwrite: true);
        }
        if (ended) return ExitCodes.Cancelled;
        return summary.Count(JobState.Failed) > 0 ? ExitCodes.Partial : ExitCodes.Success;
    }

    private (Sweep Sweep, NameTemplate? Template) ReadNames(ParseResult arguments, JobSchema schema)
    {
        try
        {
            SweepAxis?[] axes = [.. _axes.Select(option => arguments.GetValue(option) is { } text ? SweepAxis.Parse(option.Name.TrimStart('-'), text, _defaults) : null)];
            NameTemplate? template = arguments.GetValue(_name) is { } pattern ? new NameTemplate(pattern, schema.Names) : null;
            return (new Sweep(axes[0], axes[1], axes[2]), template);
        }
        catch (Depth2ImgException e)
        {
            throw Usage(e.Message);
        }
    }

    /// <summary>Files on standard output, all else on standard error.</summary>
    private void Tell(BatchSummary summary, string folder)
    {
        foreach (JobOutcome outcome in summary.Outcomes)
        {
            foreach (string warning in outcome.Warnings) Messages.Warn(_error, $"{outcome.Where}: {warning}");
            if (outcome.State is JobState.Made or JobState.Kept)
            {
                foreach (string output in outcome.Job!.Outputs) _standardOutput.WriteLine(Path.Combine(folder, Path.GetRelativePath(Path.GetFullPath(folder), output)));
            }
            if (outcome.State == JobState.Failed) Messages.Write(_error, $"error: {outcome.Where}: {outcome.Reason}");
        }
        foreach (string sheet in summary.Sheets) _standardOutput.WriteLine(sheet);
        string rest = summary.Count(JobState.NotRun) > 0 ? "; the same command goes on" : "";
        _error.WriteLine($"{summary.InWords()} in {Quantities.Time(TimeSpan.FromSeconds(summary.Seconds))}{rest}");
    }

    private static Option<string?> Axis(string name, string ordinal) => new($"--{name}")
    {
        Description = $"Make every job with each of a setting's values, the {ordinal} axis of the sheet: strength=0.2:1:0.2, seed=1,2,3, prompt=\"a ball|a cube\".",
        HelpName = "SETTING=VALUES",
    };

    private static bool SameFolder(string one, string other) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(one)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(other));

    private static InvalidRequestException Usage(string message) => new([new RequestFault("Arguments", message)]);
}
