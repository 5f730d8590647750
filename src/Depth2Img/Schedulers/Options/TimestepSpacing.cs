namespace Depth2Img.Schedulers;

/// <summary>Which training timesteps the steps fall on (`timestep_spacing`; Lin et al., 2023, table 2).</summary>
public enum TimestepSpacing
{
    /// <summary>
    /// Whole multiples of (training timesteps / steps), from 0 plus an offset (`leading`): never reaches the noisiest
    /// timestep.
    /// </summary>
    Leading,
    /// <summary>Evenly with both ends (`linspace`).</summary>
    Linspace,
    /// <summary>Evenly back from the noisiest timestep (`trailing`).</summary>
    Trailing,
}
