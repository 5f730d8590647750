using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Depth2Img.Compute.Cpu;

/// <summary>
/// Threads of the project's own for kernels: the caller and <see cref="Threads"/> - 1 background threads take
/// numbered tasks from a shared counter. Between regions a thread spins for some microseconds and then sleeps, so an
/// idle pool costs nothing. One region runs at a time, those of a single task included: callers on other threads queue,
/// so that several sessions share the cores instead of oversubscribing them. A region opened from inside a task runs on
/// that task's thread. Regions take nothing from the garbage collector's heap.
/// </summary>
public sealed unsafe class WorkerPool : IDisposable
{
    /// <summary>Long enough to bridge two kernels of one op, short enough to cost nothing when idle.</summary>
    private const double SpinMicroseconds = 30;

    private static readonly long SpinTicks = (long)(SpinMicroseconds * 1e-6 * Stopwatch.Frequency);
    private static readonly Lazy<WorkerPool> SharedPool = new(() => new WorkerPool(ProcessorQuota.Threads));

    [ThreadStatic]
    private static bool s_insideTask;

    private readonly Lock _region = new();
    private readonly object _finished = new();
    private readonly Worker[] _workers;
    private volatile bool _disposed;

    // The region in progress. Whoever claims one of its tasks finds the other fields valid until it reports the task as
    // finished: the region cannot end before.
    private void* _task;
    private delegate*<void*, int, void> _invoke;
    private int _count;
    private int _unclaimed;
    private int _unfinished;
    private ExceptionDispatchInfo? _error;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many work on a region, the caller included; at least 1.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++) _workers[i] = new Worker(this, i + 1);
    }

    /// <summary>The pool of the process: as many threads as processors that it may keep busy (affinity and quota count).</summary>
    public static WorkerPool Shared => SharedPool.Value;

    /// <summary>How many threads work on a region, the caller included.</summary>
    public int Threads { get; }

    /// <summary>How many of the background threads sleep: all of them, when nothing was to do for a while.</summary>
    internal int Sleeping => _workers.Count(worker => worker.IsAsleep);

    /// <summary>
    /// Calls <paramref name="body"/> with 0 .. <paramref name="count"/> - 1, in no order, and returns when all are
    /// done. What one computes must not depend on which thread runs it.
    /// </summary>
    /// <param name="count">How many tasks; 0 does nothing.</param>
    /// <param name="body">One task. The first exception that one throws stops those not yet begun and is rethrown here.</param>
    public void Run(int count, Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Run(count, new DelegateTask(body));
    }

    /// <summary>The same with a struct, which stays on the caller's stack.</summary>
    internal void Run<TTask>(int count, TTask task) where TTask : struct, IParallelTask
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (count <= 0) return;
        if (s_insideTask)
        {
            for (int i = 0; i < count; i++) task.Run(i);
            return;
        }

        ExceptionDispatchInfo? error;
        lock (_region)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (count == 1 || _workers.Length == 0)
            {
                for (int i = 0; i < count; i++) task.Run(i);
                return;
            }

            // A parameter does not move, and it is there until this method returns.
            _task = Unsafe.AsPointer(ref task);
            _invoke = &Invoke<TTask>;
            _count = count;
            _unfinished = count;
            Volatile.Write(ref _unclaimed, count);
            int helpers = Math.Min(count - 1, _workers.Length);
            for (int i = 0; i < helpers; i++) _workers[i].Wake();
            Work();
            WaitUntilFinished();
            error = _error;
            _error = null;
        }
        error?.Throw();
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

    private static void Invoke<TTask>(void* task, int index) where TTask : struct, IParallelTask => Unsafe.AsRef<TTask>(task).Run(index);

    /// <summary>Claims and does tasks until there are none left.</summary>
    private void Work()
    {
        s_insideTask = true;
        int finished = 0;
        while (HasTasks)
        {
            // Threads that come late count on below zero, which the next region overwrites.
            int left = Interlocked.Decrement(ref _unclaimed);
            if (left < 0) break;
            finished++;
            if (Volatile.Read(ref _error) is not null) continue;
            try
            {
                _invoke(_task, _count - 1 - left);
            }
            catch (Exception e)
            {
                // Whatever a task throws belongs to the caller of the region.
                Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
            }
        }
        s_insideTask = false;
        if (finished > 0 && Interlocked.Add(ref _unfinished, -finished) == 0)
        {
            lock (_finished) Monitor.PulseAll(_finished);
        }
    }

    private bool HasTasks => Volatile.Read(ref _unclaimed) > 0;

    private void WaitUntilFinished()
    {
        long deadline = Stopwatch.GetTimestamp() + SpinTicks;
        while (Volatile.Read(ref _unfinished) != 0)
        {
            if (Stopwatch.GetTimestamp() < deadline)
            {
                Thread.SpinWait(16);
                continue;
            }
            lock (_finished)
            {
                while (Volatile.Read(ref _unfinished) != 0) Monitor.Wait(_finished);
            }
        }
    }

    private readonly struct DelegateTask(Action<int> body) : IParallelTask
    {
        public void Run(int index) => body(index);
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

        public bool IsAsleep => Volatile.Read(ref _state) == Asleep;

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
                if (FindTasks())
                {
                    _pool.Work();
                    continue;
                }

                // Announce the sleep, then look again: work that came in between is either seen here, or its
                // caller has seen the announcement and releases the semaphore.
                Interlocked.Exchange(ref _state, Asleep);
                bool nothingToDo = !_pool._disposed && !_pool.HasTasks;
                if (nothingToDo || Interlocked.CompareExchange(ref _state, Awake, Asleep) != Asleep) _wakeUp.Wait();
            }
        }

        private bool FindTasks()
        {
            long deadline = Stopwatch.GetTimestamp() + SpinTicks;
            do
            {
                if (_pool.HasTasks) return true;
                Thread.SpinWait(16);
            }
            while (!_pool._disposed && Stopwatch.GetTimestamp() < deadline);
            return false;
        }
    }
}
