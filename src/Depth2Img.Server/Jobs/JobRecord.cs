namespace Depth2Img.Server.Jobs;

/// <summary>A job as the data base keeps it.</summary>
internal sealed record JobRecord
{
    /// <summary>128 random bits in hexadecimal digits: who knows them may see the job, unless keys are set.</summary>
    public required string Id { get; init; }

    /// <summary>Whose history it belongs to: a key's or a cookie's digest.</summary>
    public required string Owner { get; init; }

    /// <summary>Whose turn it takes: the key's digest or the address.</summary>
    public required string Client { get; init; }

    /// <summary>What to do.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>The request without its pictures, as JSON.</summary>
    public required string Parameters { get; init; }

    /// <summary>Where it is in its life.</summary>
    public JobState State { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was last begun.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>How often it was begun.</summary>
    public int Attempts { get; init; }

    /// <summary>Why it failed: a sentence for a person.</summary>
    public string? Error { get; init; }

    /// <summary>What it came to, as JSON.</summary>
    public string? Result { get; init; }

    /// <summary>Whether a client waits for it on an open connection; such a job ends with the connection.</summary>
    public bool Attended { get; init; }

    /// <summary>Whether its life is over.</summary>
    public bool IsFinished => State is JobState.Done or JobState.Failed or JobState.Cancelled;

    /// <summary>A new job's name.</summary>
    public static string NewId() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
}

/// <summary>What a job does.</summary>
internal enum JobKind
{
    /// <summary>Makes pictures.</summary>
    Generate,
    /// <summary>Makes pictures with depth and without at several strengths, and measures them.</summary>
    Compare,
}
