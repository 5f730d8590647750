using System.Globalization;
using Depth2Img.Composition;

namespace Depth2Img.Cli.Output;

/// <summary>One measured picture of a survey.</summary>
/// <param name="Picture">The input's file name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Method">How it was made.</param>
/// <param name="Strength">Its strength.</param>
/// <param name="Depth">The score's depth part.</param>
/// <param name="Edges">The score's edge part.</param>
internal sealed record CompositionEntry(string Picture, long Seed, ComparisonMethod Method, double Strength, double Depth, double Edges);

/// <summary>The tables of <c>depth2img composition</c>, in Markdown: the means over everything, and every single value.</summary>
/// <param name="entries">The values.</param>
internal sealed class CompositionReport(IReadOnlyList<CompositionEntry> entries)
{
    private readonly string[] _pictures = [.. entries.Select(e => e.Picture).Distinct()];
    private readonly long[] _seeds = [.. entries.Select(e => e.Seed).Distinct()];
    private readonly (ComparisonMethod Method, double Strength)[] _kinds = [.. entries.Select(e => (e.Method, e.Strength)).Distinct().OrderByDescending(k => k.Method).ThenBy(k => k.Strength)];

    /// <summary>Writes all tables.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Means over {_pictures.Length} pictures and {_seeds.Length} seeds:"));
        output.WriteLine();
        WriteMeans(output);
        WriteSingles(output, "Depth, every single value:", e => e.Depth);
        WriteSingles(output, "Edges, every single value:", e => e.Edges);
    }

    private void WriteMeans(TextWriter output)
    {
        Row(output, ["", "strength", "depth", "edges"]);
        output.WriteLine("|---|---:|---:|---:|");
        foreach ((ComparisonMethod method, double strength) in _kinds)
        {
            CompositionScore mean = CompositionScore.Mean([.. Of(method, strength).Select(e => new CompositionScore(e.Depth, e.Edges))]);
            Row(output, [Name(method), Number(strength), Format(mean.Depth), Format(mean.Edges)]);
        }
    }

    private void WriteSingles(TextWriter output, string title, Func<CompositionEntry, double> value)
    {
        output.WriteLine();
        output.WriteLine(title);
        output.WriteLine();
        Row(output, ["picture", "", "strength", .. _seeds.Select(seed => string.Create(CultureInfo.InvariantCulture, $"seed {seed}")), "mean"]);
        output.WriteLine($"|---|---|---:|{string.Concat(_seeds.Select(_ => "---:|"))}---:|");
        foreach (string picture in _pictures)
        {
            foreach ((ComparisonMethod method, double strength) in _kinds)
            {
                double[] values = [.. Of(method, strength).Where(e => e.Picture == picture).Select(value)];
                Row(output, [picture, Name(method), Number(strength), .. values.Select(Format), Format(values.Average())]);
            }
        }
    }

    private IEnumerable<CompositionEntry> Of(ComparisonMethod method, double strength) => entries.Where(e => e.Method == method && e.Strength == strength);

    private static void Row(TextWriter output, IReadOnlyList<string> cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");

    private static string Name(ComparisonMethod method) => method switch
    {
        ComparisonMethod.DepthToImage => "with depth",
        ComparisonMethod.DepthWithheld => "withheld",
        _ => "image-to-image",
    };

    private static string Number(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);

    private static string Format(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
