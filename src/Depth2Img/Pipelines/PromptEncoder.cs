using Depth2Img.Compute;
using Depth2Img.Models.Clip;
using Depth2Img.Prompts;

namespace Depth2Img.Pipelines;

/// <summary>Turns a region's prompts into what cross-attentions see: tokens, hidden states, weights, styles.</summary>
/// <param name="ops">The session that denoises.</param>
/// <param name="network">The text encoder.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="prompting">What is done to the prompts.</param>
internal sealed class PromptEncoder(IOps ops, ClipTextModel network, ClipTokenizer tokenizer, Prompting prompting)
{
    /// <summary>Encodes a region's prompts.</summary>
    public EncodedPrompts Encode(PromptProgram program)
    {
        Dictionary<ResolvedPrompt, PromptChunks> chunks = program.Prompts.ToDictionary(prompt => prompt, prompt => PromptChunks.Of(tokenizer, prompt, prompting.Options.LongPrompt));
        int length = chunks.Count == 0 ? 1 : chunks.Values.Max(prompt => prompt.Chunks.Count);
        List<Tensor> variants = [];
        EncodedPrompts encoded = new(variants, program.VariantAt);
        try
        {
            foreach (PromptVariant variant in program.Variants) variants.Add(Encode(variant, chunks, length));
            return encoded;
        }
        catch
        {
            encoded.Dispose();
            throw;
        }
    }

    private Tensor Encode(PromptVariant variant, Dictionary<ResolvedPrompt, PromptChunks> chunks, int length)
    {
        Tensor from = Encode(variant.Ends[0], chunks, length);
        if (variant.Ends.Count == 1) return from;
        using (from)
        using (Tensor to = Encode(variant.Ends[1], chunks, length))
            return Between(from, to, (float)prompting.StyleStrength);
    }

    /// <summary>The halves of guidance side by side, chunk after chunk.</summary>
    /// <returns>[N,S,C], S being <paramref name="length"/> times what the text encoder takes.</returns>
    private Tensor Encode(PromptEnd end, Dictionary<ResolvedPrompt, PromptChunks> chunks, int length)
    {
        Tensor? joined = null;
        try
        {
            for (int c = 0; c < length; c++)
            {
                Tensor next = Encode([.. end.Halves.Select(half => c < chunks[half].Chunks.Count ? chunks[half].Chunks[c] : PromptChunks.Empty(tokenizer))]);
                if (joined is null)
                {
                    joined = next;
                    continue;
                }
                using Tensor before = joined, after = next;
                joined = ops.ConcatTokens(before, after);
            }
            return joined!;
        }
        catch
        {
            joined?.Dispose();
            throw;
        }
    }

    private Tensor Encode(IReadOnlyList<PromptChunk> batch)
    {
        Tensor hidden = network.Forward(ops, batch.SelectMany(chunk => chunk.Ids).ToArray(), batch.Count); // [N,S,C]
        if (batch.All(chunk => chunk.Weights is null)) return hidden;
        using (hidden)
        {
            float[] values = new float[hidden.Shape.Count];
            ops.Download(hidden, values);
            int size = values.Length / batch.Count;
            for (int n = 0; n < batch.Count; n++)
            {
                if (batch[n].Weights is { } weights) Weigh(values.AsSpan(n * size, size), weights);
            }
            return ops.Upload(values, hidden.Shape);
        }
    }

    /// <summary>Multiplies each token's hidden state [C] by its weight.</summary>
    private void Weigh(Span<float> hidden, float[] weights)
    {
        double before = Mean(hidden);
        int channels = hidden.Length / weights.Length;
        for (int i = 0; i < hidden.Length; i++) hidden[i] *= weights[i / channels];
        if (!prompting.Options.RestoreMean) return;
        float scale = (float)(before / Mean(hidden));
        if (!float.IsFinite(scale)) return;
        foreach (ref float value in hidden) value *= scale;
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values) sum += value;
        return sum / values.Length;
    }

    private Tensor Between(Tensor from, Tensor to, float part)
    {
        float[] values = new float[from.Shape.Count], other = new float[values.Length];
        ops.Download(from, values);
        ops.Download(to, other);
        for (int i = 0; i < values.Length; i++) values[i] += part * (other[i] - values[i]);
        return ops.Upload(values, from.Shape);
    }
}
