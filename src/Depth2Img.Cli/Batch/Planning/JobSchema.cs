using System.CommandLine;
using Depth2Img.Cli.Batch.Jobs;
using Depth2Img.Cli.Generation;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>
/// What can be set in a job: every option of <c>generate</c>, <c>inpaint</c> and <c>layers</c> that says what to make or by which
/// model, under its long name.
/// Settings are read by the options themselves, so that values, defaults and messages are those of the command line.
/// </summary>
internal sealed class JobSchema
{
    private static readonly ParserConfiguration Literal = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    private readonly Option<bool> _noMetadata = CommonOptions.NoMetadata();
    private readonly InpaintArguments _inpaint = new(optional: true);
    private readonly LayerArguments _layers = new(optional: true);
    private readonly Command _job = new("job");
    private readonly Dictionary<string, Option> _options;
    private readonly HashSet<string> _ofModel;

    /// <summary>Makes the options.</summary>
    /// <param name="promptRequired">Whether a job without a prompt is refused.</param>
    public JobSchema(bool promptRequired = true)
    {
        Request = new RequestArguments(promptRequired: promptRequired);
        Request.AddTo(_job);
        _inpaint.AddTo(_job);
        _layers.AddTo(_job);
        Command model = new("model");
        Model.AddTo(model);
        foreach (Option option in model.Options) _job.Add(option);
        _job.Validators.AddRange(model.Validators);
        _job.Add(_noMetadata);
        _options = _job.Options.ToDictionary(option => SettingNames.Normalise(option.Name));
        _ofModel = [.. model.Options.Select(option => SettingNames.Normalise(option.Name))];
    }

    /// <summary>Whether a job's pictures are to hold no settings.</summary>
    public bool NoMetadata(ParseResult arguments) => arguments.GetValue(_noMetadata);

    /// <summary>The options of the request.</summary>
    public RequestArguments Request { get; }

    /// <summary>The options of the model.</summary>
    public ModelArguments Model { get; } = new();

    /// <summary>A job's request. Reads the files that its settings name.</summary>
    /// <param name="job">The job.</param>
    /// <param name="image">Its picture.</param>
    public DepthToImageRequest RequestOf(BatchJob job, Image image)
    {
        DepthToImageRequest request = Request.Complete(Request.Read(job.Arguments, image, job.Prompt, job.Seed), job.Arguments, Model, job.Model);
        if (_layers.AreGiven(job.Arguments)) request = request with { Layers = _layers.Read(job.Arguments) };
        return _inpaint.AreGiven(job.Arguments) ? _inpaint.Refine(job.Arguments, request) : request;
    }

    /// <summary>The settings' names.</summary>
    public IEnumerable<string> Names => _options.Keys;

    /// <summary>The option of a setting.</summary>
    /// <exception cref="Depth2ImgException">There is no such setting.</exception>
    public Option this[string name] => _options.TryGetValue(name, out Option? option) ? option : throw Unknown(name);

    /// <summary>Whether a setting is the model's and not the request's.</summary>
    public bool IsOfModel(string name) => _ofModel.Contains(name);

    /// <summary>Whether a setting's values are numbers.</summary>
    public bool IsNumber(string name)
    {
        Type type = this[name].ValueType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(double) || type == typeof(int) || type == typeof(long);
    }

    /// <summary>Adds the options to a command, where they are the defaults of all jobs.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in _job.Options) command.Add(option);
    }

    /// <summary>The settings that a command line gives.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Given(ParseResult arguments) => _options
        .Where(pair => arguments.GetResult(pair.Value) is { Implicit: false })
        .ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)[.. arguments.GetResult(pair.Value)!.Tokens.Select(token => token.Value)]);

    /// <summary>Reads settings.</summary>
    /// <param name="settings">Values by name. A flag may have none.</param>
    /// <exception cref="Depth2ImgException">A name is unknown, a value is none of its option's, or a needed setting is missing.</exception>
    public ParseResult Parse(IReadOnlyDictionary<string, IReadOnlyList<string>> settings)
    {
        List<string> arguments = [];
        foreach ((string name, IReadOnlyList<string> values) in settings)
        {
            string option = this[name].Name;
            if (values.Count == 0) arguments.Add(option);
            foreach (string value in values)
            {
                if (value.Length == 0 && JobPaths.KindOf(this[name]) != JobPaths.Kind.None) throw new Depth2ImgException($"'{name}' is empty; a file, a folder or a name is expected.");
                if (value.Contains('\0', StringComparison.Ordinal)) throw new Depth2ImgException($"'{name}' holds a zero character.");
                // In one argument, so that a value may begin with a dash; an empty one can only be an argument of its own.
                if (value.Length > 0) arguments.Add($"{option}={value}");
                else arguments.AddRange([option, ""]);
            }
        }
        ParseResult parsed = _job.Parse(arguments, Literal);
        return parsed.Errors.Count == 0 ? parsed : throw new Depth2ImgException(parsed.Errors[0].Message);
    }

    /// <summary>The error for a name that is no setting's.</summary>
    private Depth2ImgException Unknown(string name)
    {
        string? nearest = SettingNames.Nearest(name, [.. Names, SettingNames.Image, SettingNames.Output]);
        return new Depth2ImgException($"There is no setting '{name}'{(nearest is null ? "; the long options of 'generate', 'inpaint' and 'layers' are settings" : $"; '{nearest}' is one")}.");
    }
}
