using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Depth2Img.Compute.Cpu;

/// <summary>
/// Threads of the project's own for kernels: the caller and <see cref="Threads"/> - 1 background threads take
/// numbered tasks from a shared counter. Between regions a thread spins for some microseconds and then sleeps, so an
/// idle pool costs nothing. One region runs at a time: callers on other threads queue, so that several sessions
/// share the cores instead of oversubscribing them. A region opened from inside a task runs on that task's thread.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    /// <summary>Long enough to bridge two kernels of one op, short enough to cost nothing when idle.</summary>
    private const double SpinMicroseconds = 30;

    private static readonly long SpinTicks = (long)(SpinMicroseconds * 1e-6 * Stopwatch.Frequency);
    private static readonly Lazy<WorkerPool> SharedPool = new(() => new WorkerPool(Environment.ProcessorCount));

    [ThreadStatic]
    private static bool s_insideTask;

    private readonly Lock _region = new();
    private readonly Worker[] _workers;
    private Job? _job;
    private volatile bool _disposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many work on a region, the caller included; at least 1.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++) _workers[i] = new Worker(this, i + 1);
    }

    /// <summary>The pool of the process: as many threads as processors that it may use (affinity and quota count).</summary>
    public static WorkerPool Shared => SharedPool.Value;

    /// <summary>How many threads work on a region, the caller included.</summary>
    public int Threads { get; }

    /// <summary>
    /// Calls <paramref name="body"/> with 0 .. <paramref name="count"/> - 1, in no order, and returns when all are
    /// done. What one computes must not depend on which thread runs it.
    /// </summary>
    /// <param name="count">How many tasks; 0 does nothing.</param>
    /// <param name="body">One task. The first exception that one throws stops those not yet begun and is rethrown here.</param>
    public void Run(int count, Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (count <= 0) return;
        if (count == 1 || _workers.Length == 0 || s_insideTask)
        {
            for (int i = 0; i < count; i++) body(i);
            return;
        }

        Job job = new(body, count);
        lock (_region)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Volatile.Write(ref _job, job);
            int helpers = Math.Min(count - 1, _workers.Length);
            for (int i = 0; i < helpers; i++) _workers[i].Wake();
            job.Work();
            job.WaitUntilDone();
            Volatile.Write(ref _job, null);
        }
        job.Error?.Throw();
    }

    /// <summary>Ends the threads, once the region in progress is over.</summary>
    public void Dispose()
    {
        lock (_region)
        {
            if (_disposed) return;
            _disposed = true;
            foreach (Worker worker in _workers) worker.Wake();
        }
        foreach (Worker worker in _workers) worker.Dispose();
    }

    /// <summary>One region. A thread that comes late finds no task left and touches nothing else.</summary>
    private sealed class Job
    {
        private readonly Action<int> _body;
        private readonly int _count;
        private int _next;
        private int _remaining;
        private bool _done;
        private ExceptionDispatchInfo? _error;

        public Job(Action<int> body, int count)
        {
            _body = body;
            _count = count;
            _remaining = count;
        }

        public ExceptionDispatchInfo? Error => _error;

        public bool HasTasks => Volatile.Read(ref _next) < _count;

        public void Work()
        {
            s_insideTask = true;
            int finished = 0;
            for (int task; (task = Interlocked.Increment(ref _next) - 1) < _count; finished++)
            {
                if (Volatile.Read(ref _error) is not null) continue;
                try
                {
                    _body(task);
                }
                catch (Exception e)
                {
                    // Whatever a task throws belongs to the caller of the region.
                    Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
                }
            }
            s_insideTask = false;
            if (finished > 0 && Interlocked.Add(ref _remaining, -finished) == 0)
            {
                lock (this)
                {
                    Volatile.Write(ref _done, true);
                    Monitor.PulseAll(this);
                }
            }
        }

        public void WaitUntilDone()
        {
            long deadline = Stopwatch.GetTimestamp() + SpinTicks;
            while (!Volatile.Read(ref _done))
            {
                if (Stopwatch.GetTimestamp() < deadline)
                {
                    Thread.SpinWait(16);
                    continue;
                }
                lock (this)
                {
                    while (!_done) Monitor.Wait(this);
                }
            }
        }
    }

    private sealed class Worker : IDisposable
    {
        private const int Awake = 0;
        private const int Asleep = 1;

        private readonly WorkerPool _pool;
        private readonly SemaphoreSlim _wakeUp = new(0);
        private readonly Thread _thread;
        private int _state;

        public Worker(WorkerPool pool, int number)
        {
            _pool = pool;
            _thread = new Thread(Loop) { IsBackground = true, Name = $"depth2img worker {number}" };
            _thread.Start();
        }

        public void Wake()
        {
            if (Interlocked.Exchange(ref _state, Awake) == Asleep) _wakeUp.Release();
        }

        public void Dispose()
        {
            _thread.Join();
            _wakeUp.Dispose();
        }

        private void Loop()
        {
            while (!_pool._disposed)
            {
                if (FindJob() is Job job)
                {
                    job.Work();
                    continue;
                }

                // Announce the sleep, then look again: work that came in between is either seen here, or its
                // caller has seen the announcement and releases the semaphore.
                Interlocked.Exchange(ref _state, Asleep);
                bool nothingToDo = !_pool._disposed && CurrentJob() is null;
                if (nothingToDo || Interlocked.CompareExchange(ref _state, Awake, Asleep) != Asleep) _wakeUp.Wait();
            }
        }

        private Job? FindJob()
        {
            long deadline = Stopwatch.GetTimestamp() + SpinTicks;
            do
            {
                if (CurrentJob() is Job job) return job;
                Thread.SpinWait(16);
            }
            while (!_pool._disposed && Stopwatch.GetTimestamp() < deadline);
            return null;
        }

        private Job? CurrentJob() => Volatile.Read(ref _pool._job) is Job job && job.HasTasks ? job : null;
    }
}
