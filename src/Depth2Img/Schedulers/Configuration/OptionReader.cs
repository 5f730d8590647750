using System.Globalization;
using System.Text.Json;

namespace Depth2Img.Schedulers;

/// <summary>
/// Reads a configuration's options for a class, each with its type; an option of another type is an error that names
/// file and key.
/// </summary>
internal sealed class OptionReader(SchedulerConfig config, string className)
{
    public bool Flag(string key, bool fallback) =>
        !config.TryGet(key, out JsonElement value) ? fallback
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Unfit(key, value, "true or false");

    public int Integer(string key, int fallback) => config.TryGet(key, out JsonElement value) ? AsInteger(key, value) : fallback;

    public double Number(string key, double fallback) => OptionalNumber(key) ?? fallback;

    public double? OptionalNumber(string key) => config.TryGet(key, out JsonElement value) ? AsNumber(key, value) : null;

    public IReadOnlyList<double>? Numbers(string key) => Items(key)?.Select(item => AsNumber(key, item)).ToArray();

    public IReadOnlyList<int>? Integers(string key) => Items(key)?.Select(item => AsInteger(key, item)).ToArray();

    public T Choice<T>(string key, T fallback, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (!config.TryGet(key, out JsonElement value)) return fallback;
        foreach ((string word, T choice) in choices)
        {
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(word)) return choice;
        }
        string[] words = new string[choices.Length];
        for (int i = 0; i < words.Length; i++) words[i] = choices[i].Word;
        throw Unfit(key, value, string.Join(" or ", words));
    }

    /// <summary>Refuses any word but these, which all mean the one thing that is supported.</summary>
    public void RequireWord(string key, params ReadOnlySpan<string> words)
    {
        (string, bool)[] choices = new (string, bool)[words.Length];
        for (int i = 0; i < words.Length; i++) choices[i] = (words[i], true);
        Choice(key, true, choices);
    }

    public void RequireAbsent(string key, string reason)
    {
        if (config.TryGet(key, out JsonElement value))
            throw new Depth2ImgException($"'{config.Source}': {key} is {Describe(value)} for {className}, but {reason}; leave it out.");
    }

    public FinalSigma FinalSigma(FinalSigma fallback) => Choice("final_sigmas_type", fallback,
        ("zero", Schedulers.FinalSigma.Zero), ("sigma_min", Schedulers.FinalSigma.SigmaMin));

    /// <summary>The reference takes DEIS's algorithm, which a changed configuration may name, for its default.</summary>
    public DpmSolverAlgorithm DpmSolverAlgorithm(DpmSolverAlgorithm fallback) => Choice("algorithm_type", fallback,
        ("dpmsolver++", Schedulers.DpmSolverAlgorithm.DpmSolverPlusPlus), ("dpmsolver", Schedulers.DpmSolverAlgorithm.DpmSolver),
        ("sde-dpmsolver++", Schedulers.DpmSolverAlgorithm.SdeDpmSolverPlusPlus), ("sde-dpmsolver", Schedulers.DpmSolverAlgorithm.SdeDpmSolver),
        ("deis", Schedulers.DpmSolverAlgorithm.DpmSolverPlusPlus));

    /// <summary>The reference takes the types of DEIS and UniPC, which a changed configuration may name, for its default.</summary>
    public DpmSolverType DpmSolverType(DpmSolverType fallback) => Choice("solver_type", fallback,
        ("midpoint", Schedulers.DpmSolverType.Midpoint), ("heun", Schedulers.DpmSolverType.Heun),
        ("logrho", Schedulers.DpmSolverType.Midpoint), ("bh1", Schedulers.DpmSolverType.Midpoint), ("bh2", Schedulers.DpmSolverType.Midpoint));

    /// <summary>Puts the flags that the reference has for noise levels together; at most one may be on.</summary>
    public SigmaSpacing SigmaSpacing(SigmaSpacing fallback, bool knowsLu)
    {
        foreach (string unsupported in (ReadOnlySpan<string>)["use_beta_sigmas", "use_flow_sigmas"])
        {
            if (Flag(unsupported, false))
                throw new Depth2ImgException($"'{config.Source}': {unsupported} is true for {className}, which is not supported; use_karras_sigmas and use_exponential_sigmas are.");
        }
        (string Key, SigmaSpacing Spacing)[] flags =
        [
            ("use_karras_sigmas", Schedulers.SigmaSpacing.Karras),
            ("use_exponential_sigmas", Schedulers.SigmaSpacing.Exponential),
            ("use_lu_lambdas", Schedulers.SigmaSpacing.Lu),
        ];
        SigmaSpacing spacing = fallback;
        string? chosen = null;
        foreach ((string key, SigmaSpacing value) in knowsLu ? flags : flags.AsSpan(0, 2))
        {
            if (!Flag(key, false)) continue;
            if (chosen is not null)
                throw new Depth2ImgException($"'{config.Source}': {chosen} and {key} are both true for {className}; only one of them can be.");
            (chosen, spacing) = (key, value);
        }
        return spacing;
    }

    /// <summary>A JSON value for an error's sentence: never longer than a few words.</summary>
    public static string Describe(JsonElement value)
    {
        const int MaxLength = 40;
        if (value.ValueKind is JsonValueKind.Object) return "an object";
        if (value.ValueKind is JsonValueKind.Array) return "a list";
        if (value.ValueKind is JsonValueKind.Undefined) return "nothing";
        string text = value.GetRawText();
        return text.Length <= MaxLength ? text : text[..MaxLength] + "...";
    }

    private JsonElement.ArrayEnumerator? Items(string key) =>
        !config.TryGet(key, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray()
        : throw Unfit(key, value, "a list of numbers");

    private int AsInteger(string key, JsonElement value)
    {
        // Python writes 1.0 where a whole number passed through floating point.
        double number = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double parsed) ? parsed : double.NaN;
        return Math.Abs(number) <= int.MaxValue && number == Math.Truncate(number) ? (int)number : throw Unfit(key, value, "a whole number");
    }

    private double AsNumber(string key, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)) return number;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is "Infinity" or "-Infinity" or "NaN")
            return double.Parse(value.GetString()!, CultureInfo.InvariantCulture);
        throw Unfit(key, value, "a number");
    }

    private Depth2ImgException Unfit(string key, JsonElement value, string fit) =>
        new($"'{config.Source}': {key} is {Describe(value)} for {className}; it must be {fit}.");
}
