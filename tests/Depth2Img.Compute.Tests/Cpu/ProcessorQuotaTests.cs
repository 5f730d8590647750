using Depth2Img.Compute.Cpu;
using Depth2Img.TestSupport;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>Limits to processor time, as files of control groups state them.</summary>
public sealed class ProcessorQuotaTests : IDisposable
{
    private const string UnifiedMount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    private const string Version1Mounts =
        "33 32 0:29 / /sys/fs/cgroup/memory rw,relatime shared:10 - cgroup cgroup rw,memory\n" +
        "34 32 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:11 - cgroup cgroup rw,cpu,cpuacct\n";

    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(8, null, 8)]
    [InlineData(8, 2.0, 2)]
    [InlineData(8, 1.5, 2)]
    [InlineData(8, 0.25, 1)]
    [InlineData(2, 16.0, 2)]
    [InlineData(1, 0.5, 1)]
    public void There_is_a_thread_for_each_processor_and_for_what_is_left_of_one(int processors, double? limit, int threads) =>
        Assert.Equal(threads, ProcessorQuota.ThreadsFor(processors, limit));

    [Theory]
    [InlineData("max 100000\n", null)]
    [InlineData("200000 100000\n", 2.0)]
    [InlineData("150000 100000\n", 1.5)]
    [InlineData("5000 10000\n", 0.5)]
    [InlineData("", null)]
    [InlineData("a lot\n", null)]
    [InlineData("0 100000\n", null)]
    [InlineData("100000 0\n", null)]
    public void Version_2_states_quota_and_period_in_one_file(string file, double? limit)
    {
        Membership("0::/app\n", UnifiedMount);
        Write("sys/fs/cgroup/app/cpu.max", file);
        Assert.Equal(limit, Read());
    }

    [Theory]
    [InlineData("-1\n", "100000\n", null)]
    [InlineData("300000\n", "100000\n", 3.0)]
    [InlineData("25000\n", "100000\n", 0.25)]
    [InlineData("", "100000\n", null)]
    public void Version_1_states_them_in_two_files(string quota, string period, double? limit)
    {
        Membership("5:memory:/elsewhere\n4:cpu,cpuacct:/app\n0::/\n", Version1Mounts);
        Write("sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us", quota);
        Write("sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us", period);
        Assert.Equal(limit, Read());
    }

    [Fact]
    public void The_strictest_of_a_group_and_its_parents_counts()
    {
        Membership("0::/slice/service/worker\n", UnifiedMount);
        Write("sys/fs/cgroup/slice/cpu.max", "400000 100000");
        Write("sys/fs/cgroup/slice/service/cpu.max", "150000 100000");
        Write("sys/fs/cgroup/slice/service/worker/cpu.max", "max 100000");
        Assert.Equal(1.5, Read());
    }

    [Fact]
    public void Inside_a_container_the_groups_own_folder_is_what_is_mounted()
    {
        Membership("4:cpu:/docker/0123\n", "34 32 0:30 /docker/0123 /sys/fs/cgroup/cpu ro,relatime - cgroup cgroup rw,cpu\n");
        Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "250000\n");
        Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
        Assert.Equal(2.5, Read());
    }

    [Fact]
    public void A_group_of_another_namespace_is_limited_by_what_is_mounted()
    {
        Membership("0::/../sibling\n", "30 23 0:26 /own /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Write("sys/fs/cgroup/cpu.max", "100000 100000");
        Assert.Equal(1, Read());
    }

    [Fact]
    public void Without_control_groups_there_is_no_limit()
    {
        Assert.Null(Read());
        Membership("", "");
        Assert.Null(Read());
        Membership("nonsense\n0::/\n", "too short\n30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Assert.Null(Read());
    }

    private double? Read() => ControlGroup.ReadProcessorLimit(_root.Path);

    private void Membership(string groups, string mounts)
    {
        Write("proc/self/cgroup", groups);
        Write("proc/self/mountinfo", mounts);
    }

    private void Write(string file, string text)
    {
        string path = Path.Combine(_root.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
