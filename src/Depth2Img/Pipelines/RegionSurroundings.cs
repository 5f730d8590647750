using Depth2Img.Schedulers;

namespace Depth2Img.Pipelines;

/// <summary>
/// What regions see around themselves in a run's first part: the picture noised to the evaluation's level, and not what
/// becomes of other regions. There their prompts make their own matter only, as with the backgrounds that MultiDiffusion
/// (Bar-Tal et al., 2023) begins with; later they see each other and grow together.
/// </summary>
/// <param name="scheduler">Knows the levels of noise.</param>
/// <param name="original">[n,c,h,w]: the picture's latents.</param>
/// <param name="noise">[n,c,h,w]: the run's first noise.</param>
/// <param name="geometry">n, c, h, w.</param>
/// <param name="until">The evaluation from which regions see each other, as an index into the scheduler's timesteps.</param>
internal sealed class RegionSurroundings(IScheduler scheduler, float[] original, float[] noise, LatentGeometry geometry, int until)
{
    private readonly float[] _noised = new float[geometry.Total];
    private readonly float[] _scaled = new float[geometry.Total];
    private readonly float[] _view = new float[geometry.Size];
    private bool _active;

    /// <summary>Makes ready for an evaluation.</summary>
    public void Prepare(int evaluation)
    {
        _active = evaluation < until;
        if (!_active) return;
        scheduler.AddNoise(original, noise, evaluation, _noised);
        scheduler.ScaleModelInput(_noised, evaluation, _scaled);
    }

    /// <summary>What the network is shown of one picture for a region; good until the next call.</summary>
    /// <param name="sample">[c,h,w]: the picture in the making, as the network is to get it.</param>
    /// <param name="picture">Which, from 0.</param>
    /// <param name="weights">[h,w]: the region's part of each latent; null is all of it.</param>
    public ReadOnlySpan<float> ViewOf(ReadOnlySpan<float> sample, int picture, float[]? weights)
    {
        if (!_active || weights is null) return sample;
        ReadOnlySpan<float> around = _scaled.AsSpan(picture * geometry.Size, geometry.Size);
        for (int i = 0; i < _view.Length; i++) _view[i] = around[i] + weights[i % geometry.Plane] * (sample[i] - around[i]);
        return _view;
    }
}
