using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.Attended;

/// <summary>Checks a request of another family, and tells what is wrong with it under that family's own names.</summary>
internal static class FieldNames
{
    /// <summary>Checks a job.</summary>
    /// <param name="checker">Checks it.</param>
    /// <param name="parameters">The request without its pictures.</param>
    /// <param name="inputs">The pictures' files.</param>
    /// <param name="faults">What is wrong with it so far, under the family's names.</param>
    /// <param name="names">The family's names of this server's own fields.</param>
    /// <param name="cancellationToken">Ends the checking.</param>
    /// <exception cref="ProblemException">Something is wrong.</exception>
    public static async Task<GenerationSubmission> CheckAsync(
        SubmissionChecker checker, GenerationParameters parameters, IReadOnlyDictionary<string, byte[]> inputs, Faults faults, IReadOnlyDictionary<string, string> names, CancellationToken cancellationToken)
    {
        // What the family's own reading has found would be found again, under names that its clients do not know.
        faults.ThrowIfAny();
        try
        {
            return await checker.CheckAsync(parameters, inputs, new Faults(), cancellationToken).ConfigureAwait(false);
        }
        catch (ProblemException e) when (e.Problem.Errors is { } errors)
        {
            throw new ProblemException(e.Problem with { Errors = errors.ToDictionary(error => names.GetValueOrDefault(error.Key, error.Key), error => error.Value) });
        }
    }
}
