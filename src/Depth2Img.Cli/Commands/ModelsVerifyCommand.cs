using System.CommandLine;
using System.Globalization;
using Depth2Img.Checkpoints;
using Depth2Img.Checkpoints.Verification;
using Depth2Img.Cli.Generation;
using Depth2Img.Cli.Output;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img models verify</c>: reads every tensor of a checkpoint.</summary>
internal static class ModelsVerifyCommand
{
    /// <summary>So many tensors are named of each network; a damaged file can have hundreds.</summary>
    private const int ShownTensors = 5;

    public static Command Create(TextWriter output)
    {
        Argument<string> model = new("MODEL") { Description = "A checkpoint, or a model that comes with the program." };
        Option<bool> json = CommonOptions.Json();
        Command command = new("verify", "Read every tensor of a checkpoint: what is missing, cut short or not a number is named.") { model, json };
        CheckpointForm form = new();
        form.AddTo(command);
        command.SetAction((arguments, cancellationToken) =>
        {
            bool isJson = arguments.GetValue(json);
            Checkpoint checkpoint = Checkpoint.Open(CommonOptions.ResolveModel(arguments.GetRequiredValue(model)), form.Read(arguments));
            VerificationReport report = CheckpointVerifier.Verify(checkpoint, isJson ? null : component => Write(output, component), cancellationToken);
            if (isJson) JsonReport.Write(output, report);
            else output.WriteLine(report.IsSound ? $"{report.Path} is sound." : $"{report.Path} is damaged.");
            return Task.FromResult(report.IsSound ? ExitCodes.Success : ExitCodes.Input);
        });
        return command;
    }

    private static void Write(TextWriter output, VerifiedComponent component)
    {
        string read = component.Tensors == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{component.Tensors} tensors, {component.Bytes / 1e6:0.0} MB, ");
        string verdict = component.Error ?? (component.IsSound ? "sound" : $"{component.NonFinite.Count} tensors hold NaN or infinity");
        output.WriteLine($"{component.Component}: {read}{verdict}");
        foreach (NonFiniteTensor tensor in component.NonFinite.Take(ShownTensors))
            output.WriteLine($"  {tensor.Name}: {tensor.NaN} NaN, {tensor.Infinite} infinite of {tensor.Count}");
        if (component.NonFinite.Count > ShownTensors) output.WriteLine($"  and {component.NonFinite.Count - ShownTensors} more");
    }
}
