using System.CommandLine;
using Depth2Img.Cli.Generation;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img generate</c>: the main job.</summary>
internal static class GenerateCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        GenerationArguments generation = new(new RequestArguments(), output, error);
        Command command = new("generate", "Make a new picture from a picture, a prompt and the picture's depth.");
        generation.AddTo(command);
        command.SetAction((arguments, cancellationToken) => generation.RunAsync(arguments, cancellationToken: cancellationToken));
        return command;
    }
}
