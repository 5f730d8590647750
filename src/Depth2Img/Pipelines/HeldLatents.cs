using Depth2Img.Schedulers;

namespace Depth2Img.Pipelines;

/// <summary>A part of the picture that is kept as it was, for a part of the run.</summary>
/// <param name="Mask">[h,w]: how much is kept, 0 to 1.</param>
/// <param name="Until">The evaluation at which it is let go, as an index into the scheduler's timesteps; <see cref="ToTheEnd"/> never lets go.</param>
internal readonly record struct LatentHold(float[] Mask, int Until)
{
    /// <summary>Held after the last step too.</summary>
    public const int ToTheEnd = int.MaxValue;
}

/// <summary>
/// Keeps parts of the latents at what the picture's own are: before each evaluation they are set to the picture's latents
/// with the run's noise at that evaluation's level, and after the last to the picture's without noise. This is how
/// inpainting works with a network that knows nothing of masks (Avrahami et al., "Blended Diffusion", 2022; diffusers does
/// the same), and how a layer of lower strength joins in the midst of a run.
/// </summary>
/// <param name="scheduler">Knows the levels of noise.</param>
/// <param name="original">[n,c,h,w]: the picture's latents.</param>
/// <param name="noise">[n,c,h,w]: the run's first noise.</param>
/// <param name="geometry">n, c, h, w.</param>
/// <param name="holds">What is kept; where holds overlap they add up, to 1 at most.</param>
internal sealed class HeldLatents(IScheduler scheduler, float[] original, float[] noise, LatentGeometry geometry, IReadOnlyList<LatentHold> holds)
{
    private readonly float[] _noised = new float[geometry.Total];
    private readonly float[] _mask = new float[geometry.Plane];

    /// <summary>Puts the kept parts in place.</summary>
    /// <param name="latents">[n,c,h,w], at the noise level of <paramref name="evaluation"/>.</param>
    /// <param name="evaluation">The evaluation that comes next; as many as there are timesteps after the last.</param>
    public void Apply(Span<float> latents, int evaluation)
    {
        if (!Combine(evaluation)) return;
        ReadOnlySpan<float> kept = original;
        if (evaluation < scheduler.Timesteps.Length)
        {
            scheduler.AddNoise(original, noise, evaluation, _noised);
            kept = _noised;
        }
        for (int at = 0; at < geometry.Total; at += geometry.Plane)
        {
            for (int p = 0; p < geometry.Plane; p++)
            {
                float part = _mask[p];
                if (part == 1) latents[at + p] = kept[at + p];
                else if (part > 0) latents[at + p] += part * (kept[at + p] - latents[at + p]);
            }
        }
    }

    /// <summary>The mask of what is held at an evaluation; false if nothing is.</summary>
    private bool Combine(int evaluation)
    {
        bool any = false;
        Array.Clear(_mask);
        for (int h = 0; h < holds.Count; h++)
        {
            if (evaluation >= holds[h].Until) continue;
            any = true;
            float[] mask = holds[h].Mask;
            for (int p = 0; p < _mask.Length; p++) _mask[p] = Math.Min(1, _mask[p] + mask[p]);
        }
        return any;
    }
}
