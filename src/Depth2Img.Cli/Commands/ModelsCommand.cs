using System.CommandLine;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img models</c>: what is on this machine, what is in it, and how more gets here.</summary>
internal static class ModelsCommand
{
    public static Command Create(TextWriter output, TextWriter error) => new("models", "Show and fetch models.")
    {
        ModelsListCommand.Create(output),
        ModelsInfoCommand.Create(output),
        ModelsPullCommand.Create(output, error),
        ModelsVerifyCommand.Create(output),
        ModelsConvertCommand.Create(output),
    };
}
