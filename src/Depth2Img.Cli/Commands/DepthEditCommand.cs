using System.CommandLine;
using System.Globalization;
using Depth2Img.Cli.Output;
using Depth2Img.Depth;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img depth edit</c>: changes a depth map, in the order of the options.</summary>
internal static class DepthEditCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> map = new("MAP") { Description = "The map, white is near: PNG (8 or 16 bits), JPEG, .npy or .pfm.", HelpName = "MAP" };
        Option<string[]> files = new("--output", "-o") { Description = "Where to write it, once for each file: .png, .npy or .pfm.", HelpName = "OUT", Required = true };
        Option<string> bits = CommonOptions.Choice("--bits", "Bits of a grayscale PNG.", "16", "8", "16");
        Option<bool> force = CommonOptions.Force(), json = CommonOptions.Json();
        DepthEdits edits = new();
        Command command = new("edit", "Change a depth map: the operations below are applied in the order in which they are given, each as often as you like.") { map, files };
        edits.AddTo(command);
        foreach (Option option in (Option[])[bits, force, json]) command.Add(option);
        command.SetAction(async (arguments, cancellationToken) =>
        {
            bool overwrite = arguments.GetValue(force);
            string[] paths = arguments.GetRequiredValue(files);
            foreach (string path in paths) OutputFiles.Prepare(path, overwrite, ".png", ".npy", ".pfm");
            OutputFiles.RequireDifferent(paths);
            DepthEditState state = new(DepthMapFile.Load(arguments.GetRequiredValue(map)));
            await Task.Run(() =>
            {
                foreach (Action<DepthEditState> edit in edits.InOrder(arguments))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    edit(state);
                }
            }, cancellationToken).ConfigureAwait(false);
            DepthSaveOptions save = new() { Bits = arguments.GetValue(bits) == "8" ? 8 : 16, Overwrite = overwrite };
            foreach (string path in paths) DepthMapFile.Save(path, state.Map, save);
            Report(state, paths, arguments.GetValue(json), output, error);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Report(DepthEditState state, string[] outputs, bool json, TextWriter output, TextWriter error)
    {
        DepthMap edited = state.Map;
        (float far, float near) = edited.Range;
        if (json)
        {
            JsonReport.Write(output, new { outputs, edited.Width, edited.Height, far, near, warnings = state.Warnings });
            return;
        }
        foreach (string warning in state.Warnings) Messages.Warn(error, warning);
        foreach (string path in outputs) output.WriteLine(path);
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{edited.Width}x{edited.Height}, inverse depth {far:0.####} (far) to {near:0.####} (near)"));
    }
}
