using System.Globalization;

namespace Depth2Img.Prompts.Weighted;

/// <summary>
/// A moment of a run, as AUTOMATIC1111's web UI reads it: a number with a point that is at most 1 is a fraction of the run,
/// any other a number of evaluations.
/// </summary>
/// <param name="Value">From 0.</param>
/// <param name="IsFraction">Whether it is a part of the run.</param>
internal readonly record struct PromptMoment(double Value, bool IsFraction)
{
    /// <summary>Reads a number without sign.</summary>
    public static PromptMoment? Parse(ReadOnlySpan<char> text)
    {
        const NumberStyles Unsigned = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        if (!double.TryParse(text, Unsigned, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value)) return null;
        return new PromptMoment(value, value <= 1 && text.Contains('.'));
    }

    /// <summary>Whether an evaluation lies before it.</summary>
    /// <param name="evaluation">From 0.</param>
    /// <param name="evaluations">How many the run has.</param>
    public bool IsAfter(int evaluation, int evaluations) => evaluation < Math.Floor(IsFraction ? Value * evaluations : Value);

    /// <summary>The number, so that it is read as what it is.</summary>
    public override string ToString()
    {
        // Never an exponent: it would not be read. The digits tell doubles apart that are not minute.
        string text = Value.ToString("F25", CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.');
        return IsFraction && !text.Contains('.', StringComparison.Ordinal) ? text + ".0" : text;
    }
}
