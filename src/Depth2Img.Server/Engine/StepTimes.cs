using System.Collections.Concurrent;
using Depth2Img.Pipelines;

namespace Depth2Img.Server.Engine;

/// <summary>How long steps take on this machine, from those that it did: the models' default sizes count, guided and whole.</summary>
internal sealed class StepTimes(ModelPool models)
{
    /// <summary>How much the newest measure counts.</summary>
    private const double Share = 0.3;

    private readonly ConcurrentDictionary<string, double> _seconds = new(StringComparer.Ordinal);

    /// <summary>Seconds a step takes with a model; null before one was done.</summary>
    public double? Of(string model) => _seconds.TryGetValue(model, out double seconds) ? seconds : null;

    /// <summary>Takes a measure.</summary>
    public void Add(string model, double seconds) => _seconds.AddOrUpdate(model, seconds, (_, known) => known + Share * (seconds - known));

    /// <summary>Takes what a picture took, if it was made at the model's default size and nothing was left out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">What was used.</param>
    /// <param name="seconds">Seconds an evaluation took; null if that is not known.</param>
    public void Add(string model, GenerationSettings settings, double? seconds)
    {
        bool whole = settings is { GuidanceInterval: null, ReuseFeatures: null, Layers: null, Guidance: > 1 };
        if (seconds is { } measured && whole && Jobs.WorkingSizeConverter.Parse(settings.WorkingSize) is { } size && Math.Max(size.Width, size.Height) == SideOf(model)) Add(model, measured);
    }

    /// <summary>The longer side that a model works at by default.</summary>
    public int SideOf(string model) => models.DefaultsOf(model).Size ?? WorkingSize.LatentScale * models.SampleSizeOf(model);
}
