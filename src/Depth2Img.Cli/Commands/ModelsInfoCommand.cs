using System.CommandLine;
using System.Globalization;
using Depth2Img.Adapters;
using Depth2Img.Checkpoints;
using Depth2Img.Cli.Output;
using Depth2Img.Hub;
using Spectre.Console;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img models info</c>: what is in a model.</summary>
internal static class ModelsInfoCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> model = new("MODEL") { Description = CommonOptions.ModelDescription, DefaultValueFactory = _ => EmbeddedModels.DemoName };
        Option<bool> json = CommonOptions.Json();
        Command command = new("info", "Show a model's networks, sizes, precision, family and defaults, or what a LoRA is.") { model, json };
        command.SetAction(arguments =>
        {
            if (AdapterReport.TryRead(arguments.GetRequiredValue(model), out AdapterReport? adapter))
            {
                if (arguments.GetValue(json)) JsonReport.Write(output, adapter);
                else output.Write(adapter);
                return ExitCodes.Success;
            }
            CheckpointReport report = CheckpointReport.Read(ModelLocator.Find(arguments.GetRequiredValue(model), evenInPart: true));
            if (arguments.GetValue(json))
            {
                JsonReport.Write(output, report);
                return ExitCodes.Success;
            }
            Write(Tables.Console(output), report);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, CheckpointReport report)
    {
        string depth = report.Defaults is null ? "a single network" : report.CanDoDepth ? "depth-to-image" : "no depth channel";
        Line(console, report.Name);
        Line(console, report.Path);
        if (report.Commit is { } commit) Line(console, $"commit {commit}");
        Line(console, $"{report.PipelineClass}, {depth}");
        if (report.Family is { } family) Line(console, $"family: {family}");
        Line(console, "");
        Table networks = new Table().Border(TableBorder.None).AddColumn("part").AddColumn("class").AddColumn(new TableColumn("parameters").RightAligned()).AddColumn(new TableColumn("size").RightAligned()).AddColumn("precision");
        foreach (NetworkReport network in report.Networks)
            networks.AddRow(new Text(network.Component), new Text(network.ClassName), new Text(string.Create(CultureInfo.InvariantCulture, $"{network.Parameters / 1e6:0.0} M")), new Text(Quantities.Bytes(network.Bytes)), new Text(network.Precision));
        console.Write(networks);
        Line(console, "");
        if (report.PredictionType is { } prediction) Line(console, $"prediction {prediction.ToString().ToLowerInvariant()}, scheduler {report.Scheduler}");
        if (report.Defaults is { } d)
        {
            Line(console, string.Create(CultureInfo.InvariantCulture, $"defaults: {d.Steps} steps, guidance {d.Guidance}, strength {d.Strength}, depth by {d.DepthModel}{(d.Size is { } size ? $", worked at {size}" : "")}"));
            if (d.Vocabulary is { Count: > 0 } words) Line(console, $"knows {words.Count} words: {string.Join(' ', words)}");
        }
        if (report.Missing.Count > 0) Line(console, $"missing: {string.Join(", ", report.Missing)}");
    }

    private static void Line(IAnsiConsole console, string text)
    {
        console.Write(new Text(text));
        console.WriteLine();
    }
}
