using System.CommandLine;
using Depth2Img.Checkpoints;
using Depth2Img.Server;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img serve</c>: the HTTP server. Its options are <see cref="ServerSettings"/>, which the environment and a file have too.</summary>
internal static class ServeCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "serve";

    public static Command Create(TextWriter output)
    {
        Command command = new(Name, "Answer over HTTP: jobs, depth maps, and the APIs that other programs speak. Every option can also be a variable of the environment (--port: DEPTH2IMG_PORT; lists by commas) or in a file.");
        Option<string?> config = new("--config") { Description = $"A JSON file with settings in its section \"{ServerSettings.Section}\". None is read that is not named here or in {ServerSettings.FileVariable}.", HelpName = "FILE" };
        command.Add(config);
        List<(ServerSetting Setting, Option<string[]> Option)> settings = [.. ServerSettings.All.Select(setting => (setting, OptionOf(setting)))];
        foreach ((_, Option<string[]> option) in settings) command.Add(option);
        command.SetAction(async (arguments, cancellationToken) =>
        {
            Dictionary<string, IReadOnlyList<string>> given = [];
            foreach ((ServerSetting setting, Option<string[]> option) in settings)
            {
                if (arguments.GetResult(option) is { Implicit: false }) given[setting.Option] = setting.IsSwitch ? ["true"] : arguments.GetValue(option) ?? [];
            }
            ServerOptions options = CommonOptions.Checked(() => Complete(ServerSettings.Load(arguments.GetValue(config), Environment.GetEnvironmentVariable, given)));
            WebApplication server = ServerHost.Build(options);
            await using (server.ConfigureAwait(false))
            {
                await server.StartAsync(cancellationToken).ConfigureAwait(false);
                foreach (string address in server.Urls) await output.WriteLineAsync(address + options.PathBase).ConfigureAwait(false);
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                await server.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            }
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<string[]> OptionOf(ServerSetting setting)
    {
        Option<string[]> option = new(setting.Option, setting.Alias is null ? [] : [setting.Alias])
        {
            Description = setting.IsList ? $"{setting.Description} May be given several times." : setting.Description,
            HelpName = setting.IsSwitch ? null : setting.HelpName,
            Arity = setting.IsSwitch ? ArgumentArity.Zero : ArgumentArity.OneOrMore,
        };
        if (setting.Words.Count > 0) option.CompletionSources.Add([.. setting.Words]);
        return option;
    }

    private static ServerOptions Complete(ServerOptions options)
    {
        if (options.Models.Count == 0) options.Models.Add(EmbeddedModels.DemoName);
        if (options.DataFolder.Length == 0) options.DataFolder = DefaultDataFolder();
        options.Validate();
        return options;
    }

    private static string DefaultDataFolder() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "depth2img", "server");
}
