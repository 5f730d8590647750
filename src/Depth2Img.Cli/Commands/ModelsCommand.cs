using System.CommandLine;
using System.Globalization;
using Depth2Img.Adapters;
using Depth2Img.Checkpoints;
using Depth2Img.Cli.Output;
using Depth2Img.Depth;
using Spectre.Console;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img models</c>: what is on this machine, and what is in it.</summary>
internal static class ModelsCommand
{
    public static Command Create(TextWriter output) => new("models", "Show models.")
    {
        CreateList(output),
        CreateInfo(output),
    };

    private static Command CreateList(TextWriter output)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new("list", "List the models that come with the program.") { json };
        command.SetAction(arguments =>
        {
            IReadOnlyList<InstalledModel> models = InstalledModels.Find();
            if (arguments.GetValue(json))
            {
                JsonReport.Write(output, models);
                return ExitCodes.Success;
            }
            Table table = new Table().Border(TableBorder.None).AddColumn("name").AddColumn("kind").AddColumn("size");
            foreach (InstalledModel model in models)
                table.AddRow(new Text(model.Name), new Text(model.Kind), new Text(Megabytes(model.Bytes)));
            Console(output).Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command CreateInfo(TextWriter output)
    {
        Argument<string> model = new("MODEL") { Description = "A checkpoint folder, a model that comes with the program, or a LoRA.", DefaultValueFactory = _ => EmbeddedModels.DemoName };
        Option<bool> json = CommonOptions.Json();
        Command command = new("info", "Show a checkpoint's networks, sizes, precision and defaults.") { model, json };
        command.SetAction(arguments =>
        {
            if (AdapterReport.TryRead(arguments.GetRequiredValue(model), out AdapterReport? adapter)) return Write(output, adapter!, arguments.GetValue(json));
            CheckpointReport report = CheckpointReport.Read(CommonOptions.ResolveModel(arguments.GetRequiredValue(model)));
            if (arguments.GetValue(json))
            {
                JsonReport.Write(output, report);
                return ExitCodes.Success;
            }
            Write(Console(output), report);
            return ExitCodes.Success;
        });
        return command;
    }

    private static int Write(TextWriter output, AdapterReport report, bool json)
    {
        if (json) JsonReport.Write(output, report);
        else output.Write(report);
        return ExitCodes.Success;
    }

    private static void Write(IAnsiConsole console, CheckpointReport report)
    {
        console.Write(new Text($"{report.Name}\n{report.Path}\n{report.PipelineClass}, {(report.CanDoDepth ? "depth-to-image" : "no depth channel")}\n\n"));
        Table networks = new Table().Border(TableBorder.None).AddColumn("part").AddColumn("class").AddColumn(new TableColumn("parameters").RightAligned()).AddColumn(new TableColumn("size").RightAligned()).AddColumn("precision");
        foreach (NetworkReport network in report.Networks)
            networks.AddRow(new Text(network.Component), new Text(network.ClassName), new Text(Millions(network.Parameters)), new Text(Megabytes(network.Bytes)), new Text(network.Precision));
        console.Write(networks);
        ModelDefaults d = report.Defaults;
        console.Write(new Text(string.Create(CultureInfo.InvariantCulture,
            $"\nprediction {report.PredictionType.ToString().ToLowerInvariant()}, scheduler {report.Scheduler}\ndefaults: {d.Steps} steps, guidance {d.Guidance}, strength {d.Strength}, depth by {d.DepthModel ?? DepthEstimators.Checkpoint}{(d.Size is { } size ? $", worked at {size}" : "")}\n")));
        if (d.Vocabulary is { Count: > 0 } words) console.Write(new Text($"knows {words.Count} words: {string.Join(' ', words)}\n"));
    }

    private static string Millions(long parameters) => string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e6:0.0} M");

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    private static IAnsiConsole Console(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
}
