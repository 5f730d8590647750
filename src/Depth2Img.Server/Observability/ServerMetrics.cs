using System.Diagnostics.Metrics;

namespace Depth2Img.Server.Observability;

/// <summary>What the server counts: instruments of .NET's own kind, which any collector reads, <see cref="PrometheusText"/> among them.</summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Depth2Img.Server";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _accepted, _finished, _refused, _redelivered;
    private readonly Histogram<double> _seconds;

    public ServerMetrics()
    {
        _accepted = _meter.CreateCounter<long>("depth2img.jobs.accepted", description: "Jobs that were accepted");
        _finished = _meter.CreateCounter<long>("depth2img.jobs.finished", description: "Jobs that came to an end, by state");
        _refused = _meter.CreateCounter<long>("depth2img.requests.refused", description: "Requests that were refused, by status");
        _redelivered = _meter.CreateCounter<long>("depth2img.queue.redelivered", description: "Jobs that a worker began after another try had failed");
        _seconds = _meter.CreateHistogram<double>("depth2img.job.seconds", unit: "s", description: "How long jobs ran",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800] });
    }

    /// <summary>A job was accepted.</summary>
    public void Accepted() => _accepted.Add(1);

    /// <summary>A job came to an end.</summary>
    /// <param name="state">"done", "failed" or "cancelled".</param>
    /// <param name="seconds">How long it ran; null if it never did.</param>
    public void Finished(string state, double? seconds)
    {
        _finished.Add(1, new KeyValuePair<string, object?>("state", state));
        if (seconds is { } ran) _seconds.Record(ran);
    }

    /// <summary>A request was refused.</summary>
    /// <param name="status">The HTTP status.</param>
    public void Refused(int status) => _refused.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <summary>A worker began a job that was begun before.</summary>
    public void Redelivered() => _redelivered.Add(1);

    /// <summary>Watches a number.</summary>
    public void Watch(string name, string description, Func<long> value) => _meter.CreateObservableGauge(name, value, description: description);

    public void Dispose() => _meter.Dispose();
}
