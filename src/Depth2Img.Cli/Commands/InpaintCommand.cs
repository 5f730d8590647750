using System.CommandLine;
using Depth2Img.Cli.Generation;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img inpaint</c>: a part of a picture made anew, the rest kept bit for bit.</summary>
internal static class InpaintCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        GenerationArguments generation = new(new RequestArguments("What to make of the masked part."), output, error);
        InpaintArguments inpaint = new();
        Command command = new("inpaint", "Make a part of a picture anew, by its depth or another, and keep the rest.");
        generation.AddTo(command);
        inpaint.AddTo(command);
        command.SetAction((arguments, cancellationToken) => generation.RunAsync(
            arguments,
            request => inpaint.Refine(arguments, request, generation.Force(arguments)),
            result => inpaint.Finish(arguments, result, generation.Force(arguments)),
            cancellationToken: cancellationToken));
        return command;
    }
}
