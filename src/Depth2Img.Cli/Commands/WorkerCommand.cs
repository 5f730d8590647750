using System.CommandLine;
using Depth2Img.Checkpoints;
using Depth2Img.Server.Queue;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img worker</c>: does the jobs of a server with a queue.</summary>
internal static class WorkerCommand
{
    public static Command Create(TextWriter output)
    {
        Option<string?> queue = QueueOptions.Queue("The message broker (RabbitMQ) to take jobs from:");
        Option<string> type = QueueOptions.Type();
        Option<string[]> models = new("--model", "-m") { Description = $"{CommonOptions.ModelDescription} May be given several times: jobs for any of them are taken, and models are changed as jobs need it.", HelpName = "MODEL" };
        Option<string?> results = QueueOptions.Results();
        Option<string?> cpu = CommonOptions.Cpu();
        Option<string> precision = CommonOptions.Precision();
        Command command = new("worker", "Take jobs from a message broker, where 'serve --queue' puts them, and do them; as many workers on as many machines as there are.") { queue, type, models, results, cpu, precision };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            WorkerOptions options = new()
            {
                Queue = QueueOptions.Address(arguments, queue)
                    ?? throw new Depth2ImgException($"No broker is named; --queue, or {QueueAddress.Variable} in the environment, is expected: amqp://USER:PASSWORD@HOST:PORT/VHOST."),
                QueueType = QueueOptions.TypeOf(arguments, type),
                Models = arguments.GetValue(models) is { Length: > 0 } named ? named : [EmbeddedModels.DemoName],
                SharedFolder = arguments.GetValue(results),
                Cpu = arguments.GetValue(cpu),
                Float32 = arguments.GetValue(precision) == "float32",
            };
            await WorkerHost.RunAsync(options, (address, served) => output.WriteLine($"{address}: taking jobs for {string.Join(", ", served)}"), cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }
}
