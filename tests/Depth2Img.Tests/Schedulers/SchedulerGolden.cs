using System.Text.Json;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Schedulers;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Schedulers;

/// <summary>The reference's runs of each scheduler, with a stand-in for the network.</summary>
internal static class SchedulerGolden
{
    /// <summary>The eta of the rows named ddim-eta, which is no part of the reference's configuration.</summary>
    private const double Eta = 0.7;

    private static readonly SafetensorsFile Tensors = SafetensorsFile.Open(Repository.Golden("schedulers.safetensors"));

    public static IReadOnlyDictionary<string, Row> Rows { get; } = ReadRows().ToDictionary(r => r.Key);

    public static float[] Original { get; } = Tensors["x0"].ToFloats();

    public static float[] Noise { get; } = Tensors["noise"].ToFloats();

    /// <summary>The stand-in network: smooth, not linear, and different at each timestep.</summary>
    public static void Predict(ReadOnlySpan<float> input, double timestep, Span<float> output)
    {
        for (int i = 0; i < input.Length; i++)
            output[i] = 0.6f * MathF.Tanh(input[i]) + 0.3f * MathF.Sin(3 * input[i] + (float)timestep / 200);
    }

    private static IEnumerable<Row> ReadRows()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Repository.Golden("schedulers.json")));
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            string key = element.GetProperty("key").GetString()!;
            yield return element.TryGetProperty("error", out _) ? new Row(key, null) : new Row(key, element.Clone());
        }
    }

    /// <summary>A run; of one that the reference fails at, the key alone.</summary>
    internal sealed record Row(string Key, JsonElement? Settings)
    {
        public string Setting => Key[..Key.IndexOf('.', StringComparison.Ordinal)];

        public int Steps => int.Parse(Key.Split('.')[2], System.Globalization.CultureInfo.InvariantCulture);

        public double Strength => Settings!.Value.GetProperty("strength").GetDouble();

        public int Order => Settings!.Value.GetProperty("order").GetInt32();

        public int StepsRun => Settings!.Value.GetProperty("steps_run").GetInt32();

        public float[] Trajectory => Tensors[Key + ".trajectory"].ToFloats();

        public double[] Timesteps => Doubles("timesteps");

        /// <summary>Empty for schedulers that have none.</summary>
        public double[] Sigmas => Tensors.Contains(Key + ".sigmas") ? Doubles("sigmas") : [];

        public SchedulerOptions Options()
        {
            Dictionary<string, object?> json = new()
            {
                ["_class_name"] = Settings!.Value.GetProperty("scheduler").GetString(),
                ["prediction_type"] = Settings!.Value.GetProperty("prediction").GetString(),
            };
            foreach (JsonProperty option in Settings!.Value.GetProperty("config").EnumerateObject()) json[option.Name] = option.Value;
            SchedulerOptions options = SchedulerFactory.CreateOptions(SchedulerConfig.Parse(JsonSerializer.Serialize(json), Key));
            return Setting == "ddim-eta" ? (DdimOptions)options with { Eta = Eta } : options;
        }

        private double[] Doubles(string name)
        {
            WeightTensor tensor = Tensors[$"{Key}.{name}"];
            double[] values = new double[tensor.Count];
            for (int i = 0; i < values.Length; i++) values[i] = BitConverter.ToDouble(tensor.Data.Span[(8 * i)..]);
            return values;
        }
    }
}
