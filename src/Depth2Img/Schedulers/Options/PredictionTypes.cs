namespace Depth2Img.Schedulers;

/// <summary>The names that configurations give <see cref="PredictionType"/>.</summary>
internal static class PredictionTypes
{
    /// <summary>The reference's name.</summary>
    public static string NameOf(PredictionType type) => type switch
    {
        PredictionType.Epsilon => "epsilon",
        PredictionType.Sample => "sample",
        PredictionType.Velocity => "v_prediction",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no prediction type"),
    };
}
