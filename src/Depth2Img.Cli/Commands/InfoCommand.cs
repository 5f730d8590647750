using System.CommandLine;
using System.Text.Json;
using Depth2Img.Cli.Output;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Spectre.Console;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img info</c>: the settings that made a picture.</summary>
internal static class InfoCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> image = CommonOptions.ImageArgument();
        Option<bool> json = CommonOptions.Json();
        Command command = new("info", "Show the settings that generate wrote into a picture.") { image, json };
        command.SetAction(arguments =>
        {
            string path = arguments.GetRequiredValue(image);
            DecodedImage decoded = ImageFile.Load(path);
            if (!decoded.Text.TryGetValue(GenerationSettings.TextKey, out string? text))
                throw new Depth2ImgException($"'{path}' ({decoded.Width}x{decoded.Height}) holds no settings of depth2img.");
            GenerationSettings settings = GenerationSettings.FromJson(text);
            if (arguments.GetValue(json))
            {
                JsonReport.Write(output, settings);
                return ExitCodes.Success;
            }
            Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumn("").AddColumn("");
            using JsonDocument document = JsonDocument.Parse(settings.ToJson());
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
                table.AddRow(new Text(property.Name), new Text(property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText()));
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table);
            return ExitCodes.Success;
        });
        return command;
    }
}
