using System.CommandLine;
using Depth2Img.Checkpoints;
using Depth2Img.Server;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img serve</c>: the HTTP server.</summary>
internal static class ServeCommand
{
    public static Command Create(TextWriter output)
    {
        Option<string> host = new("--host") { Description = "The address to listen on. Any but this machine's own needs a key.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        Option<int?> port = CommonOptions.Whole("--port", "The port. Default: 7860; 0 takes a free one.", "N");
        Option<string?> data = new("--data") { Description = "Where jobs and pictures are kept. Default: depth2img in the user's data folder.", HelpName = "FOLDER" };
        Option<string[]> models = new("--model", "-m") { Description = $"{CommonOptions.ModelDescription} May be given several times; the first is the default.", HelpName = "MODEL" };
        Option<string[]> keys = new("--key") { Description = "A key that clients must show; may be given several times. Better in the environment: DEPTH2IMG_KEYS, by commas.", HelpName = "KEY" };
        Option<bool> noAuth = new("--no-auth") { Description = "Let everybody in who reaches the address." };
        Option<string?> cpu = CommonOptions.Cpu();
        Option<string> precision = CommonOptions.Precision();
        Command command = new("serve", "Answer over HTTP: jobs, depth maps, and the APIs that other programs speak.") { host, port, data, models, keys, noAuth, cpu, precision };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            ServerOptions options = new()
            {
                Host = arguments.GetValue(host)!,
                Port = arguments.GetValue(port) ?? 7860,
                DataFolder = arguments.GetValue(data) ?? DefaultDataFolder(),
                NoAuthentication = arguments.GetValue(noAuth),
                Cpu = arguments.GetValue(cpu),
                Float32 = arguments.GetValue(precision) == "float32",
            };
            foreach (string model in arguments.GetValue(models) is { Length: > 0 } named ? named : [EmbeddedModels.DemoName]) options.Models.Add(model);
            string[] fromEnvironment = Environment.GetEnvironmentVariable("DEPTH2IMG_KEYS")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
            foreach (string key in (arguments.GetValue(keys) ?? []).Concat(fromEnvironment)) options.Keys.Add(key);
            WebApplication server = ServerHost.Build(options);
            await using (server.ConfigureAwait(false))
            {
                await server.StartAsync(cancellationToken).ConfigureAwait(false);
                foreach (string address in server.Urls) await output.WriteLineAsync(address).ConfigureAwait(false);
                await server.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            }
            return ExitCodes.Success;
        });
        return command;
    }

    private static string DefaultDataFolder() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "depth2img", "server");
}
