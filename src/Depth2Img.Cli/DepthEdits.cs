using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Depth2Img.Cli;

/// <summary>The operations of <c>depth edit</c>, which are applied in the order in which they are given.</summary>
internal sealed class DepthEdits
{
    private readonly List<(Option Option, Func<string, Action<DepthEditState>> Parse)> _operations = [];

    public DepthEdits()
    {
        With("--region", "SHAPE", "Keep what follows to a region: rect:X,Y,W,H or ellipse:X,Y,W,H (pixels, or percent of the map: 10%), a picture's name (white belongs to the region), or all.",
            text => state => state.Region = DepthRegion.Parse(text, state.Map.Width, state.Map.Height));
        With("--feather", "PIXELS", "Give the region a soft rim.", text => { double sigma = Number(text); return state => state.Feather(sigma); });
        With("--blur", "SIGMA", "Blur by a Gaussian of this deviation in pixels.", text => { double sigma = Number(text); return state => state.Apply(map => map.Blur(sigma)); });
        With("--smooth", "RADIUS", "Smooth surfaces and keep the steps between them.", text => { int radius = Whole(text); return state => state.Apply(map => map.Smooth(radius)); });
        With("--median", "RADIUS", "Remove specks: the median within this radius, 1 to 25 pixels.", text => { int radius = Whole(text); return state => state.Apply(map => map.Median(radius)); });
        With("--sharpen", "RADIUS", "Make slopes at things' borders steps, as far as this radius in pixels.", text => { int radius = Whole(text); return state => state.Apply(map => map.SharpenEdges(radius)); });
        With("--gamma", "G", "Bend the map within its range; below 1 brings the middle nearer.", text => { double gamma = Number(text); return state => state.Apply(map => map.Gamma(gamma)); });
        With("--clip", "FAR:NEAR", "Cut the map's range to this part of it, 0 to 1, such as 0.1:0.9.", text => { (double far, double near) = Range(text); return state => state.Apply(map => map.Clip(far, near)); });
        With("--nearer", "AMOUNT", "Bring the region nearer, by this part of the map's range.", text => { double amount = Number(text); return state => state.Apply(map => map.Shift(amount)); });
        With("--farther", "AMOUNT", "Take the region farther, by this part of the map's range.", text => { double amount = Number(text); return state => state.Apply(map => map.Shift(-amount)); });
        With("--merge", "MAP", "Put another map's values in, as they are.", text => state => state.Merge(text, aligned: false));
        With("--merge-aligned", "MAP", "Put another map in, scaled and shifted to fit what is outside the region.", text => state => state.Merge(text, aligned: true));
        Flag("--invert", "Turn the map round within its range.", state => state.Apply(map => map.Invert()));
        Flag("--remove-plane", "Take off the slanting plane that lies closest, such as a floor's.", state => state.Apply(map => map.RemovePlane(state.Region)));
    }

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        foreach ((Option option, _) in _operations) command.Add(option);
    }

    /// <summary>The operations in the order in which they stand on the command line.</summary>
    public IReadOnlyList<Action<DepthEditState>> InOrder(ParseResult arguments)
    {
        List<Action<DepthEditState>> edits = [];
        for (int i = 0; i < arguments.Tokens.Count; i++)
        {
            Token token = arguments.Tokens[i];
            if (token.Type != TokenType.Option) continue;
            foreach ((Option option, var parse) in _operations)
            {
                if (option.Name == token.Value) edits.Add(parse(option is Option<bool> ? "" : arguments.Tokens[i + 1].Value));
            }
        }
        return edits;
    }

    /// <summary>An operation that takes a value, which is looked at before any work begins.</summary>
    private void With(string name, string helpName, string description, Func<string, Action<DepthEditState>> parse)
    {
        Option<string[]> option = new(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
            {
                try
                {
                    parse(token.Value);
                }
                catch (FormatException e)
                {
                    result.AddError($"{name} is '{token.Value}'; {e.Message} is expected.");
                }
            }
        });
        _operations.Add((option, parse));
    }

    private void Flag(string name, string description, Action<DepthEditState> edit) =>
        _operations.Add((new Option<bool>(name) { Description = description, Arity = ArgumentArity.Zero }, _ => edit));

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : throw new FormatException("a number");

    private static int Whole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : throw new FormatException("a whole number");

    private static (double Far, double Near) Range(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 2 ? (Number(parts[0]), Number(parts[1])) : throw new FormatException("FAR:NEAR");
    }
}
