using System.CommandLine;
using System.Globalization;
using Depth2Img.Checkpoints;
using Depth2Img.Checkpoints.Conversion;
using Depth2Img.Cli.Generation;
using Depth2Img.Cli.Output;
using Depth2Img.Compute;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img models convert</c>: any checkpoint as a folder of safetensors files.</summary>
internal static class ModelsConvertCommand
{
    private static readonly Dictionary<string, ElementType> Precisions = new()
    {
        ["float32"] = ElementType.Float32,
        ["float16"] = ElementType.Float16,
        ["bfloat16"] = ElementType.BFloat16,
    };

    public static Command Create(TextWriter output)
    {
        Argument<string> model = new("MODEL") { Description = "A checkpoint, or a model that comes with the program." };
        Argument<string> folder = new("OUT_FOLDER") { Description = "The folder to write, in diffusers' layout." };
        Option<string> precision = CommonOptions.Choice("--precision", "The weights' precision; keep leaves every tensor as it is.", "keep", ["keep", .. Precisions.Keys]);
        Option<bool> force = new("--force", "-f") { Description = "Replace an existing checkpoint folder." };
        Option<bool> json = CommonOptions.Json();
        Command command = new("convert", "Write a checkpoint of any form as a folder of safetensors files.") { model, folder, precision, force, json };
        CheckpointForm form = new();
        form.AddTo(command);
        command.SetAction((arguments, cancellationToken) =>
        {
            bool isJson = arguments.GetValue(json);
            Checkpoint checkpoint = Checkpoint.Open(CommonOptions.ResolveModel(arguments.GetRequiredValue(model)), form.Read(arguments));
            ConversionOptions options = new()
            {
                Precision = Precisions.TryGetValue(arguments.GetRequiredValue(precision), out ElementType type) ? type : null,
                Overwrite = arguments.GetValue(force),
                NetworkWritten = isJson ? null : network => output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{network.Component}/{network.File}: {network.Tensors} tensors, {network.Bytes / 1e6:0.0} MB")),
            };
            ConversionReport report = CheckpointConverter.Convert(checkpoint, arguments.GetRequiredValue(folder), options, cancellationToken);
            if (isJson) JsonReport.Write(output, report);
            else if (report.LeftOut.Count > 0) output.WriteLine($"left out: {string.Join(", ", report.LeftOut)}");
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }
}
