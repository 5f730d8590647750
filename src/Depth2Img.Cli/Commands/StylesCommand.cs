using System.CommandLine;
using System.Globalization;
using Depth2Img.Cli.Output;
using Depth2Img.Styles;
using Spectre.Console;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img styles</c>: which styles there are, what is in them, and how more get here.</summary>
internal static class StylesCommand
{
    public static Command Create(TextWriter output, TextWriter error) => new("styles", "List, show and add the styles of 'stylize' and --style.")
    {
        List(output, error),
        Show(output),
        Add(output),
    };

    private static Command List(TextWriter output, TextWriter error)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new("list", "List the styles: those that come with the program, and your own.") { json };
        command.SetAction(arguments =>
        {
            StyleLibrary library = new();
            if (arguments.GetValue(json))
            {
                JsonReport.Write(output, new { folder = library.Folder, styles = library.Styles, warnings = library.Problems });
                return ExitCodes.Success;
            }
            foreach (string problem in library.Problems) Messages.Warn(error, problem);
            Table table = new Table().Border(TableBorder.None).AddColumn("name").AddColumn("from").AddColumn("description");
            foreach (StylePreset style in library.Styles) table.AddRow(new Text(style.Name), new Text(StyleLibrary.IsOfProgram(style) ? "program" : "you"), new Text(style.Description));
            Tables.Console(output).Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Show(TextWriter output)
    {
        Argument<string> name = new("NAME") { Description = "The style's name, or its .json file.", HelpName = "NAME" };
        Option<bool> json = CommonOptions.Json();
        Command command = new("show", "Show what is in a style.") { name, json };
        command.SetAction(arguments =>
        {
            StylePreset style = new StyleLibrary().Find(arguments.GetRequiredValue(name));
            if (arguments.GetValue(json))
            {
                JsonReport.Write(output, style);
                return ExitCodes.Success;
            }
            Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumn("").AddColumn("");
            foreach ((string field, string? value) in Fields(style))
            {
                if (!string.IsNullOrEmpty(value)) table.AddRow(new Text(field), new Text(value));
            }
            Tables.Console(output).Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Add(TextWriter output)
    {
        Argument<string> file = new("FILE") { Description = "The style: JSON, comments allowed.", HelpName = "FILE" };
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        Command command = new("add", "Check a style and copy it into your folder.") { file, force, json };
        command.SetAction(arguments =>
        {
            string path = new StyleLibrary().Add(arguments.GetRequiredValue(file), arguments.GetValue(force));
            if (arguments.GetValue(json)) JsonReport.Write(output, new { path });
            else output.WriteLine(path);
            return ExitCodes.Success;
        });
        return command;
    }

    private static IEnumerable<(string Field, string? Value)> Fields(StylePreset style) =>
    [
        ("name", style.Name),
        ("description", style.Description),
        ("prompt", style.Prompt),
        ("negative", style.NegativePrompt),
        ("strength", style.Strength?.ToString(CultureInfo.InvariantCulture)),
        ("guidance", style.Guidance?.ToString(CultureInfo.InvariantCulture)),
        ("steps", style.Steps?.ToString(CultureInfo.InvariantCulture)),
        ("scheduler", style.Scheduler),
    ];
}
