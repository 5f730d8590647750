using Depth2Img.Schedulers;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>The samplers by the names that AUTOMATIC1111's users know, and its noise schedules.</summary>
internal static class SamplerNames
{
    /// <summary>What the API takes when a request names none.</summary>
    public const string Default = "Euler";

    /// <summary>The schedule that is the sampler's own.</summary>
    public const string Automatic = "Automatic";

    /// <summary>The schedule of Karras et al.</summary>
    public const string Karras = "Karras";

    private const string Uniform = "Uniform";

    /// <summary>All samplers.</summary>
    public static IReadOnlyList<Sampler> All { get; } =
    [
        new("DPM++ 2M", "dpm++2m", Karras, "k_dpmpp_2m"),
        new("DPM++ 2M SDE", "dpm++2m-sde", Karras, "k_dpmpp_2m_sde"),
        new("DPM++ 2S", "dpm++2s", Karras, "k_dpmpp_2s"),
        new("Euler a", "euler-a", null, "k_euler_a", "k_euler_ancestral"),
        new("Euler", "euler", null, "k_euler"),
        new("LMS", "lms", null, "k_lms"),
        new("Heun", "heun", null, "k_heun"),
        new("DPM2", "kdpm2", Karras, "k_dpm_2"),
        new("DPM2 a", "kdpm2-a", Karras, "k_dpm_2_a"),
        new("DDIM", "ddim", null),
        new("DDPM", "ddpm", null),
        new("PLMS", "pndm", null),
        new("UniPC", "unipc", null),
        new("DEIS", "deis", null),
        new("LCM", "lcm", null),
    ];

    /// <summary>The schedules: what the API calls them and what people read.</summary>
    public static IReadOnlyList<(string Name, string Label)> Schedules { get; } = [("automatic", Automatic), ("uniform", Uniform), ("karras", Karras)];

    /// <summary>Finds a sampler and a schedule.</summary>
    /// <param name="sampler">A name or alias, in any case; an old one may end in its schedule ("DPM++ 2M Karras").</param>
    /// <param name="schedule">A schedule's name or label; null for the one in the sampler's name, else the sampler's own.</param>
    /// <returns>Null if no sampler has the name.</returns>
    public static SamplerChoice? Find(string sampler, string? schedule)
    {
        string name = sampler.Trim();
        Sampler? found = Named(name);
        if (found is null)
        {
            foreach ((_, string label) in Schedules)
            {
                if (label == Automatic || !name.EndsWith(' ' + label, StringComparison.OrdinalIgnoreCase)) continue;
                found = Named(name[..^(label.Length + 1)].TrimEnd());
                // What the name says counts where the field says nothing.
                if (found is not null && (schedule is null || schedule == Automatic)) schedule = label;
                break;
            }
        }
        if (found is null) return null;
        string chosen = schedule ?? Automatic;
        string effective = chosen == Automatic ? found.OwnSchedule ?? Uniform : chosen;
        bool takesKarras = SchedulerNames.WithKarras.Contains(found.Scheduler);
        return new SamplerChoice(found, chosen, effective == Karras && takesKarras)
        {
            Note = effective == Karras && !takesKarras && chosen == Karras ? $"The sampler {found.Name} has no Karras schedule; its own was used." : null,
        };
    }

    /// <summary>A schedule's label by its name or label; null if there is none.</summary>
    public static string? FindSchedule(string name) =>
        Schedules.Where(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || known.Label.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(known => known.Label).FirstOrDefault();

    private static Sampler? Named(string name) =>
        All.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || known.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase));
}

/// <summary>A sampler.</summary>
/// <param name="Name">What the API calls it.</param>
/// <param name="Scheduler">The library's name.</param>
/// <param name="OwnSchedule">The schedule that "Automatic" means; null for the library's plain one.</param>
/// <param name="Aliases">Other names.</param>
internal sealed record Sampler(string Name, string Scheduler, string? OwnSchedule, params string[] Aliases);

/// <summary>A sampler with a schedule.</summary>
/// <param name="Sampler">The sampler.</param>
/// <param name="Schedule">The schedule's label, as it was asked for.</param>
/// <param name="Karras">Whether that comes to Karras' noise levels.</param>
internal sealed record SamplerChoice(Sampler Sampler, string Schedule, bool Karras)
{
    /// <summary>A sentence about what could not be done as asked; null for nothing.</summary>
    public string? Note { get; init; }
}
