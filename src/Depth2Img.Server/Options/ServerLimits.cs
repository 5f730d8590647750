namespace Depth2Img.Server.Options;

/// <summary>What requests may be. A refusal names the limit.</summary>
public sealed class ServerLimits
{
    /// <summary>Bytes of a request's body.</summary>
    public long BodyBytes { get; set; } = 32L << 20;

    /// <summary>Bytes of all bodies that are in hand at a time; one client may have half of them.</summary>
    public long BodiesBytes { get; set; } = 256L << 20;

    /// <summary>Seconds in which a body must arrive whole.</summary>
    public int BodySeconds { get; set; } = 600;

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

    /// <summary>Depth estimates that wait, of one client.</summary>
    public int WaitingEstimatesPerClient { get; set; } = 4;

    /// <summary>Checks the values.</summary>
    /// <exception cref="Depth2ImgException">A value cannot be used; the message names the option.</exception>
    public void Validate()
    {
        (string Option, long Value)[] all =
        [
            ("--max-body", BodyBytes), ("--max-bodies", BodiesBytes), ("--max-body-time", BodySeconds), ("--max-pixels", Pixels), ("--max-side", Side), ("--max-working-pixels", WorkingPixels),
            ("--max-steps", Steps), ("--max-count", Count), ("--max-prompt", PromptCharacters), ("--max-json-depth", JsonDepth), ("--max-waiting", Waiting), ("--max-waiting-per-client", WaitingPerClient),
            ("--max-estimates", WaitingEstimates), ("--max-estimates-per-client", WaitingEstimatesPerClient),
        ];
        foreach ((string option, long value) in all)
        {
            if (value < 1) throw new Depth2ImgException($"{option} is {value}; it must be at least 1.");
        }
        if (BodiesBytes < BodyBytes) throw new Depth2ImgException($"--max-bodies is {BodiesBytes} bytes; it must be at least --max-body, {BodyBytes} bytes.");
    }
}
