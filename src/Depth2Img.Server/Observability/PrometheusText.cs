using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Depth2Img.Server.Observability;

/// <summary>
/// The instruments of this program's meters in Prometheus' text format (version 0.0.4). Counts from the moment that it is
/// made.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    /// <summary>Begins to listen.</summary>
    /// <param name="prefix">Meters whose names begin so are listened to.</param>
    public PrometheusText(string prefix)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(prefix, StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The content type of <see cref="Write"/>.</summary>
    public static string ContentType => "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>All of them, now.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        StringBuilder text = new();
        lock (_lock)
        {
            foreach ((string name, Family family) in _families) family.Write(text, name);
        }
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            string name = NameOf(instrument);
            if (!_families.TryGetValue(name, out Family? family)) _families[name] = family = Family.Of(instrument);
            family.Record(LabelsOf(tags), value);
        }
    }

    /// <summary>depth2img.jobs.accepted -> depth2img_jobs_accepted_total.</summary>
    private static string NameOf(Instrument instrument)
    {
        string name = instrument.Name.Replace('.', '_');
        if (instrument.Unit is "s" && !name.EndsWith("_seconds", StringComparison.Ordinal)) name += "_seconds";
        if (instrument.Unit is "By") name += "_bytes";
        return instrument is Counter<long> or Counter<double> or Counter<int> ? name + "_total" : name;
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        StringBuilder labels = new();
        foreach ((string key, object? value) in tags)
        {
            string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            if (labels.Length > 0) labels.Append(',');
            labels.Append(key.Replace('.', '_')).Append("=\"").Append(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }
        return labels.ToString();
    }

    /// <summary>An instrument's values by labels.</summary>
    private abstract class Family(string type, string? description)
    {
        public static Family Of(Instrument instrument) => instrument switch
        {
            Histogram<double> histogram => new HistogramFamily(instrument.Description, histogram.Advice?.HistogramBucketBoundaries ?? [1, 10, 100]),
            Counter<long> or Counter<double> or Counter<int> => new ValueFamily("counter", instrument.Description, add: true),
            UpDownCounter<long> or UpDownCounter<int> => new ValueFamily("gauge", instrument.Description, add: true),
            _ => new ValueFamily("gauge", instrument.Description, add: false),
        };

        public abstract void Record(string labels, double value);

        public void Write(StringBuilder text, string name)
        {
            if (description is not null) text.Append("# HELP ").Append(name).Append(' ').Append(description).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            WriteValues(text, name);
        }

        protected abstract void WriteValues(StringBuilder text, string name);

        protected static void WriteLine(StringBuilder text, string name, string labels, double value)
        {
            text.Append(name);
            if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
            text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private sealed class ValueFamily(string type, string? description, bool add) : Family(type, description)
    {
        private readonly SortedDictionary<string, double> _values = new(StringComparer.Ordinal);

        public override void Record(string labels, double value) => _values[labels] = add ? _values.GetValueOrDefault(labels) + value : value;

        protected override void WriteValues(StringBuilder text, string name)
        {
            foreach ((string labels, double value) in _values) WriteLine(text, name, labels, value);
        }
    }

    private sealed class HistogramFamily(string? description, IReadOnlyList<double> bounds) : Family("histogram", description)
    {
        private readonly SortedDictionary<string, (long[] Counts, double Sum)> _values = new(StringComparer.Ordinal);

        public override void Record(string labels, double value)
        {
            (long[] counts, double sum) = _values.TryGetValue(labels, out (long[], double) known) ? known : (new long[bounds.Count + 1], 0);
            int bucket = 0;
            while (bucket < bounds.Count && value > bounds[bucket]) bucket++;
            counts[bucket]++;
            _values[labels] = (counts, sum + value);
        }

        protected override void WriteValues(StringBuilder text, string name)
        {
            foreach ((string labels, (long[] counts, double sum)) in _values)
            {
                string before = labels.Length > 0 ? labels + "," : "";
                long total = 0;
                for (int b = 0; b <= bounds.Count; b++)
                {
                    total += counts[b];
                    string bound = b < bounds.Count ? bounds[b].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                    WriteLine(text, name + "_bucket", $"{before}le=\"{bound}\"", total);
                }
                WriteLine(text, name + "_sum", labels, sum);
                WriteLine(text, name + "_count", labels, total);
            }
        }
    }
}
