using System.Text.Json;

namespace Depth2Img.Schedulers;

/// <summary>Makes schedulers from configurations and names.</summary>
public static class SchedulerFactory
{
    /// <summary>
    /// The options that a configuration, and a name if one is given, stand for. A scheduler other than the
    /// configuration's own is built from the options that the configuration names and the class knows; all others
    /// are that class's defaults.
    /// </summary>
    /// <param name="config">The checkpoint's configuration.</param>
    /// <param name="name">One of <see cref="SchedulerNames"/>, or null for the configuration's own scheduler.</param>
    /// <param name="karras">Whether noise levels are to be spaced after Karras et al.; false leaves it to the configuration.</param>
    /// <exception cref="Depth2ImgException">The name is unknown, the configuration has a value that the class does not take, or the class has no Karras option.</exception>
    public static SchedulerOptions CreateOptions(SchedulerConfig config, string? name = null, bool karras = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        SchedulerNames.Entry? entry = name is null ? null : SchedulerNames.Find(name);
        SchedulerClass target = SchedulerClass.Find(entry?.ClassName ?? config.ClassName)!;
        Dictionary<string, JsonElement> changes = [];
        if (entry?.AlgorithmType is { } algorithm) changes["algorithm_type"] = JsonSerializer.SerializeToElement(algorithm);
        if (karras)
        {
            if (!target.HasKarras)
                throw new Depth2ImgException($"{entry?.Name ?? target.Name} has no Karras noise levels; leave them out, or take one of {string.Join(", ", SchedulerNames.WithKarras)}.");
            // The flags exclude one another, and the user's choice wins over the file's.
            changes["use_karras_sigmas"] = JsonSerializer.SerializeToElement(true);
            foreach (string other in (ReadOnlySpan<string>)["use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas"])
                changes[other] = JsonSerializer.SerializeToElement(false);
        }
        return target.Read(config.With(changes));
    }

    /// <summary>Makes a scheduler for one run.</summary>
    /// <param name="config">The checkpoint's configuration.</param>
    /// <param name="name">One of <see cref="SchedulerNames"/>, or null for the configuration's own scheduler.</param>
    /// <param name="karras">Whether noise levels are to be spaced after Karras et al.; false leaves it to the configuration.</param>
    /// <param name="steps">The steps that a run at strength 1 takes: 1 to the training timesteps.</param>
    /// <param name="pictures">How many pictures lie one after another in a sample.</param>
    /// <exception cref="Depth2ImgException">As <see cref="CreateOptions"/> and <see cref="SchedulerOptions.Build"/>.</exception>
    public static IScheduler Create(SchedulerConfig config, string? name, bool karras, int steps, int pictures = 1) =>
        CreateOptions(config, name, karras).Build(steps, pictures);
}
