using System.Runtime.CompilerServices;

namespace Depth2Img.Server.Events;

/// <summary>
/// What happened to a job, for any number of listeners, late ones included. Of previews only the last is kept, and of all
/// others as many as <see cref="Kept"/>.
/// </summary>
/// <param name="firstId">The first event's number.</param>
internal sealed class JobEvents(long firstId)
{
    /// <summary>How many events are kept for listeners that come back.</summary>
    public const int Kept = 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<JobEvent> _events = [];
    private TaskCompletionSource _next = New();
    private long _id = firstId;

    /// <summary>Adds an event and wakes the listeners.</summary>
    public void Add(string type, string data)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            if (_events.Last is { } last && JobEventTypes.IsLast(last.Value.Type)) return;
            if (type == JobEventTypes.Preview) RemovePreview();
            _events.AddLast(new JobEvent(_id++, type, data));
            if (_events.Count > Kept) _events.RemoveFirst();
            waiting = _next;
            _next = New();
        }
        waiting.SetResult();
    }

    /// <summary>The events after a number, those that are yet to come too, until the job's life is over.</summary>
    /// <param name="after">The last event that the listener has seen; null for none.</param>
    /// <param name="cancellationToken">Ends the listening.</param>
    public async IAsyncEnumerable<JobEvent> ListenAsync(long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long seen;
        lock (_lock) seen = after is { } known && known < _id ? known : -1;
        while (true)
        {
            JobEvent[] missed;
            Task next;
            lock (_lock)
            {
                missed = [.. _events.Where(e => e.Id > seen)];
                next = _next.Task;
                // A listener that has seen the end must not wait for more.
                if (missed.Length == 0 && _events.Last is { } last && JobEventTypes.IsLast(last.Value.Type)) yield break;
            }
            foreach (JobEvent happened in missed)
            {
                yield return happened;
                if (JobEventTypes.IsLast(happened.Type)) yield break;
                seen = happened.Id;
            }
            if (missed.Length == 0) await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void RemovePreview()
    {
        for (LinkedListNode<JobEvent>? node = _events.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Type != JobEventTypes.Preview) continue;
            _events.Remove(node);
            return;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
