using System.CommandLine;
using Depth2Img.Checkpoints;
using Depth2Img.Schedulers;

namespace Depth2Img.Cli.Generation;

/// <summary>The options that say which form of a checkpoint to take, and what it does not tell of itself.</summary>
internal sealed class CheckpointForm
{
    private readonly Option<string?> _variant = new("--variant") { Description = "The files of a checkpoint folder to prefer: fp16, for instance. Default: the plain ones.", HelpName = "NAME" };
    private readonly Option<bool> _ema = new("--ema") { Description = "Take the averaged weights of a one-file checkpoint that has both." };
    private readonly Option<string> _prediction = CommonOptions.Choice("--prediction-type", "What the UNet predicts, where its files do not say: noise or velocity.", Automatic, Automatic, "epsilon", "v");

    private const string Automatic = "auto";

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_variant);
        command.Options.Add(_ema);
        command.Options.Add(_prediction);
    }

    /// <summary>What was asked for.</summary>
    public CheckpointOptions Read(ParseResult arguments) => new()
    {
        Variant = arguments.GetValue(_variant),
        UseEma = arguments.GetValue(_ema),
        PredictionType = arguments.GetValue(_prediction) switch
        {
            "epsilon" => PredictionType.Epsilon,
            "v" => PredictionType.Velocity,
            _ => null,
        },
    };
}
