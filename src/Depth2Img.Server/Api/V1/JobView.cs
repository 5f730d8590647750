using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Pipelines;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.V1;

/// <summary>A job as API v1 shows it.</summary>
internal sealed record JobView
{
    /// <summary>The job's name.</summary>
    public required string Id { get; init; }

    /// <summary>"generate" or "compare".</summary>
    public required JobKind Kind { get; init; }

    /// <summary>"queued", "running", "done", "failed" or "cancelled".</summary>
    public required JobState State { get; init; }

    public required DateTimeOffset Created { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Finished { get; init; }

    /// <summary>The place in the queue, from 1.</summary>
    public int? Position { get; init; }

    /// <summary>How far it is.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>What was asked for, as it can be asked for again but for the pictures, which <see cref="Links"/> has.</summary>
    public required JsonObject Request { get; init; }

    /// <summary>What it came to.</summary>
    public JobResultView? Result { get; init; }

    /// <summary>Where its parts are.</summary>
    public required JobLinks Links { get; init; }

    /// <summary>Shows a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="jobs">Knows its place and progress.</param>
    /// <param name="root">What paths begin with, behind a proxy.</param>
    public static JobView Of(JobRecord job, JobService jobs, string root)
    {
        string self = $"{root}/api/v1/jobs/{job.Id}";
        JsonObject request = (JsonObject)JsonNode.Parse(job.Parameters)!;
        string[] inputs = [.. (request["inputs"] as JsonArray ?? []).Select(name => name!.GetValue<string>())];
        return new JobView
        {
            Id = job.Id,
            Kind = job.Kind,
            State = job.State,
            Created = job.Created,
            Started = job.Started,
            Finished = job.Finished,
            Position = job.State == JobState.Queued ? jobs.PositionOf(job.Id) : null,
            Progress = job.State == JobState.Running ? jobs.FindLive(job.Id)?.Progress : null,
            Error = job.Error,
            Request = AsAskedFor(request),
            Result = job.Result is null ? null : JobResultView.Of(ServerJson.Read<JobResult>(job.Result), self),
            Links = new JobLinks(self, $"{self}/events", $"{self}/inputs/{GenerationInputs.ImageName}", inputs.ToDictionary(name => name, name => $"{self}/inputs/{name}")),
        };
    }

    /// <summary>Turns what is kept of a request into the fields that the API takes.</summary>
    private static JsonObject AsAskedFor(JsonObject request)
    {
        request.Remove("inputs");
        // A style is asked for by its name.
        if (request["style"] is JsonObject style) request["style"] = style["name"]?.DeepClone();
        if (request["comparison"] is not JsonObject comparison) return request;
        request.Remove("comparison");
        foreach (string own in (string[])["count", "init"]) request.Remove(own);
        foreach ((string name, JsonNode? value) in comparison.ToArray()) request[name] = value?.DeepClone();
        return request;
    }
}

/// <summary>Where a job's parts are.</summary>
/// <param name="Self">The job.</param>
/// <param name="Events">What happens to it.</param>
/// <param name="Image">The picture that it was given.</param>
/// <param name="Inputs">All pictures that it was given, by their fields.</param>
internal sealed record JobLinks(string Self, string Events, string Image, IReadOnlyDictionary<string, string> Inputs);

/// <summary>What a job came to.</summary>
internal sealed record JobResultView
{
    public required IReadOnlyList<FileView> Images { get; init; }
    public required FileView Depth { get; init; }
    public required GenerationSettings Settings { get; init; }

    /// <summary>A comparison's single pictures with their scores.</summary>
    public IReadOnlyList<ComparedPictureView>? Pictures { get; init; }

    /// <summary>Who measured a comparison's depth.</summary>
    public string? ScoreDepthModel { get; init; }

    /// <summary>The address of a comparison's page.</summary>
    public string? Page { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }
    public required double Seconds { get; init; }

    /// <summary>Shows a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="job">The job's address.</param>
    public static JobResultView Of(JobResult result, string job) => new()
    {
        Images = [.. result.Images.Select(file => FileView.Of(file, job))],
        Depth = FileView.Of(result.Depth, job),
        Settings = result.Settings,
        Pictures = result.Pictures?.Select(picture => new ComparedPictureView(
            JsonNamingPolicy.CamelCase.ConvertName(picture.Method.ToString()), picture.Strength, FileView.UrlOf(picture.File, job), picture.DepthScore, picture.EdgeScore)).ToArray(),
        ScoreDepthModel = result.ScoreDepthModel,
        Page = result.Page is null ? null : FileView.UrlOf(result.Page.Name, job),
        Warnings = result.Warnings,
        Seconds = result.Seconds,
    };
}

/// <summary>A picture of a comparison.</summary>
/// <param name="Method">"depthToImage", "depthWithheld" or "imageToImage".</param>
/// <param name="Strength">Its strength.</param>
/// <param name="Url">Its address.</param>
/// <param name="DepthScore">How much of the picture's depth it has, -1 to 1.</param>
/// <param name="EdgeScore">How many of the picture's edges, 0 to 1.</param>
internal sealed record ComparedPictureView(string Method, double Strength, string Url, double DepthScore, double EdgeScore);

/// <summary>A file to fetch.</summary>
/// <param name="Url">Its address.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Thumbnail">The address of a JPEG of it, 256 pixels long at most; null for none.</param>
internal sealed record FileView(string Url, string ContentType, int Width, int Height, string? Thumbnail)
{
    public static FileView Of(ResultFile file, string job) =>
        new(UrlOf(file.Name, job), file.ContentType, file.Width, file.Height, file.Thumbnail is null ? null : UrlOf(file.Thumbnail, job));

    /// <summary>A file's address.</summary>
    public static string UrlOf(string name, string job) => $"{job}/files/{name}";
}
