using System.Text.Json;

namespace Depth2Img.Schedulers;

/// <summary>The names that people know schedulers by.</summary>
public static class SchedulerNames
{
    private const int MaxShownLength = 40;

    private static readonly Entry[] Entries =
    [
        new("pndm", "PNDMScheduler", null, "plms"),
        new("ddim", "DDIMScheduler", null),
        new("ddpm", "DDPMScheduler", null),
        new("euler", "EulerDiscreteScheduler", null),
        new("euler-a", "EulerAncestralDiscreteScheduler", null, "euler-ancestral"),
        new("heun", "HeunDiscreteScheduler", null),
        new("lms", "LMSDiscreteScheduler", null),
        new("kdpm2", "KDPM2DiscreteScheduler", null, "dpm2"),
        new("kdpm2-a", "KDPM2AncestralDiscreteScheduler", null, "kdpm2-ancestral", "dpm2-a"),
        new("dpm++2m", "DPMSolverMultistepScheduler", "dpmsolver++", "dpmpp-2m"),
        new("dpm++2m-sde", "DPMSolverMultistepScheduler", "sde-dpmsolver++", "dpmpp-2m-sde"),
        new("dpm++2s", "DPMSolverSinglestepScheduler", "dpmsolver++", "dpmpp-single", "dpmpp-2s"),
        new("unipc", "UniPCMultistepScheduler", null),
        new("deis", "DEISMultistepScheduler", null),
        new("lcm", "LCMScheduler", null),
    ];

    /// <summary>
    /// Each scheduler's first name, in the order of the documentation. Other spellings (`euler-ancestral`,
    /// `dpmpp-2m`) are understood too.
    /// </summary>
    public static IReadOnlyList<string> All { get; } = [.. Entries.Select(e => e.Name)];

    /// <summary>The first names of the schedulers that take Karras noise levels.</summary>
    public static IReadOnlyList<string> WithKarras { get; } = [.. Entries.Where(e => SchedulerClass.Find(e.ClassName)!.HasKarras).Select(e => e.Name)];

    /// <summary>The first name of the scheduler that a name, in any spelling, means.</summary>
    /// <exception cref="Depth2ImgException">No scheduler has that name; the nearest one is suggested.</exception>
    public static string Resolve(string name) => Find(name).Name;

    /// <summary>The first name of the scheduler that a configuration stands for; its class where no name does.</summary>
    public static string NameOf(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Entry[] ofClass = [.. Entries.Where(e => e.ClassName == config.ClassName)];
        if (ofClass.Length <= 1) return ofClass.FirstOrDefault()?.Name ?? config.ClassName;
        // Several names share the class and differ by the algorithm; the class's own default is the first one's.
        string? algorithm = config.TryGet("algorithm_type", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : ofClass[0].AlgorithmType;
        return ofClass.FirstOrDefault(e => e.AlgorithmType == algorithm)?.Name ?? config.ClassName;
    }

    /// <summary>The entry that a name, in any spelling and case, means.</summary>
    internal static Entry Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (Entry entry in Entries)
        {
            if (entry.Spellings.Contains(name, StringComparer.OrdinalIgnoreCase)) return entry;
        }
        string shown = name.Length <= MaxShownLength ? name : name[..MaxShownLength] + "...";
        throw new Depth2ImgException($"There is no scheduler '{shown}'; did you mean '{Nearest(name)}'? There are {string.Join(", ", All)}.");
    }

    private static string Nearest(string name)
    {
        // A longer name than any is far from all alike; cutting it bounds the work.
        string start = (name.Length <= MaxShownLength ? name : name[..MaxShownLength]).ToLowerInvariant();
        return Entries.SelectMany(e => e.Spellings).MinBy(spelling => EditDistance(start, spelling))!;
    }

    /// <summary>Levenshtein's distance: the fewest characters to insert, delete or replace.</summary>
    private static int EditDistance(string a, string b)
    {
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[b.Length];
    }

    /// <summary>A name, the class it stands for, and the algorithm that it fixes where the class has several.</summary>
    internal sealed record Entry(string Name, string ClassName, string? AlgorithmType, params string[] Aliases)
    {
        public IEnumerable<string> Spellings => Aliases.Prepend(Name);
    }
}
