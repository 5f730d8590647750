namespace Depth2Img.Cli;

/// <summary>What the process tells a script; documented in docs/cli.md.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A fault of the program itself.</summary>
    public const int Internal = 1;

    /// <summary>The command line is wrong: an unknown option, a value out of range.</summary>
    public const int Usage = 2;

    /// <summary>An input cannot be used: a missing or damaged picture, map or model.</summary>
    public const int Input = 3;

    /// <summary>An output cannot be written: it exists, the folder is closed, the disk is full.</summary>
    public const int Output = 4;

    /// <summary>Some jobs of a batch failed; the others are done.</summary>
    public const int Partial = 5;

    /// <summary>Ended by Ctrl+C, as shells count it.</summary>
    public const int Cancelled = 130;
}
