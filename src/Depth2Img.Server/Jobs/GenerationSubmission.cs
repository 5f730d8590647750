using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Jobs;

/// <summary>A generation that was checked: what every API family makes of its own requests.</summary>
/// <param name="Parameters">The request without its pictures.</param>
/// <param name="Inputs">The pictures' files by name.</param>
internal sealed record GenerationSubmission(GenerationParameters Parameters, IReadOnlyDictionary<string, byte[]> Inputs);

/// <summary>Checks generations before they are accepted: what is refused is refused at once, with all that is wrong.</summary>
internal sealed class SubmissionChecker(ModelPool models, ServerOptions options) : IDisposable
{
    /// <summary>The training steps of all checkpoints of the family; the server's own limit is below it.</summary>
    private const int TrainingSteps = 1000;

    /// <summary>Pictures take memory while they are decoded: few at a time.</summary>
    private readonly SemaphoreSlim _decoding = new(2);

    /// <summary>Checks a generation and refuses it if anything is wrong.</summary>
    /// <param name="parameters">The request without its pictures.</param>
    /// <param name="inputs">The pictures' files by name.</param>
    /// <param name="faults">What is wrong with it so far.</param>
    /// <param name="cancellationToken">Ends the checking.</param>
    /// <exception cref="ProblemException">Something is wrong.</exception>
    public async Task<GenerationSubmission> CheckAsync(GenerationParameters parameters, IReadOnlyDictionary<string, byte[]> inputs, Faults faults, CancellationToken cancellationToken)
    {
        CheckLimits(parameters, faults);
        await _decoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            GenerationInputs? decoded = Decode(inputs, faults);
            if (decoded is not null && models.Names.Contains(parameters.Model)) CheckRequest(parameters, decoded, faults);
        }
        finally
        {
            _decoding.Release();
        }
        faults.ThrowIfAny();
        return new GenerationSubmission(parameters, inputs);
    }

    public void Dispose() => _decoding.Dispose();

    /// <summary>The field of a request that is called as a property of <see cref="DepthToImageRequest"/>.</summary>
    private static string FieldOf(string property) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property);

    private void CheckLimits(GenerationParameters parameters, Faults faults)
    {
        ServerLimits limits = options.Limits;
        if (!models.Names.Contains(parameters.Model))
            faults.Add("model", $"There is no model '{ShortText.Of(parameters.Model)}' here; there is {string.Join(", ", models.Names)}.");
        if (parameters.Steps > limits.Steps) faults.Add("steps", $"steps is {parameters.Steps}; this server takes at most {limits.Steps}.");
        if (parameters.Count > limits.Count) faults.Add("count", $"count is {parameters.Count}; this server makes at most {limits.Count} pictures a job.");
        // A folder's name would have the server open a path of the client's choice.
        if (parameters.DepthModel is { } depthModel && !Depth2Img.Depth.DepthEstimators.Names.Contains(depthModel))
            faults.Add("depthModel", $"There is no depth model '{ShortText.Of(depthModel)}' here; there is {string.Join(", ", Depth2Img.Depth.DepthEstimators.Names)}.");
    }

    private GenerationInputs? Decode(IReadOnlyDictionary<string, byte[]> inputs, Faults faults)
    {
        ImageLimits limits = GenerationInputs.LimitsOf(options.Limits);
        bool whole = true;
        foreach (string name in (string[])[GenerationInputs.ImageName, GenerationInputs.DepthName])
        {
            if (!inputs.TryGetValue(name, out byte[]? data))
            {
                if (name != GenerationInputs.ImageName) continue;
                if (!faults.Has(name)) faults.Add(name, "image is missing; the picture to work from is expected, as a PNG or JPEG file.");
                whole = false;
                continue;
            }
            try
            {
                if (name == GenerationInputs.ImageName) ImageFile.Identify(data, name, limits);
            }
            catch (Depth2ImgException e)
            {
                faults.Add(name, e.Message);
                whole = false;
            }
        }
        if (!whole) return null;
        string reading = GenerationInputs.ImageName;
        try
        {
            return GenerationInputs.Decode(name => inputs.GetValueOrDefault(reading = name), options.Limits);
        }
        catch (Depth2ImgException e)
        {
            faults.Add(reading, e.Message);
            return null;
        }
    }

    private void CheckRequest(GenerationParameters parameters, GenerationInputs inputs, Faults faults)
    {
        DepthToImageRequest request = parameters.ToRequest(inputs);
        try
        {
            GenerationPlan plan = GenerationPlan.Make(request, models.DefaultsOf(parameters.Model), TrainingSteps, models.SampleSizeOf(parameters.Model));
            long pixels = (long)plan.WorkingSize.PaddedWidth * plan.WorkingSize.PaddedHeight;
            if (pixels > options.Limits.WorkingPixels)
                faults.Add(parameters.Size is null ? "maxSize" : "size", $"The working size {plan.WorkingSize} has {pixels} pixels; this server works at up to {options.Limits.WorkingPixels}. Give a maxSize.");
        }
        catch (InvalidRequestException e)
        {
            foreach (RequestFault fault in e.Faults) faults.Add(FieldOf(fault.Property), fault.Message);
        }
    }
}
