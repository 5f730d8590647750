using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Depth2Img.Cli.Commands;
using Depth2Img.Cli.Output;
using Depth2Img.Server;

namespace Depth2Img.Cli;

/// <summary>The program: arguments in, one command run, an exit code out. Every failure becomes one line on standard error.</summary>
internal static class CommandLineApp
{
    /// <summary>How long a command may take to end once it is told to.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromSeconds(10);

    /// <summary>Runs the program.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Results: tables, JSON, help.</param>
    /// <param name="error">Progress, warnings and errors.</param>
    /// <param name="cancellationToken">Ends the work; Ctrl+C does too.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        RootCommand root = BuildRoot(output, error);
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            string command = CommandPath(parsed.CommandResult);
            await error.WriteLineAsync($"error: {parsed.Errors[0].Message} See '{command} --help'.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }
        InvocationConfiguration configuration = new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // A server answers what it is at before it ends.
            ProcessTerminationTimeout = parsed.CommandResult.Command.Name == ServeCommand.Name ? ServerHost.ShutdownTimeout + Ending : Ending,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The outermost frame: whatever happened must become a line and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            bool json = parsed.CommandResult.Command.Options.OfType<Option<bool>>().FirstOrDefault(o => o.Name == CommonOptions.JsonName) is { } option
                && parsed.GetValue(option);
            return Report(e, json, output, error);
        }
    }

    private static RootCommand BuildRoot(TextWriter output, TextWriter error)
    {
        RootCommand root = new("Depth-to-image: makes a new picture from a prompt that keeps the composition of a picture, by its depth.")
        {
            GenerateCommand.Create(output, error),
            StylizeCommand.Create(output, error),
            StylesCommand.Create(output, error),
            LayersCommand.Create(output, error),
            InpaintCommand.Create(output, error),
            BatchCommand.Create(output, error),
            DepthCommand.Create(output, error),
            InfoCommand.Create(output),
            ModelsCommand.Create(output, error),
            CompareCommand.Create(output, error),
            CompositionCommand.Create(output, error),
            ServeCommand.Create(output),
            WorkerCommand.Create(output),
            BenchCommand.Create(output, error),
            CompletionCommand.Create(output),
        };
        // Without a command: what there is.
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }

    private static int Report(Exception exception, bool json, TextWriter output, TextWriter error)
    {
        (int code, string message) = Failure.Of(exception);
        if (json) JsonReport.WriteError(output, message, code);
        Messages.Write(error, $"error: {message}");
        return code;
    }

    private static string CommandPath(CommandResult result)
    {
        List<string> names = [];
        for (SymbolResult? r = result; r is CommandResult command; r = r.Parent)
            names.Insert(0, command.Command is RootCommand ? "depth2img" : command.Command.Name);
        return string.Join(' ', names);
    }
}
