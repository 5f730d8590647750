namespace Depth2Img.Server.Options;

/// <summary>What requests may be. A refusal names the limit.</summary>
public sealed class ServerLimits
{
    /// <summary>Bytes of a request's body.</summary>
    public long BodyBytes { get; set; } = 32L << 20;

    /// <summary>Pixels of a picture, decoded.</summary>
    public long Pixels { get; set; } = 16_000_000;

    /// <summary>Pixels of a side.</summary>
    public int Side { get; set; } = 8192;

    /// <summary>Pixels of the working size.</summary>
    public long WorkingPixels { get; set; } = 1024 * 1024;

    /// <summary>Denoising steps.</summary>
    public int Steps { get; set; } = 150;

    /// <summary>Pictures of one job.</summary>
    public int Count { get; set; } = 16;

    /// <summary>Characters of a prompt.</summary>
    public int PromptCharacters { get; set; } = 4000;

    /// <summary>Levels of a JSON body.</summary>
    public int JsonDepth { get; set; } = 32;

    /// <summary>Jobs that wait, of all clients together.</summary>
    public int Waiting { get; set; } = 64;

    /// <summary>Jobs that wait, of one client.</summary>
    public int WaitingPerClient { get; set; } = 8;

    /// <summary>Depth estimates that wait.</summary>
    public int WaitingEstimates { get; set; } = 16;

    /// <summary>Checks the values.</summary>
    /// <exception cref="Depth2ImgException">A value cannot be used.</exception>
    public void Validate()
    {
        (string Name, long Value)[] all =
        [
            (nameof(BodyBytes), BodyBytes), (nameof(Pixels), Pixels), (nameof(Side), Side), (nameof(WorkingPixels), WorkingPixels), (nameof(Steps), Steps), (nameof(Count), Count),
            (nameof(PromptCharacters), PromptCharacters), (nameof(JsonDepth), JsonDepth), (nameof(Waiting), Waiting), (nameof(WaitingPerClient), WaitingPerClient), (nameof(WaitingEstimates), WaitingEstimates),
        ];
        foreach ((string name, long value) in all)
        {
            if (value < 1) throw new Depth2ImgException($"Limits.{name} is {value}; it must be at least 1.");
        }
    }
}
