using System.Runtime.InteropServices;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.MachineCode;
using Depth2Img.Compute.Platform;

namespace Depth2Img.Compute.Tests.Amx;

public sealed unsafe class AmxSupportTests : IDisposable
{
    private readonly ModelProcessor _processor = new();

    [Fact]
    public void A_processor_and_a_system_that_grant_everything_have_the_tier_and_it_is_the_fastest()
    {
        StubSystem system = new() { PermitsTiles = true };
        AmxSupport amx = AmxSupport.Find(true, () => AmxSupport.TileState | 0xe7, system, _processor);
        Assert.Null(amx.Refusal);
        Assert.NotNull(amx.Unit);
        Assert.Equal(1, system.Requests);
        Assert.Equal(CpuTier.Amx, CpuTiers.Offer(amx)[^1]);
        Assert.Equal(CpuTier.Amx, CpuTiers.Fastest(CpuTiers.Offer(amx), doublesBFloat16: false));
        Assert.False(CpuTier.Amx.IsFloat32());
        amx.Unit.Dispose();
    }

    [Fact]
    public void Where_the_system_refuses_permission_the_next_tier_is_taken()
    {
        StubSystem system = new() { PermitsTiles = false };
        AmxSupport amx = AmxSupport.Find(true, () => AmxSupport.TileState, system, _processor);
        Assert.Equal(1, system.Requests);
        CheckRefused(amx, "the operating system refuses the use of AMX");
    }

    [Fact]
    public void Nothing_is_asked_of_the_system_where_the_processor_lacks_the_instructions()
    {
        StubSystem system = new() { PermitsTiles = true };
        CheckRefused(AmxSupport.Find(false, () => throw new InvalidOperationException(), system, _processor), "the processor has no AMX-BF16");
        Assert.Equal(0, system.Requests);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul << 17)]
    [InlineData(1ul << 18)]
    public void Permission_is_not_asked_where_the_system_does_not_save_tiles(ulong enabled)
    {
        StubSystem system = new() { PermitsTiles = true };
        CheckRefused(AmxSupport.Find(true, () => enabled, system, _processor), "the operating system does not support AMX");
        Assert.Equal(0, system.Requests);
    }

    [Fact]
    public void Where_no_assembled_code_runs_there_is_no_tier()
    {
        StubSystem system = new() { PermitsTiles = true };
        CheckRefused(AmxSupport.Find(true, () => ProcessorFeatures.EnabledState(system), system, _processor), "runs no assembled code");
        CheckRefused(AmxSupport.Find(true, () => AmxSupport.TileState, system, new NativeCodeLoader(system)), "runs no assembled code");
    }

    [Fact]
    public void Kernels_that_give_wrong_results_are_not_offered()
    {
        StubSystem system = new() { PermitsTiles = true };
        CheckRefused(AmxSupport.Find(true, () => AmxSupport.TileState, system, new IdleLoader()), "wrong results");
        // Each of the kernels that a check must run, replaced by one of half the rows.
        foreach (int function in new[] { 3, 5 })
        {
            IReadOnlyList<byte[]> programs = AmxUnit.Programs;
            ExchangingLoader loader = new(_processor, function, programs[function - 1]);
            CheckRefused(AmxSupport.Find(true, () => AmxSupport.TileState, system, loader), "wrong results");
        }
        Assert.All(_processor.AllTiles, tiles => Assert.False(tiles.IsConfigured));
    }

    [Fact]
    public void The_instructions_are_there_if_both_bits_say_so()
    {
        Assert.True(ProcessorFeatures.HasAmx((1 << 22) | (1 << 24) | (1 << 25)));
        Assert.False(ProcessorFeatures.HasAmx(1 << 22));
        Assert.False(ProcessorFeatures.HasAmx(1 << 24));
        Assert.False(ProcessorFeatures.HasAmx(1 << 25));
    }

    [Fact]
    public void This_machine_has_the_tier_or_says_why_not()
    {
        Assert.Equal(AmxSupport.Current.Refusal is null, CpuTiers.IsAvailable(CpuTier.Amx));
        if (AmxSupport.Current.Refusal is null) return;
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => CpuTiers.Parse("AMX"));
        Assert.StartsWith($"This machine does not run 'amx' instructions: {AmxSupport.Current.Refusal}; it runs vector128", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_processor_s_enabled_state_can_be_read_where_assembled_code_runs()
    {
        if (!ProcessorFeatures.HasAvx512 || !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return;
        // x87, SSE, AVX and the three parts of AVX-512, without which the runtime would not offer its vectors.
        const ulong vectors = 0b1110_0111;
        Assert.Equal(vectors, ProcessorFeatures.EnabledState(CurrentSystem.Instance) & vectors);
    }

    [Fact]
    public void An_unknown_system_refuses_everything()
    {
        UnknownSystem system = new();
        Assert.True(system.MapCode([0xC3]) == null);
        Assert.False(system.PermitTileRegisters());
        Assert.True(system.MapHuge(IOperatingSystem.HugePage) == null);
    }

    public void Dispose() => _processor.Dispose();

    private static void CheckRefused(AmxSupport amx, string reason)
    {
        Assert.Contains(reason, amx.Refusal, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => amx.Unit);
        Assert.DoesNotContain(CpuTier.Amx, CpuTiers.Offer(amx));
        Assert.Equal(CpuTiers.Available.Where(tier => tier != CpuTier.Amx), CpuTiers.Offer(amx));
        Assert.NotEqual(CpuTier.Amx, CpuTiers.Fastest(CpuTiers.Offer(amx), doublesBFloat16: true));
        string sentence = CpuTiers.Refusal(CpuTier.Amx, amx);
        Assert.Contains("'amx'", sentence, StringComparison.Ordinal);
        Assert.Contains(reason, sentence, StringComparison.Ordinal);
    }

    /// <summary>Functions that do nothing.</summary>
    private sealed class IdleLoader : ICodeLoader
    {
        public MachineFunction[] TryLoad(IReadOnlyList<byte[]> functions) => [.. functions.Select(_ => new Idle())];

        private sealed class Idle : MachineFunction
        {
            public override void Invoke(nint first, nint second, nint third, nint fourth, nint fifth, nint sixth) { }
        }
    }

    /// <summary>Loads another function in the place of one.</summary>
    private sealed class ExchangingLoader(ICodeLoader loader, int index, byte[] code) : ICodeLoader
    {
        public MachineFunction[]? TryLoad(IReadOnlyList<byte[]> functions) => loader.TryLoad([.. functions.Take(index), code, .. functions.Skip(index + 1)]);
    }

    /// <summary>A system that maps nothing, and permits tiles or does not.</summary>
    private sealed class StubSystem : IOperatingSystem
    {
        public bool PermitsTiles { get; init; }

        public int Requests { get; private set; }

        public bool PermitTileRegisters()
        {
            Requests++;
            return PermitsTiles;
        }

        public void* MapCode(ReadOnlySpan<byte> code) => null;

        public void* MapHuge(long bytes) => null;

        public void Unmap(void* address, long bytes) { }

        public void DropFilePages(void* start, long bytes) { }
    }
}
