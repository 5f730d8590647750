using System.CommandLine;
using Depth2Img.Cli.Generation;
using Depth2Img.Cli.Output;
using Depth2Img.Imaging;
using Depth2Img.Layers;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img layers</c>: near and far made anew each by itself.</summary>
internal static class LayersCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        GenerationArguments generation = new(new RequestArguments("What to make of layers that are not named.", promptRequired: false), output, error);
        LayerArguments layers = new();
        Option<string?> save = new("--save-layers") { Description = "Write the picture with its layers tinted, and each layer's mask beside it as FILE-1.png, FILE-2.png, ...", HelpName = "FILE.png" };
        Command command = new("layers", "Make near and far parts of a picture anew, each by a prompt of its own.");
        layers.AddTo(command);
        command.Add(save);
        generation.AddTo(command);
        command.SetAction((arguments, cancellationToken) =>
        {
            bool force = generation.Force(arguments);
            string? file = arguments.GetValue(save);
            Image? picture = null;
            return generation.RunAsync(
                arguments,
                request =>
                {
                    DepthLayers asked = layers.Read(arguments);
                    if (file is not null)
                    {
                        foreach (string path in FilesOf(file, asked.Count)) OutputFiles.Prepare(path, force, ".png");
                    }
                    picture = request.Image;
                    return request with { Layers = asked };
                },
                result => file is null ? [] : Save(file, result.Layers!, picture!, force),
                cancellationToken: cancellationToken);
        });
        return command;
    }

    private static string[] FilesOf(string file, int layers) => [file, .. Enumerable.Range(0, layers).Select(layer => OutputFiles.Numbered(file, layer, int.MaxValue))];

    private static string[] Save(string file, LayerMasks masks, Image picture, bool force)
    {
        string[] files = FilesOf(file, masks.Count);
        ImageSaveOptions options = new() { Overwrite = force };
        ImageFile.Save(files[0], masks.ToOverlay(picture.CompositeOn(255, 255, 255)), options);
        for (int layer = 0; layer < masks.Count; layer++) ImageFile.Save(files[layer + 1], masks.ToImage(layer), options);
        return files;
    }
}
