namespace Depth2Img.Schedulers;

/// <summary>A class of schedulers: its name in configurations, its options at their defaults, and whether it has a Karras option.</summary>
/// <param name="Defaults">Options as the reference's class has them when nothing is named.</param>
internal sealed record SchedulerClass(SchedulerOptions Defaults)
{
    /// <summary>Every class that can be built.</summary>
    public static IReadOnlyList<SchedulerClass> All { get; } =
    [
        new(new PndmOptions()), new(new DdimOptions()), new(new DdpmOptions()),
        new(new EulerOptions()), new(new EulerAncestralOptions()), new(new HeunOptions()), new(new LmsOptions()),
        new(new Kdpm2Options()), new(new Kdpm2AncestralOptions()),
        new(new DpmSolverMultistepOptions()), new(new DpmSolverSinglestepOptions()),
        new(new UniPcOptions()), new(new DeisOptions()), new(new LcmOptions()),
    ];

    /// <summary>The reference's name for the class.</summary>
    public string Name => Defaults.ReferenceClass;

    /// <summary>Whether the class knows `use_karras_sigmas`.</summary>
    public bool HasKarras => Defaults is SigmaSchedulerOptions;

    /// <summary>The class of that name, or null.</summary>
    public static SchedulerClass? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    /// <summary>The class's options, with those that the configuration names and the class knows.</summary>
    public SchedulerOptions Read(SchedulerConfig config) => Defaults.Read(new OptionReader(config, Name));
}
