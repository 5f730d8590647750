using System.CommandLine;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Generation;

/// <summary>The options of a depth ControlNet.</summary>
internal sealed class ControlNetArguments
{
    private readonly Option<string?> _path = new("--controlnet")
    {
        Description = "A depth ControlNet for a model without a depth channel: a folder in diffusers' layout, or a .safetensors file.",
        HelpName = "PATH",
    };

    private readonly Option<double?> _weight = CommonOptions.Number("--controlnet-weight", "How much the ControlNet steers, 0 to 2. Default: 1.", "W");
    private readonly Option<double?> _start = CommonOptions.Number("--controlnet-start", "Where in the run the ControlNet begins, 0 to 1.", "F");
    private readonly Option<double?> _end = CommonOptions.Number("--controlnet-end", "Where in the run the ControlNet ends, 0 to 1.", "F");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_path, _weight, _start, _end]) command.Options.Add(option);
    }

    /// <summary>The ControlNet to load, or null.</summary>
    public ControlNetOptions? Options(ParseResult arguments) => arguments.GetValue(_path) is { } path ? new ControlNetOptions(path) : null;

    /// <summary>How much it steers; null if nothing is said of that.</summary>
    public ControlNetSettings? Settings(ParseResult arguments)
    {
        double? weight = arguments.GetValue(_weight), start = arguments.GetValue(_start), end = arguments.GetValue(_end);
        if (weight is null && start is null && end is null) return null;
        ControlNetSettings whole = ControlNetSettings.Whole;
        return new ControlNetSettings { Weight = weight ?? whole.Weight, Start = start ?? whole.Start, End = end ?? whole.End };
    }
}
