using Depth2Img.Checkpoints;
using Depth2Img.Composition;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Pipelines;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Jobs;

/// <summary>Checks generations before they are accepted: what is refused is refused at once, with all that is wrong.</summary>
internal sealed class SubmissionChecker(ModelPool models, ServerOptions options) : IDisposable
{
    /// <summary>The training steps of all checkpoints of the family; the server's own limit is below it.</summary>
    private const int TrainingSteps = 1000;

    /// <summary>Stands for a picture that cannot be read, so that all else is checked too.</summary>
    private static readonly Image StandIn = new(64, 64, new byte[3 * 64 * 64]);

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
        CheckPictures(parameters, inputs, faults);
        await _decoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            GenerationInputs? decoded = Decode(inputs, faults);
            if (models.Names.Contains(parameters.Model)) CheckRequest(parameters, decoded, faults);
        }
        finally
        {
            _decoding.Release();
        }
        faults.ThrowIfAny();
        return new GenerationSubmission(parameters with { Inputs = [.. inputs.Keys] }, inputs);
    }

    public void Dispose() => _decoding.Dispose();

    /// <summary>The field of a request that is called as a property of <see cref="DepthToImageRequest"/>.</summary>
    private static string FieldOf(string property) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property);

    /// <summary>
    /// The fields that a property is made of. Where one of them, or a part of it, was refused as it was read, it is at its default for the
    /// library, and what that finds may be no fault of the client's.
    /// </summary>
    private static string[] FieldsOf(string property) => property switch
    {
        nameof(DepthToImageRequest.StyleStrength) => [FieldOf(property), "style"],
        nameof(DepthToImageRequest.Inpaint) => [FieldOf(property), GenerationInputs.MaskName, GenerationInputs.ShapeName],
        nameof(DepthToImageRequest.Layers) => [FieldOf(property), .. GenerationInputs.LayerMaskNames],
        _ => [FieldOf(property)],
    };

    private void CheckLimits(GenerationParameters parameters, Faults faults)
    {
        ServerLimits limits = options.Limits;
        if (!models.Names.Contains(parameters.Model))
            faults.Add("model", $"There is no model '{ShortText.Of(parameters.Model)}' here; there is {string.Join(", ", models.Names)}.");
        if (parameters.Steps > limits.Steps) faults.Add("steps", $"steps is {parameters.Steps}; this server takes at most {limits.Steps}.");
        if (parameters.Count > limits.Count) faults.Add("count", $"count is {parameters.Count}; this server makes at most {limits.Count} pictures a job.");
        CheckDepthModel("depthModel", parameters.DepthModel, parameters.Model, faults);
        if (parameters.Comparison is not { } comparison) return;
        CheckDepthModel("scoreDepthModel", comparison.ScoreDepthModel, parameters.Model, faults);
        // A picture with depth and one without at each.
        if (2 * comparison.Strengths?.Distinct().Count() > limits.Count)
            faults.Add("strengths", $"strengths asks for {2 * comparison.Strengths!.Distinct().Count()} pictures; this server makes at most {limits.Count} a job.");
    }

    /// <summary>Checks the name of a depth model.</summary>
    /// <param name="field">The field that names it.</param>
    /// <param name="name">The name; null for none.</param>
    /// <param name="model">The model that it is for.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public void CheckDepthModel(string field, string? name, string model, Faults faults)
    {
        if (name is null) return;
        // A folder's name would have the server open a path of the client's choice.
        if (!DepthEstimators.Names.Contains(name))
            faults.Add(field, $"There is no depth model '{ShortText.Of(name)}' here; there is {string.Join(", ", DepthEstimators.Names)}.");
        else if (name == DepthEstimators.Checkpoint && models.Names.Contains(model) && !models.HasDepthNetwork(model))
            faults.Add(field, $"{field} is '{name}', and '{model}' has no depth network of its own; {EmbeddedModels.TiefenrauschName} is there for every model.");
    }

    /// <summary>Checks that pictures which belong to settings come with them, and settings with the pictures that they need.</summary>
    private static void CheckPictures(GenerationParameters parameters, IReadOnlyDictionary<string, byte[]> inputs, Faults faults)
    {
        bool hasMask = inputs.ContainsKey(GenerationInputs.MaskName), hasShape = inputs.ContainsKey(GenerationInputs.ShapeName);
        if (hasMask && parameters.Inpaint is null) faults.Add(GenerationInputs.MaskName, "mask is given, and inpaint is not, which says what becomes of it.");
        if (hasMask && parameters.Inpaint?.Near is not null) faults.Add("inpaint.near", "mask and inpaint.near are both given; only one of them can say what is repainted.");
        bool needsShape = parameters.Inpaint?.DepthInside == InpaintDepth.Shape;
        if (hasShape && !needsShape) faults.Add(GenerationInputs.ShapeName, "shape is given, and inpaint.depthInside is not \"shape\".");
        if (needsShape && !hasShape && !faults.Has(GenerationInputs.ShapeName)) faults.Add(GenerationInputs.ShapeName, "shape is missing; a depth map for the inside of the mask is expected, for inpaint.depthInside is \"shape\".");
        CheckLayerMasks(parameters, inputs, faults);
        if (parameters.Comparison is null) return;
        if (parameters.Layers is not null) faults.Add("layers", "A comparison makes pictures as one; layers must be left away.");
        if (parameters.Inpaint is not null) faults.Add("inpaint", "A comparison makes whole pictures; inpaint must be left away.");
    }

    private static void CheckLayerMasks(GenerationParameters parameters, IReadOnlyDictionary<string, byte[]> inputs, Faults faults)
    {
        IReadOnlyList<string> names = GenerationInputs.LayerMaskNames;
        for (int n = 0; n < names.Count; n++)
        {
            if (!inputs.ContainsKey(names[n])) continue;
            if (parameters.Layers is null) faults.Add(names[n], $"{names[n]} is given, and layers is not, which says what becomes of each layer.");
            else if (n > 0 && !inputs.ContainsKey(names[n - 1])) faults.Add(names[n], $"{names[n]} is given without {names[n - 1]}; masks are counted from 1.");
        }
        if (parameters.Layers is not { } layers) return;
        bool hasMasks = names.Any(inputs.ContainsKey);
        if (hasMasks && layers.Thresholds is not null) faults.Add("layers.thresholds", "Masks and layers.thresholds are both given; only one of them can cut the picture.");
        if (hasMasks && layers.Count is not null) faults.Add("layers.count", "Masks and layers.count are both given; only one of them can cut the picture.");
        if (layers.Thresholds is not null && layers.Count is not null) faults.Add("layers.count", "layers.thresholds and layers.count are both given; only one of them can cut the picture.");
    }

    private GenerationInputs? Decode(IReadOnlyDictionary<string, byte[]> inputs, Faults faults)
    {
        ImageLimits limits = GenerationInputs.LimitsOf(options.Limits);
        bool whole = true;
        if (!inputs.ContainsKey(GenerationInputs.ImageName))
        {
            if (!faults.Has(GenerationInputs.ImageName)) faults.Add(GenerationInputs.ImageName, "image is missing; the picture to work from is expected, as a PNG or JPEG file.");
            whole = false;
        }
        // Every header before any pixels: what is too large is told of all files, and nothing is decoded in vain.
        foreach ((string name, byte[] data) in inputs)
        {
            // Maps may be of other formats, whose headers their reader checks.
            if (name is GenerationInputs.DepthName or GenerationInputs.ShapeName) continue;
            try
            {
                ImageFile.Identify(data, name, limits);
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

    private void CheckRequest(GenerationParameters parameters, GenerationInputs? inputs, Faults faults)
    {
        // What needs the pictures is left out where they cannot be read.
        DepthToImageRequest request = inputs is null
            ? (parameters with { Layers = null, Inpaint = null, Comparison = null }).ToRequest(new GenerationInputs(StandIn, null))
            : parameters.ToRequest(inputs);
        if (inputs is not null && parameters.Comparison is not null) Collect(faults, () => CheckComparison(parameters, inputs, faults));
        Collect(faults, () =>
        {
            GenerationPlan plan = GenerationPlan.Make(request, models.DefaultsOf(parameters.Model), TrainingSteps, models.SampleSizeOf(parameters.Model));
            long pixels = (long)plan.WorkingSize.PaddedWidth * plan.WorkingSize.PaddedHeight;
            if (inputs is not null && pixels > options.Limits.WorkingPixels)
                faults.Add(parameters.Size is null ? "maxSize" : "size", $"The working size {plan.WorkingSize} has {pixels} pixels; this server works at up to {options.Limits.WorkingPixels}. Give a maxSize.");
        });
    }

    /// <summary>Notes what the library finds wrong.</summary>
    private static void Collect(Faults faults, Action check)
    {
        try
        {
            check();
        }
        catch (InvalidRequestException e)
        {
            RequestFault[] more = [.. e.Faults.Where(fault => !FieldsOf(fault.Property).Any(faults.HasWithin))];
            foreach (RequestFault fault in more) faults.Add(FieldOf(fault.Property), fault.Message);
        }
    }

    private void CheckComparison(GenerationParameters parameters, GenerationInputs inputs, Faults faults)
    {
        CompositionComparisonRequest comparison = parameters.ToComparison(inputs);
        comparison.Validate();
        // A map of one's own may be measured by any estimator.
        if (inputs.Depth is not null || faults.Has("scoreDepthModel") || faults.Has("depthModel")) return;
        string conditioning = parameters.DepthModel ?? models.DefaultDepthModelOf(parameters.Model);
        if (comparison.ScoreDepthModel == conditioning)
            faults.Add("scoreDepthModel", $"The pictures follow the depth that '{conditioning}' estimates, so it cannot measure how well they keep it: take another depth model for the score.");
        else if (comparison.ScoreDepthModel is null && conditioning == EmbeddedModels.TiefenrauschName && !models.HasDepthNetwork(parameters.Model))
            faults.Add("depthModel", $"The pictures follow the depth that '{conditioning}' estimates, and '{parameters.Model}' has no depth network that could measure how well they keep it.");
    }
}
