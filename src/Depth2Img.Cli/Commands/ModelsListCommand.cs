using System.CommandLine;
using Depth2Img.Checkpoints;
using Depth2Img.Cli.Output;
using Spectre.Console;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img models list</c>: what is on this machine.</summary>
internal static class ModelsListCommand
{
    private const int ShortCommit = 8;

    public static Command Create(TextWriter output)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new("list", "List the models on this machine: those that come with the program, and those in Hugging Face's cache.") { json };
        command.SetAction(arguments =>
        {
            IReadOnlyList<InstalledModel> models = InstalledModels.Find();
            if (arguments.GetValue(json))
            {
                JsonReport.Write(output, models);
                return ExitCodes.Success;
            }
            Table table = new Table().Border(TableBorder.None).AddColumn("name").AddColumn("kind").AddColumn("depth").AddColumn(new TableColumn("size").RightAligned()).AddColumn("revision");
            foreach (InstalledModel model in models)
            {
                string incomplete = model.Missing.Count > 0 ? $" (lacks {model.Missing.Count} {(model.Missing.Count == 1 ? "file" : "files")})" : "";
                table.AddRow(new Text(model.Name), new Text(Kind(model.Kind) + incomplete), new Text(model.CanDoDepth ? "yes" : "no"), new Text(Quantities.Bytes(model.Bytes)), new Text(Revision(model)));
            }
            Tables.Console(output).Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static string Kind(ModelKind kind) => kind switch
    {
        ModelKind.DepthToImage => "depth-to-image",
        ModelKind.TextToImage => "text-to-image",
        ModelKind.DepthNetwork => "depth network",
        ModelKind.DepthControlNet => "ControlNet for depth",
        ModelKind.ControlNet => "ControlNet",
        _ => "of another kind",
    };

    private static string Revision(InstalledModel model) =>
        model.Commit is null ? "" : string.Join(", ", [.. model.Revisions ?? [], model.Commit[..ShortCommit]]);
}
