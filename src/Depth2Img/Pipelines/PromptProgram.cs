using Depth2Img.Prompts;

namespace Depth2Img.Pipelines;

/// <summary>What a region's prompts are in each evaluation of a run, before anything is encoded.</summary>
/// <param name="Variants">The different ones, in the order of their first evaluation.</param>
/// <param name="VariantAt">For each evaluation the index of its variant.</param>
internal sealed record PromptProgram(IReadOnlyList<PromptVariant> Variants, IReadOnlyList<int> VariantAt)
{
    /// <summary>All prompts that are encoded, each once.</summary>
    public IEnumerable<ResolvedPrompt> Prompts => Variants.SelectMany(variant => variant.Ends).SelectMany(end => end.Halves).Distinct();

    /// <summary>Reads a region's prompts.</summary>
    /// <param name="region">The region.</param>
    /// <param name="prompting">How prompts are read, and in which style.</param>
    /// <param name="evaluations">How many the run has.</param>
    public static PromptProgram Make(RegionPlan region, Prompting prompting, int evaluations)
    {
        bool guided = region.Settings.CountGuided(evaluations) > 0;
        IReadOnlyList<ResolvedPrompt>[] halves =
        [
            .. prompting.Ends(region.NegativePrompt, region.Prompt)
                .SelectMany(end => guided ? (string[])[end.Negative, end.Prompt] : [end.Prompt])
                .Select(text => prompting.Options.Resolve(text, evaluations)),
        ];
        int perEnd = guided ? 2 : 1;
        List<PromptVariant> variants = [];
        Dictionary<PromptVariant, int> known = [];
        int[] variantAt = new int[evaluations];
        for (int i = 0; i < evaluations; i++)
        {
            PromptVariant variant = new([.. halves.Select(half => half[i]).Chunk(perEnd).Select(end => new PromptEnd(end))]);
            if (!known.TryGetValue(variant, out variantAt[i]))
            {
                known.Add(variant, variantAt[i] = variants.Count);
                variants.Add(variant);
            }
        }
        return new PromptProgram(variants, variantAt);
    }
}

/// <summary>What an evaluation sees: one end, or something between two.</summary>
/// <param name="Ends">One; or the plain prompts and the styled ones.</param>
internal sealed record PromptVariant(IReadOnlyList<PromptEnd> Ends)
{
    public bool Equals(PromptVariant? other) => other is not null && Ends.SequenceEqual(other.Ends);

    public override int GetHashCode() => Ends.Aggregate(0, HashCode.Combine);
}

/// <summary>The negative prompt and the prompt, or the prompt alone.</summary>
/// <param name="Halves">Two or one.</param>
internal sealed record PromptEnd(IReadOnlyList<ResolvedPrompt> Halves)
{
    public bool Equals(PromptEnd? other) => other is not null && Halves.SequenceEqual(other.Halves);

    public override int GetHashCode() => Halves.Aggregate(0, HashCode.Combine);
}
