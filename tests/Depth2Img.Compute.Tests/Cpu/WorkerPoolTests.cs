using Depth2Img.Compute.Cpu;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>Some of these tests measure the whole process, so no others run beside them.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public class WorkerPoolTests
{
    private const string Name = "Worker pool";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_task_runs_once(int threads)
    {
        using WorkerPool pool = new(threads);
        foreach (int count in new[] { 0, 1, 2, 3, 100, 10_000 })
        {
            int[] runs = new int[count];
            pool.Run(count, task => Interlocked.Increment(ref runs[task]));
            Assert.All(runs, n => Assert.Equal(1, n));
        }
    }

    [Fact]
    public void A_region_ends_only_after_its_last_task()
    {
        using WorkerPool pool = new(4);
        for (int round = 0; round < 2000; round++)
        {
            int[] values = new int[7];
            pool.Run(values.Length, task => { Thread.SpinWait(task * 20); values[task] = round + 1; });
            Assert.All(values, value => Assert.Equal(round + 1, value));
        }
    }

    [Fact]
    public void Threads_that_have_gone_to_sleep_wake_up_again()
    {
        using WorkerPool pool = new(3);
        for (int round = 0; round < 20; round++)
        {
            Thread.Sleep(5);
            using Barrier together = new(3);
            // No task ends before three threads have begun one.
            pool.Run(3, _ => together.SignalAndWait());
        }
    }

    [Fact]
    public void An_exception_in_a_task_reaches_the_caller_and_the_pool_works_on()
    {
        using WorkerPool pool = new(3);
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() =>
            pool.Run(50, task => { if (task == 17) throw new InvalidOperationException("task 17"); }));
        Assert.Equal("task 17", e.Message);
        int done = 0;
        pool.Run(50, _ => Interlocked.Increment(ref done));
        Assert.Equal(50, done);
    }

    [Fact]
    public void An_exception_stops_tasks_that_have_not_begun()
    {
        using WorkerPool pool = new(2);
        int begun = 0;
        Assert.Throws<InvalidOperationException>(() => pool.Run(1_000_000, _ =>
        {
            Interlocked.Increment(ref begun);
            throw new InvalidOperationException();
        }));
        Assert.InRange(begun, 1, pool.Threads);
    }

    [Fact]
    public void A_region_inside_a_task_runs_on_the_tasks_thread()
    {
        using WorkerPool pool = new(3);
        int inner = 0;
        pool.Run(6, _ =>
        {
            int thread = Environment.CurrentManagedThreadId;
            pool.Run(10, _ =>
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                Interlocked.Increment(ref inner);
            });
        });
        Assert.Equal(60, inner);
    }

    [Fact]
    public void A_region_after_one_that_failed_inside_a_task_still_uses_all_threads()
    {
        using WorkerPool pool = new(2);
        Assert.Throws<InvalidOperationException>(() => pool.Run(2, _ => pool.Run(3, _ => throw new InvalidOperationException())));
        using Barrier together = new(2);
        pool.Run(2, _ => together.SignalAndWait());
    }

    [Fact]
    public void Callers_on_several_threads_share_the_pool_one_region_at_a_time()
    {
        using WorkerPool pool = new(2);
        int[] sums = new int[8];
        int working = 0, most = 0;
        Thread[] callers = [.. Enumerable.Range(0, sums.Length).Select(caller => new Thread(() =>
        {
            for (int round = 0; round < 50; round++)
            {
                pool.Run(10, _ =>
                {
                    int now = Interlocked.Increment(ref working);
                    InterlockedMax(ref most, now);
                    Thread.SpinWait(50);
                    Interlocked.Increment(ref sums[caller]);
                    Interlocked.Decrement(ref working);
                });
            }
        }))];
        foreach (Thread caller in callers) caller.Start();
        foreach (Thread caller in callers) caller.Join();
        Assert.All(sums, sum => Assert.Equal(500, sum));
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public void Requests_side_by_side_never_run_more_tasks_at_once_than_there_are_threads()
    {
        // Regions of one task count too: the light ops of one request beside a large one of the other.
        using WorkerPool pool = new(2);
        int working = 0, most = 0, done = 0;
        Thread[] requests = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int round = 0; round < 200; round++)
            {
                pool.Run(1 + round % 3, _ =>
                {
                    InterlockedMax(ref most, Interlocked.Increment(ref working));
                    Thread.SpinWait(50);
                    Interlocked.Increment(ref done);
                    Interlocked.Decrement(ref working);
                });
            }
        }))];
        foreach (Thread request in requests) request.Start();
        foreach (Thread request in requests) request.Join();
        Assert.Equal(4 * Enumerable.Range(0, 200).Sum(round => 1 + round % 3), done);
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public void Regions_allocate_nothing()
    {
        using WorkerPool pool = new(3);
        long[] sums = new long[3];
        Repeat(100);
        // The least of several tries: the test runner's own threads may allocate meanwhile.
        long least = Enumerable.Range(0, 20).Min(_ =>
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Repeat(100);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        Assert.Equal(0, least);
        Assert.Equal(2100 * 3, sums.Sum());

        void Repeat(int regions)
        {
            for (int i = 0; i < regions; i++) pool.Run(3, new CountingTask(sums));
        }
    }

    [Fact]
    public void Threads_without_work_sleep_and_stay_asleep()
    {
        using WorkerPool pool = new(8);
        for (int round = 0; round < 3; round++)
        {
            pool.Run(8, _ => Thread.SpinWait(1000));
            // However long a busy machine takes to let them: they spin for microseconds, and nothing wakes them after that.
            Assert.True(SpinWait.SpinUntil(() => pool.Sleeping == 7, TimeSpan.FromMinutes(1)), $"{7 - pool.Sleeping} of 7 threads are awake");
            Thread.Sleep(20);
            Assert.Equal(7, pool.Sleeping);
        }
    }

    [Fact]
    public void No_more_threads_wake_than_there_are_tasks()
    {
        using WorkerPool pool = new(8);
        Assert.True(SpinWait.SpinUntil(() => pool.Sleeping == 7, TimeSpan.FromMinutes(1)));
        int sleeping = 0;
        pool.Run(2, _ => Volatile.Write(ref sleeping, pool.Sleeping));
        Assert.InRange(sleeping, 6, 7);
    }

    [Fact]
    public void A_disposed_pool_refuses_work_and_may_be_disposed_again()
    {
        WorkerPool pool = new(3);
        pool.Run(3, _ => { });
        pool.Dispose();
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Run(1, _ => { }));
    }

    [Fact]
    public void Fewer_threads_than_one_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));

    [Fact]
    public void The_shared_pool_has_a_thread_for_each_processor_of_the_processs_quota()
    {
        Assert.Equal(ProcessorQuota.Threads, WorkerPool.Shared.Threads);
        Assert.InRange(WorkerPool.Shared.Threads, 1, Environment.ProcessorCount);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen;)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    private readonly struct CountingTask(long[] sums) : IParallelTask
    {
        public void Run(int index) => sums[index]++;
    }
}
