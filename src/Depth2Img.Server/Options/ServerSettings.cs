using Depth2Img.Compute.Cpu;
using Depth2Img.Server.Queue;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Options;

/// <summary>
/// All settings of the server. Each can be given on the command line, in the environment and in a file; the command line goes
/// before the environment, and that before the file. A list is replaced as a whole.
/// </summary>
public static class ServerSettings
{
    /// <summary>The section of a settings file.</summary>
    public const string Section = "Depth2Img";

    /// <summary>The variable that names a settings file, as --config does.</summary>
    public const string FileVariable = "DEPTH2IMG_CONFIG";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ServerSetting> All { get; } =
    [
        new("Host", "--host", "DEPTH2IMG_HOST", "ADDRESS", "The address to listen on. Any but this machine's own needs a key. Default: 127.0.0.1.", (o, v) => o.Host = v.Text),
        new("Port", "--port", "DEPTH2IMG_PORT", "N", "The port; 0 takes a free one. Default: 7860.", (o, v) => o.Port = (int)v.Whole(0, 65535)),
        new("Data", "--data", "DEPTH2IMG_DATA", "FOLDER", "Where jobs and pictures are kept. Default: depth2img/server in the user's data folder.", (o, v) => o.DataFolder = v.Text),
        new("Models", "--model", "DEPTH2IMG_MODELS", "MODEL", "A model: a folder, the name of one that comes with the program, a short name, or owner/name once it was pulled. The first is the default. Default: demo.", (o, v) => Replace(o.Models, v.List)) { Alias = "-m", IsList = true },
        new("Keys", "--key", "DEPTH2IMG_KEYS", "KEY", "A key that clients must show. Better in the environment or a file, where other users of the machine do not see it.", (o, v) => Replace(o.Keys, v.List)) { IsList = true },
        new("NoAuth", "--no-auth", "DEPTH2IMG_NO_AUTH", "", "Let everybody in who reaches the address.", (o, v) => o.NoAuthentication = v.Truth()),
        new("HostNames", "--host-name", "DEPTH2IMG_HOST_NAMES", "NAME", "A name that the server is reached by; requests for other hosts are refused.", (o, v) => Replace(o.HostNames, v.List)) { IsList = true },
        new("PathBase", "--path-base", "DEPTH2IMG_PATH_BASE", "PATH", "The path that a reverse proxy serves this under, such as /depth.", (o, v) => o.PathBase = v.Text.TrimEnd('/')),
        new("Proxies", "--proxy", "DEPTH2IMG_PROXIES", "ADDRESS", "A reverse proxy, or a network of them (10.0.0.0/24), whose X-Forwarded headers are believed.", (o, v) => Replace(o.Proxies, v.List)) { IsList = true },
        new("CorsOrigins", "--cors-origin", "DEPTH2IMG_CORS_ORIGINS", "ORIGIN", "A site whose pages may use this server, such as https://app.example.", (o, v) => Replace(o.CorsOrigins, v.List)) { IsList = true },
        new("Queue", "--queue", QueueAddress.Variable, "ADDRESS", "Have workers do the jobs ('depth2img worker'), over this message broker (RabbitMQ): amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps:// for TLS. Better in the environment or a file, where other users of the machine do not see it.", (o, v) => o.Queue = QueueAddress.Parse(v.Text)),
        new("QueueType", "--queue-type", "DEPTH2IMG_QUEUE_TYPE", "quorum|classic", "RabbitMQ's queues; the same for the server and all workers. Default: quorum.", (o, v) => o.QueueType = Enum.Parse<QueueType>(v.Word(QueueTypes), ignoreCase: true)) { Words = QueueTypes },
        new("Results", "--results", "DEPTH2IMG_RESULTS", "FOLDER", "A folder that the server and all workers see: pictures go through it. Default: through the broker.", (o, v) => o.SharedFolder = v.Text),
        new("Keep", "--keep", "DEPTH2IMG_KEEP", "TIME,SIZE", "How long and how much of finished jobs is kept. Default: 7d,2GB.", ApplyKeep),
        new("TextToImageDepth", "--txt2img-depth", "DEPTH2IMG_TXT2IMG_DEPTH", "MAP", "The depth map for other programs' requests that bring neither a picture nor a map. Default: those are refused.", (o, v) => o.TextToImageDepth = v.Text),
        new("LogFormat", "--log-format", "DEPTH2IMG_LOG_FORMAT", "text|json", "How the log is written, on standard error. Default: text.", (o, v) => o.LogFormat = Enum.Parse<LogFormat>(v.Word(LogFormats), ignoreCase: true)) { Words = LogFormats },
        new("LogLevel", "--log-level", "DEPTH2IMG_LOG_LEVEL", "LEVEL", "What is logged: debug, information (every job's begin and end), warning or error, and what is graver. Default: warning.", (o, v) => o.LogLevel = Enum.Parse<LogLevel>(v.Word(LogLevels), ignoreCase: true)) { Words = LogLevels },
        new("Cpu", "--cpu", "DEPTH2IMG_CPU", "NAME", $"The kernels to run: {string.Join(", ", CpuBackends.Names)}. Default: the fastest.", (o, v) => o.Cpu = v.Text) { Words = CpuBackends.Names },
        new("Precision", "--precision", "DEPTH2IMG_PRECISION", "auto|float32", "auto takes 16-bit products where they are faster; float32 gives the same picture on every machine, but for rounding. Default: auto.", (o, v) => o.Float32 = v.Word(Precisions) == "float32") { Words = Precisions },
        new("Limits:Body", "--max-body", "DEPTH2IMG_MAX_BODY", "SIZE", "The largest body of a request. Default: 32MB.", (o, v) => o.Limits.BodyBytes = v.Bytes()),
        new("Limits:Bodies", "--max-bodies", "DEPTH2IMG_MAX_BODIES", "SIZE", "All bodies that are in hand at a time; one client may have half. Default: 256MB.", (o, v) => o.Limits.BodiesBytes = v.Bytes()),
        new("Limits:BodyTime", "--max-body-time", "DEPTH2IMG_MAX_BODY_TIME", "TIME", "The time in which a body must arrive. Default: 10m.", (o, v) => o.Limits.BodySeconds = v.Seconds()),
        new("Limits:Pixels", "--max-pixels", "DEPTH2IMG_MAX_PIXELS", "N", "Pixels of a picture. Default: 16000000.", (o, v) => o.Limits.Pixels = v.Whole(1, 1L << 30)),
        new("Limits:Side", "--max-side", "DEPTH2IMG_MAX_SIDE", "N", "Pixels of a picture's longer side. Default: 8192.", (o, v) => o.Limits.Side = (int)v.Whole(1, 65535)),
        new("Limits:WorkingPixels", "--max-working-pixels", "DEPTH2IMG_MAX_WORKING_PIXELS", "N", "Pixels of the size that is worked at. Default: 1048576.", (o, v) => o.Limits.WorkingPixels = v.Whole(1, 1L << 30)),
        new("Limits:Steps", "--max-steps", "DEPTH2IMG_MAX_STEPS", "N", "Denoising steps. Default: 150.", (o, v) => o.Limits.Steps = (int)v.Whole(1, 1000)),
        new("Limits:Count", "--max-count", "DEPTH2IMG_MAX_COUNT", "N", "Pictures of one job. Default: 16.", (o, v) => o.Limits.Count = (int)v.Whole(1, 1000)),
        new("Limits:Prompt", "--max-prompt", "DEPTH2IMG_MAX_PROMPT", "N", "Characters of a prompt. Default: 4000.", (o, v) => o.Limits.PromptCharacters = (int)v.Whole(1, 1_000_000)),
        new("Limits:JsonDepth", "--max-json-depth", "DEPTH2IMG_MAX_JSON_DEPTH", "N", "Levels of a JSON body. Default: 32.", (o, v) => o.Limits.JsonDepth = (int)v.Whole(1, 60)),
        new("Limits:Waiting", "--max-waiting", "DEPTH2IMG_MAX_WAITING", "N", "Jobs that wait, of all clients. Default: 64.", (o, v) => o.Limits.Waiting = (int)v.Whole(1, 100_000)),
        new("Limits:WaitingPerClient", "--max-waiting-per-client", "DEPTH2IMG_MAX_WAITING_PER_CLIENT", "N", "Jobs that wait, of one client. Default: 8.", (o, v) => o.Limits.WaitingPerClient = (int)v.Whole(1, 100_000)),
        new("Limits:Estimates", "--max-estimates", "DEPTH2IMG_MAX_ESTIMATES", "N", "Depth estimates that wait, of all clients. Default: 16.", (o, v) => o.Limits.WaitingEstimates = (int)v.Whole(1, 10_000)),
        new("Limits:EstimatesPerClient", "--max-estimates-per-client", "DEPTH2IMG_MAX_ESTIMATES_PER_CLIENT", "N", "Depth estimates that wait, of one client. Default: 4.", (o, v) => o.Limits.WaitingEstimatesPerClient = (int)v.Whole(1, 10_000)),
    ];

