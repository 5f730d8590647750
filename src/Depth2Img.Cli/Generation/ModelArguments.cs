using System.CommandLine;
using Depth2Img.Adapters;
using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;

namespace Depth2Img.Cli.Generation;

/// <summary>The options that say which model makes pictures, what is put into it, and what runs it.</summary>
internal sealed class ModelArguments
{
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly CheckpointForm _form = new();
    private readonly ControlNetArguments _controlNet = new();
    private readonly AdapterArguments _adapters = new();
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<string?> _cpu = CommonOptions.Cpu();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_model);
        _form.AddTo(command);
        _controlNet.AddTo(command);
        _adapters.AddTo(command);
        command.Add(_precision);
        command.Add(_cpu);
    }

    /// <summary>How much a ControlNet steers; null if nothing is said of that.</summary>
    public ControlNetSettings? ControlNet(ParseResult arguments) => _controlNet.Settings(arguments);

    /// <summary>How prompts are read.</summary>
    public PromptSyntax Syntax(ParseResult arguments) => _adapters.Syntax(arguments);

    /// <summary>Finds the model that was asked for, and what is to be put into it.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="prompt">The prompt, which may name LoRAs.</param>
    /// <returns>The model, and the prompt without those names.</returns>
    public (ModelChoice Model, string Prompt) Choose(ParseResult arguments, string prompt)
    {
        string path = CommonOptions.ResolveModel(arguments.GetRequiredValue(_model));
        (IReadOnlyList<AdapterOptions> adapters, string text) = _adapters.Adapters(arguments, path, prompt);
        PipelineOptions options = new()
        {
            LowMemory = true,
            Checkpoint = _form.Read(arguments),
            ControlNet = _controlNet.Options(arguments),
            Adapters = adapters,
            Embeddings = _adapters.Embeddings(arguments),
        };
        return (new ModelChoice(path, options), text);
    }

    /// <summary>Opens the back end that was asked for.</summary>
    public IBackend OpenBackend(ParseResult arguments) => CommonOptions.OpenBackend(arguments, _cpu, _precision);
}

/// <summary>A model to load.</summary>
/// <param name="Path">Its folder or file.</param>
/// <param name="Options">How to load it; the back end is not yet among them.</param>
internal sealed record ModelChoice(string Path, PipelineOptions Options)
{
    /// <summary>Whether it is the same with the same put into it, both being of one command line.</summary>
    public bool IsSameAs(ModelChoice other) => Path == other.Path && Options.Adapters.SequenceEqual(other.Options.Adapters);

    /// <summary>The words that the model knows; null if it was trained on free text.</summary>
    public IReadOnlyList<string>? Vocabulary => Checkpoint.Open(Path, Options.Checkpoint).Defaults.Vocabulary;

    /// <summary>Loads it.</summary>
    public Task<DepthToImagePipeline> LoadAsync(IBackend backend, CancellationToken cancellationToken) =>
        DepthToImagePipeline.LoadAsync(Path, Options with { Backend = backend }, cancellationToken);
}
