using Depth2Img.Compute.Cpu;

namespace Depth2Img.Compute.Tests.Cpu;

public unsafe class ScratchPoolTests
{
    [Fact]
    public void Leases_at_the_same_time_do_not_share_memory_however_many_there_are()
    {
        using ScratchPool pool = new(2);
        using ScratchPool.Lease a = pool.Rent(100), b = pool.Rent(1000), c = pool.Rent(10);
        new Span<float>(a.Data, 100).Fill(1);
        new Span<float>(b.Data, 1000).Fill(2);
        new Span<float>(c.Data, 10).Fill(3);
        Assert.Equal((1, 2, 3), (a.Data[99], b.Data[0], c.Data[9]));
    }

    [Fact]
    public void A_buffer_that_was_given_back_is_used_again()
    {
        using ScratchPool pool = new(1);
        pool.Rent(1000).Dispose();
        float* first;
        using (ScratchPool.Lease lease = pool.Rent(500)) first = lease.Data;
        using ScratchPool.Lease again = pool.Rent(1000);
        Assert.True(first == again.Data);
    }

    [Fact]
    public void Threads_never_hold_the_same_buffer()
    {
        using ScratchPool pool = new(3);
        using WorkerPool threads = new(4);
        int spoilt = 0;
        threads.Run(20_000, task =>
        {
            using ScratchPool.Lease lease = pool.Rent(1 + task % 300);
            *lease.Data = task;
            Thread.SpinWait(20);
            if (*lease.Data != task) Interlocked.Increment(ref spoilt);
        });
        Assert.Equal(0, spoilt);
    }

    [Fact]
    public void A_disposed_pool_refuses_leases_and_takes_back_those_that_are_out()
    {
        ScratchPool pool = new(1);
        ScratchPool.Lease lease = pool.Rent(10);
        pool.Dispose();
        pool.Dispose();
        *lease.Data = 1;
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Rent(10).Dispose());
    }
}
