using System.CommandLine;
using Depth2Img.Cli.Generation;
using Depth2Img.Cli.Output;
using Depth2Img.Imaging;
using Depth2Img.Styles;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img stylize</c>: one picture in one style or several.</summary>
internal static class StylizeCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        GenerationArguments generation = new(new RequestArguments("What the picture shows; may be left out.", promptRequired: false, styleRequired: true), output, error);
        Option<string?> figure = new("--figure") { Description = "Write the picture and all its styles side by side with their names (.png).", HelpName = "FILE" };
        Command command = new("stylize", "Make a picture anew in a style, or in several, each in its own file.");
        generation.AddTo(command);
        command.Add(figure);
        command.SetAction((arguments, cancellationToken) =>
        {
            string? path = arguments.GetValue(figure);
            bool force = generation.Force(arguments);
            if (path is not null) OutputFiles.Prepare(path, force, ".png");
            return generation.RunAsync(arguments, finishAll: made => Draw(made, path, force), cancellationToken: cancellationToken);
        });
        return command;
    }

    private static string[] Draw(IReadOnlyList<MadeVariant> made, string? path, bool force)
    {
        if (path is null) return [];
        IEnumerable<StyleFigureCell> cells = made.SelectMany(variant => variant.Result.Images.Select(image => new StyleFigureCell(variant.Variant.Request.Style!.Name, image)));
        ImageFile.Save(path, StyleFigure.Draw(made[0].Variant.Request.Image, [.. cells]), new ImageSaveOptions { Overwrite = force });
        return [path];
    }
}
