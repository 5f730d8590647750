using System.CommandLine;
using Depth2Img.Cli.Batch.Jobs;
using Depth2Img.Cli.Generation;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>A job that can be run.</summary>
internal sealed record BatchJob
{
    /// <summary>The line that it is of.</summary>
    public required JobLine Line { get; init; }

    /// <summary>Which combination of the sweep's values it has.</summary>
    public required SweepCell Cell { get; init; }

    /// <summary>The picture's file.</summary>
    public required string Image { get; init; }

    /// <summary>The settings.</summary>
    public required ParseResult Arguments { get; init; }

    /// <summary>The model.</summary>
    public required ModelChoice Model { get; init; }

    /// <summary>Equal for jobs that can share a loaded model.</summary>
    public required string ModelKey { get; init; }

    /// <summary>The prompt without what is not text in it.</summary>
    public required string Prompt { get; init; }

    /// <summary>How the prompt is put into words.</summary>
    public required PromptForm Form { get; init; }

    /// <summary>The files beside the picture that its settings name, full paths.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The seed, given or told by the picture.</summary>
    public required long Seed { get; init; }

    /// <summary>The new pictures' files, full paths.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>What the job is known by.</summary>
    public required string Identity { get; init; }
}

/// <summary>A job that cannot be run.</summary>
/// <param name="Line">The line that it is of.</param>
/// <param name="Cell">Which combination of the sweep's values it has; null where the whole line is refused.</param>
/// <param name="Reason">A whole sentence.</param>
internal sealed record RefusedJob(JobLine Line, SweepCell? Cell, string Reason);

/// <summary>What a batch comes to, before any of it is run.</summary>
/// <param name="Jobs">The jobs, in their order.</param>
/// <param name="Refused">Lines and combinations that are no jobs.</param>
internal sealed record BatchPlan(IReadOnlyList<BatchJob> Jobs, IReadOnlyList<RefusedJob> Refused);
