using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.Attended;

/// <summary>What a client waits for: pictures of one request, each of the seed after the last one's.</summary>
/// <param name="Submission">The first picture's job.</param>
/// <param name="Count">How many pictures.</param>
/// <param name="Width">The pictures' columns.</param>
/// <param name="Height">The pictures' rows.</param>
/// <param name="Keep">Whether the pictures stay in the client's history when they are answered.</param>
internal sealed record AttendedRequest(GenerationSubmission Submission, int Count, int Width, int Height, bool Keep)
{
    /// <summary>The seed of a picture.</summary>
    /// <param name="number">Which one, from 0.</param>
    public long SeedOf(int number) => unchecked(Submission.Parameters.Seed + number);

    /// <summary>The job of a picture.</summary>
    /// <param name="number">Which one, from 0.</param>
    public GenerationSubmission JobOf(int number) => Submission with { Parameters = Submission.Parameters with { Seed = SeedOf(number), Count = 1 } };
}
