using Depth2Img.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Pipelines;

namespace Depth2Img.Composition;

/// <summary>Chooses who sees the depth of results: never the estimator that conditioned them.</summary>
internal static class ScoringEstimator
{
    /// <summary>The request's property that names one.</summary>
    private const string Property = nameof(CompositionComparisonRequest.ScoreDepthModel);

    /// <summary>Chooses.</summary>
    /// <param name="estimators">Those of the checkpoint.</param>
    /// <param name="asked">"checkpoint", "tiefenrausch" or a depth network's folder; null takes the first of these two that is another.</param>
    /// <param name="conditioning">The depth model that the pictures follow, or <see cref="DepthToImagePipeline.GivenDepthName"/>.</param>
    /// <exception cref="InvalidRequestException">The one that was asked for conditioned the pictures, or no other is there.</exception>
    /// <exception cref="Depth2ImgException">There is no such estimator.</exception>
    public static IDepthEstimator Choose(DepthEstimators estimators, string? asked, string conditioning)
    {
        bool given = conditioning == DepthToImagePipeline.GivenDepthName;
        if (asked is null) return estimators.Get(ChooseName(estimators, conditioning));
        if (!given && estimators.AreSame(asked, conditioning))
        {
            throw new InvalidRequestException([new RequestFault(Property,
                $"The pictures follow the depth that '{conditioning}' estimates, so it cannot measure how well they keep it: take another depth model for the score.")]);
        }
        return estimators.Get(asked);
    }

    private static string ChooseName(DepthEstimators estimators, string conditioning)
    {
        // A map of one's own may be of any maker; of the two, Tiefenrausch knows photographs.
        if (conditioning != EmbeddedModels.TiefenrauschName) return EmbeddedModels.TiefenrauschName;
        if (estimators.HasCheckpointNetwork) return DepthEstimators.Checkpoint;
        throw new InvalidRequestException([new RequestFault(Property,
            $"The pictures follow the depth that '{conditioning}' estimates, and the checkpoint has no depth network that could measure how well they keep it: name a depth model for the score, such as the folder of Depth Anything.")]);
    }
}