    private static IReadOnlyList<string> QueueTypes => ["quorum", "classic"];

    private static IReadOnlyList<string> LogFormats => ["text", "json"];

    private static IReadOnlyList<string> LogLevels => ["debug", "information", "warning", "error"];

    private static IReadOnlyList<string> Precisions => ["auto", "float32"];

    /// <summary>Puts the options together.</summary>
    /// <param name="file">The settings file; null for what the environment names, or none.</param>
    /// <param name="variable">Reads a variable of the environment; null where there is none.</param>
    /// <param name="commandLine">What the command line has, by the settings' options.</param>
    /// <exception cref="Depth2ImgException">A value cannot be; the message names the option, the variable, or the file and its key.</exception>
    public static ServerOptions Load(string? file, Func<string, string?> variable, IReadOnlyDictionary<string, IReadOnlyList<string>> commandLine)
    {
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentNullException.ThrowIfNull(commandLine);
        ServerOptions options = new();
        file ??= variable(FileVariable) is { Length: > 0 } named ? named : null;
        if (file is not null)
        {
            foreach ((ServerSetting setting, SettingValue value) in SettingsFile.Read(file)) setting.Apply(options, value);
        }
        foreach (ServerSetting setting in All)
        {
            if (variable(setting.Variable) is { Length: > 0 } text)
                setting.Apply(options, new SettingValue(setting.Variable, setting.IsList ? text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [text]));
        }
        foreach (ServerSetting setting in All)
        {
            if (commandLine.TryGetValue(setting.Option, out IReadOnlyList<string>? texts)) setting.Apply(options, new SettingValue(setting.Option, texts));
        }
        return options;
    }

    private static void ApplyKeep(ServerOptions options, SettingValue value)
    {
        (TimeSpan? time, long? bytes) = value.Keep();
        options.KeepFor = time ?? options.KeepFor;
        options.KeepBytes = bytes ?? options.KeepBytes;
    }

    private static void Replace(IList<string> list, IReadOnlyList<string> values)
    {
        list.Clear();
        foreach (string value in values) list.Add(value);
    }
}
