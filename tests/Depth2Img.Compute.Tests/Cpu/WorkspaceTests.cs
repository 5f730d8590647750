using Depth2Img.Compute.Cpu;

namespace Depth2Img.Compute.Tests.Cpu;

public unsafe class WorkspaceTests
{
    [Fact]
    public void A_block_that_was_given_back_is_used_again_for_a_similar_size()
    {
        using Workspace workspace = new();
        WorkspaceBlock first = workspace.Rent(100_000);
        float* data = first.Data;
        first.Dispose();
        using WorkspaceBlock second = workspace.Rent(99_000);
        Assert.True(data == second.Data);
    }

    [Fact]
    public void Blocks_in_use_do_not_overlap_and_are_aligned()
    {
        using Workspace workspace = new();
        Random random = new(1);
        List<(WorkspaceBlock Block, int Count)> blocks = [];
        for (int i = 0; i < 300; i++)
        {
            int count = random.Next(1, random.Next(2) == 0 ? 100 : 2_000_000);
            WorkspaceBlock block = workspace.Rent(count);
            Assert.Equal(0, (long)block.Data % 64);
            new Span<float>(block.Data, count).Fill(i);
            block.Data[0] = block.Data[count - 1] = i;
            blocks.Add((block, i));
            if (blocks.Count < 20) continue;
            int gone = random.Next(blocks.Count);
            Assert.Equal(blocks[gone].Count, blocks[gone].Block.Data[0]);
            blocks[gone].Block.Dispose();
            blocks.RemoveAt(gone);
        }
        foreach ((WorkspaceBlock block, int mark) in blocks) Assert.Equal(mark, block.Data[0]);
    }

    [Fact]
    public void Memory_stays_within_a_quarter_and_a_fixed_slack_above_the_peak()
    {
        using Workspace workspace = new();
        Random random = new(2);
        for (int round = 0; round < 2000; round++)
        {
            using WorkspaceBlock a = workspace.Rent(random.Next(1, 4_000_000)), b = workspace.Rent(random.Next(1, 40_000));
            Assert.InRange(workspace.ReservedBytes, workspace.CurrentBytes, workspace.PeakBytes + workspace.PeakBytes / 4 + Workspace.Slack);
        }
        Assert.Equal(0, workspace.CurrentBytes);
    }

    [Fact]
    public void The_same_ops_over_and_over_take_no_more_memory()
    {
        using CpuBackend backend = new();
        using CpuOps ops = (CpuOps)backend.OpenSession();
        float[] values = new float[64 * 64 * 32];
        long reserved = 0;
        for (int round = 0; round < 100; round++)
        {
            using Tensor x = ops.Upload(values, new Shape(1, 64, 64, 32));
            using Tensor larger = ops.ResizeNearest(x, 128, 128);
            using Tensor smaller = ops.MaxPool2d(larger, 2, Window.Of(2, 0));
            using Tensor sum = ops.Add(x, smaller);
            using Tensor tokens = ops.Reshape(sum, new Shape(1, 64 * 64, 32));
            using Tensor joined = ops.ConcatChannels(tokens, tokens);
            if (round == 0) reserved = ops.Workspace.ReservedBytes;
            Assert.Equal(reserved, ops.Workspace.ReservedBytes);
        }
        Assert.Equal(0, ops.Workspace.CurrentBytes);
    }

    [Fact]
    public void A_reshaped_tensor_keeps_the_memory_until_both_are_disposed()
    {
        using CpuBackend backend = new();
        using CpuOps ops = (CpuOps)backend.OpenSession();
        Tensor x = ops.Upload([1, 2, 3, 4, 5, 6], new Shape(2, 3));
        Tensor y = ops.Reshape(x, new Shape(3, 2));
        x.Dispose();
        x.Dispose();
        using (Tensor other = ops.Upload([9, 9, 9, 9, 9, 9], new Shape(6))) Assert.Equal([1, 2, 3, 4, 5, 6], ops.DownloadAll(y));
        Assert.NotEqual(0, ops.Workspace.CurrentBytes);
        y.Dispose();
        Assert.Equal(0, ops.Workspace.CurrentBytes);
    }

    [Fact]
    public void Disposed_tensors_and_tensors_of_a_closed_session_are_refused()
    {
        using CpuBackend backend = new();
        IOps ops = backend.OpenSession();
        Tensor x = ops.Upload([1, 2], new Shape(2));
        Tensor y = ops.Upload([1, 2], new Shape(2));
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ops.Add(x, y));
        Assert.Throws<ObjectDisposedException>(() => ops.Reshape(x, new Shape(1, 2)));
        ops.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ops.DownloadAll(y));
        Assert.Throws<ObjectDisposedException>(() => ops.Upload([1], new Shape(1)));
        y.Dispose();
        ops.Dispose();
    }

    [Fact]
    public void Handles_are_used_again_but_not_while_a_late_caller_may_still_have_them()
    {
        using CpuBackend backend = new();
        using IOps ops = backend.OpenSession();
        Tensor old = ops.Upload([1], new Shape(1));
        old.Dispose();
        HashSet<Tensor> handles = [old];
        for (int i = 0; i < TensorHandles.Resting; i++)
        {
            using Tensor other = ops.Upload([2], new Shape(1));
            Assert.True(handles.Add(other));
            old.Dispose();
            Assert.Throws<ObjectDisposedException>(() => ops.DownloadAll(old));
        }
        for (int i = 0; i < 100; i++)
        {
            using Tensor other = ops.Upload([1, 2, 3, 4], new Shape(2, 2));
            Assert.False(handles.Add(other));
            Assert.Equal(new Shape(2, 2), other.Shape);
            Assert.Equal([1, 2, 3, 4], ops.DownloadAll(other));
        }
    }

    [Fact]
    public void A_buffer_that_grows_is_as_large_as_asked_for_and_never_shrinks()
    {
        using AlignedBuffer buffer = new(0);
        foreach (long bytes in new[] { 100, 50, 5000, (4L << 20) + 1, 9_000_001, 3 })
        {
            long before = buffer.Bytes;
            buffer.Reserve(bytes);
            Assert.True(buffer.Bytes >= Math.Max(bytes, before));
            new Span<byte>(buffer.Data, (int)buffer.Bytes).Fill(7);
        }
    }

    [Fact]
    public void Buffers_of_every_size_can_be_written_from_end_to_end()
    {
        foreach (long bytes in new[] { 0, 1, 63, 64, 65, 4096, (4L << 20) - 1, 4L << 20, (4L << 20) + 1, 9_000_001 })
        {
            using AlignedBuffer buffer = new(bytes);
            Assert.True(buffer.Bytes >= bytes);
            Assert.Equal(0, (long)buffer.Data % AlignedBuffer.Alignment);
            new Span<byte>(buffer.Data, (int)buffer.Bytes).Fill(7);
            buffer.Dispose();
            buffer.Dispose();
            Assert.Throws<ObjectDisposedException>(() => _ = (nint)buffer.Data);
        }
    }
}
