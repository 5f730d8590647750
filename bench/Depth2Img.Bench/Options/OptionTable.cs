using System.Globalization;

namespace Depth2Img.Bench.Options;

/// <summary>What each option that saves work gains and costs, as a table for the documentation.</summary>
internal static class OptionTable
{
    /// <summary>25 steps at strength 0.8.</summary>
    private const int Steps = 25;
    private const int Evaluations = 20;

    public static void Print(int rounds)
    {
        FullSizeCosts costs = FullSizeCosts.Measure(rounds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"UNet whole {costs.Whole.One:0.00} s, both halves {costs.Whole.Both:0.00} s; outermost blocks {costs.Outermost.One:0.00} s, {costs.Outermost.Both:0.00} s; encode {costs.Encode:0.00} s, decode {costs.Decode:0.00} s, TAESD {costs.Taesd:0.00} s; the least of {rounds} rounds"));
        double full = costs.Run(OptionCase.Full, Evaluations);
        using OptionQuality quality = new(Steps);
        Console.WriteLine("| option | speed-up | PSNR, dB |");
        Console.WriteLine("|---|---:|---:|");
        foreach (OptionCase option in OptionCase.All)
        {
            double psnr = quality.Psnr(option);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| `{option.Name}` | {full / costs.Run(option, Evaluations):0.00} | {psnr:0.0} |"));
        }
    }
}
