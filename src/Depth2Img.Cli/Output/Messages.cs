using Spectre.Console;

namespace Depth2Img.Cli.Output;

/// <summary>Sentences for a person on standard error: broken between words where that is a terminal, one line each elsewhere.</summary>
internal static class Messages
{
    public static void Write(TextWriter error, string message)
    {
        if (Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error))
        {
            error.WriteLine(message);
            return;
        }
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        console.Write(new Text(message));
        console.WriteLine();
    }

    public static void Warn(TextWriter error, string message) => Write(error, $"warning: {message}");
}
