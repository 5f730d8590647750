namespace Depth2Img.Schedulers;

/// <summary>What the network was trained to say (`prediction_type`).</summary>
public enum PredictionType
{
    /// <summary>The noise in the sample (`epsilon`).</summary>
    Epsilon,
    /// <summary>The clean sample (`sample`).</summary>
    Sample,
    /// <summary>The velocity of Salimans and Ho, 2022: alpha times the noise less sigma times the clean sample (`v_prediction`).</summary>
    Velocity,
}
