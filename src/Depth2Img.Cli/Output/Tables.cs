using Spectre.Console;

namespace Depth2Img.Cli.Output;

/// <summary>Where tables are written.</summary>
internal static class Tables
{
    private const int WideEnough = 240;

    /// <summary>A console on a writer. What is no terminal has no edge that lines would have to be broken at.</summary>
    public static IAnsiConsole Console(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (System.Console.IsOutputRedirected || !ReferenceEquals(output, System.Console.Out)) console.Profile.Width = WideEnough;
        return console;
    }
}
