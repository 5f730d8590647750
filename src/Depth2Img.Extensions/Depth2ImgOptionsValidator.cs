using Depth2Img.Compute.Cpu;
using Microsoft.Extensions.Options;

namespace Depth2Img.Extensions;

/// <summary>Finds everything that is wrong with options at once, each fault with its property.</summary>
internal sealed class Depth2ImgOptionsValidator : IValidateOptions<Depth2ImgOptions>
{
    private const int MostRequests = 64;
    private const double MostStrength = 10;

    public ValidateOptionsResult Validate(string? name, Depth2ImgOptions options)
    {
        List<string> faults = [];
        void Check(bool holds, string property, string message)
        {
            if (!holds) faults.Add($"{Depth2ImgOptions.SectionName}:{property} {message}");
        }

        Check(!string.IsNullOrWhiteSpace(options.Model), nameof(options.Model), "is empty; it must be a checkpoint's folder, file or name, such as \"demo\".");
        Check(Enum.IsDefined(options.Precision), nameof(options.Precision), $"is {(int)options.Precision}; it must be {string.Join(" or ", Enum.GetNames<Precision>())}.");
        Check(options.ControlNet is null || !string.IsNullOrWhiteSpace(options.ControlNet), nameof(options.ControlNet), "is empty; leave it away for none.");
        Check(options.MaxConcurrentRequests is >= 1 and <= MostRequests, nameof(options.MaxConcurrentRequests), $"is {options.MaxConcurrentRequests}; it must be from 1 to {MostRequests}.");
        for (int i = 0; i < options.Adapters.Count; i++)
        {
            AdapterSetting adapter = options.Adapters[i];
            Check(!string.IsNullOrWhiteSpace(adapter.Path), $"{nameof(options.Adapters)}:{i}:{nameof(adapter.Path)}", "is empty; it must be an adapter's file or folder.");
            Check(Math.Abs(adapter.Strength) <= MostStrength, $"{nameof(options.Adapters)}:{i}:{nameof(adapter.Strength)}", $"is {adapter.Strength}; it must be from -{MostStrength} to {MostStrength}.");
        }
        for (int i = 0; i < options.Embeddings.Count; i++)
            Check(!string.IsNullOrWhiteSpace(options.Embeddings[i]), $"{nameof(options.Embeddings)}:{i}", "is empty; it must be a file.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
