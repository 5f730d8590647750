using System.Runtime.InteropServices;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.MachineCode;
using Depth2Img.Compute.Platform;
using Iced.Intel;

namespace Depth2Img.Compute.Tests.MachineCode;

/// <summary>The assembled bytes, decoded again: these tests need no processor that runs them.</summary>
public class BFloat16DotProgramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(12)]
    public void Every_step_multiplies_each_row_s_pair_with_both_halves_of_the_panel(int rows)
    {
        List<string> expected = ["vmovaps zmm24, [rsi]", "vmovaps zmm25, [rsi+40h]"];
        for (int r = 0; r < rows; r++)
        {
            string offset = r == 0 ? "" : $"+{r * MicroKernel.RowStride * sizeof(float):X}h";
            expected.Add($"vpbroadcastd zmm{26 + r % 4}, [rdi{offset}]");
            expected.Add($"vdpbf16ps zmm{2 * r}, zmm24, zmm{26 + r % 4}");
            expected.Add($"vdpbf16ps zmm{2 * r + 1}, zmm25, zmm{26 + r % 4}");
        }
        expected.AddRange(["add rdi, 4", "add rsi, 80h", "dec rcx"]);

        List<Instruction> program = Decode(BFloat16DotProgram.Assemble(rows, MicroKernel.RowStride));
        Instruction back = program.Single(i => i.Mnemonic == Mnemonic.Jne);
        List<string> loop = [.. program.Where(i => i.IP >= back.NearBranchTarget && i.IP < back.IP).Select(Text)];
        Assert.Equal(expected.Select(Normal), loop.Select(Normal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Sums_begin_with_the_tile_or_with_zeros_and_end_in_the_tile(int rows)
    {
        List<Instruction> program = Decode(BFloat16DotProgram.Assemble(rows, MicroKernel.RowStride));
        Instruction back = program.Single(i => i.Mnemonic == Mnemonic.Jne);
        Instruction fresh = program.Single(i => i.Mnemonic == Mnemonic.Je);
        Assert.Equal(2 * rows, program.Count(i => i.Mnemonic == Mnemonic.Vmovaps && i.IP < fresh.NearBranchTarget && i.MemoryBase == Iced.Intel.Register.RDX));
        Assert.Equal(2 * rows, program.Count(i => i.Mnemonic == Mnemonic.Vpxord && i.IP >= fresh.NearBranchTarget && i.IP < back.NearBranchTarget));
        Instruction[] stores = [.. program.Where(i => i.IP > back.IP && i.Op0Kind == OpKind.Memory)];
        for (int i = 0; i < stores.Length; i++)
        {
            Assert.Equal((Iced.Intel.Register.ZMM0 + i, Iced.Intel.Register.RDX, (ulong)i * 64), (stores[i].Op1Register, stores[i].MemoryBase, stores[i].MemoryDisplacement64));
        }
        Assert.Equal(2 * rows, stores.Length);
        Assert.Equal([Mnemonic.Vzeroupper, Mnemonic.Ret], program[^2..].Select(i => i.Mnemonic));
    }

    [Fact]
    public void A_round_of_rounding_reads_two_vectors_and_writes_their_halves()
    {
        List<string> program = [.. Decode(BFloat16RoundProgram.Assemble()).Select(i => Normal(Text(i)))];
        string[] expected =
        [
            "vcvtneps2bf16 ymm0, [rdi]", "vcvtneps2bf16 ymm1, [rdi+40h]", "vmovdqu [rsi], ymm0", "vmovdqu [rsi+20h], ymm1",
            "add rdi, 80h", "add rsi, 40h", "sub rdx, 20h",
        ];
        Assert.Equal(expected.Select(Normal), program[..expected.Length]);
        Assert.Equal([Normal("vzeroupper"), Normal("ret")], program[^2..]);
    }

    [Fact]
    public void A_round_of_the_largest_score_passes_not_a_number_over()
    {
        // Of two operands of which one is not a number the second is the result.
        Assert.Equal(
            Loop("vmovups zmm2, [rdi]", "vmovups zmm3, [rdi+40h]", "vmaxps zmm0, zmm2, zmm0", "vmaxps zmm1, zmm3, zmm1", "add rdi, rsi", "dec rdx"),
            LoopOf(BFloat16SoftmaxProgram.AssembleLargest()));
    }

    [Fact]
    public void A_round_of_powers_reads_two_vectors_of_scores_and_writes_them_rounded_in_their_order()
    {
        string[] expected =
        [
            "vmovups zmm2, [rdi]", "vmovups zmm3, [rdi+40h]", "vsubps zmm2, zmm2, zmm31", "vsubps zmm3, zmm3, zmm31", "vreduceps zmm4, zmm2, 1", "vreduceps zmm5, zmm3, 1",
            "vmovaps zmm6, zmm30", "vmovaps zmm7, zmm30",
            .. new[] { 29, 28, 27 }.SelectMany(c => new[] { $"vfmadd213ps zmm6, zmm4, zmm{c}", $"vfmadd213ps zmm7, zmm5, zmm{c}" }),
            "vscalefps zmm6, zmm6, zmm2", "vscalefps zmm7, zmm7, zmm3", "vaddps zmm0, zmm0, zmm6", "vaddps zmm1, zmm1, zmm7",
            "vcvtne2ps2bf16 zmm6, zmm7, zmm6", "vmovups [rcx], zmm6", "add rdi, rsi", "add rcx, 40h", "dec rdx",
        ];
        Assert.Equal(Loop(expected), LoopOf(BFloat16SoftmaxProgram.AssemblePowers()));
    }

    [Fact]
    public void The_cubic_of_rounded_powers_is_exact_at_zero_and_within_nine_hundred_thousandths_elsewhere()
    {
        float[] c = BFloat16SoftmaxProgram.Coefficients;
        Assert.Equal(1, c[0]);
        for (int i = 0; i <= 1000; i++)
        {
            double x = i / 1000.0, power = ((c[3] * x + c[2]) * x + c[1]) * x + c[0];
            Assert.InRange(power / Math.Pow(2, x), 1 - 9e-5, 1 + 9e-5);
        }
    }

    [Fact]
    public void No_register_that_belongs_to_the_caller_is_written()
    {
        InstructionInfoFactory uses = new();
        Iced.Intel.Register[] saved = [Iced.Intel.Register.RBX, Iced.Intel.Register.RBP, Iced.Intel.Register.R12, Iced.Intel.Register.R13, Iced.Intel.Register.R14, Iced.Intel.Register.R15];
        byte[][] programs =
        [
            BFloat16DotProgram.Assemble(12, MicroKernel.RowStride), BFloat16PeakProgram.Assemble(), BFloat16RoundProgram.Assemble(), BFloat16SoftmaxProgram.AssembleLargest(), BFloat16SoftmaxProgram.AssemblePowers(),
        ];
        foreach (byte[] code in programs)
        {
            foreach (Instruction instruction in Decode(code))
            {
                foreach (UsedRegister used in uses.GetInfo(instruction).GetUsedRegisters())
                    Assert.False(used.Access is OpAccess.Write or OpAccess.ReadWrite && saved.Contains(used.Register.GetFullRegister()), Text(instruction));
            }
        }
    }

    [Fact]
    public unsafe void Where_the_system_refuses_executable_memory_there_is_no_kernel()
    {
        Assert.Null(AssembledCode.TryLoad(new UnknownSystem(), [BFloat16DotProgram.Assemble(1, MicroKernel.RowStride)]));
    }

    [Fact]
    public unsafe void Pages_of_machine_code_run_and_are_not_writable()
    {
        if (AssembledCode.System is UnknownSystem || RuntimeInformation.ProcessArchitecture != Architecture.X64) return;
        byte[] answer = AssembledCode.Assemble(a =>
        {
            a.mov(AssemblerRegisters.eax, 42);
            a.ret();
        });
        nint[] functions = AssembledCode.TryLoad(AssembledCode.System, [answer, answer])!;
        foreach (nint function in functions) Assert.Equal(42, ((delegate* unmanaged<int>)function)());
        string mapping = File.ReadLines("/proc/self/maps").Single(line => Range(line) is (long first, long end) && functions[0] >= first && functions[0] < end);
        Assert.Equal("r-xp", mapping.Split(' ')[1]);
    }

    private static (long First, long End) Range(string mapping)
    {
        string[] ends = mapping.Split(' ')[0].Split('-');
        return (unchecked((long)Convert.ToUInt64(ends[0], 16)), unchecked((long)Convert.ToUInt64(ends[1], 16)));
    }

    private static IEnumerable<string> Loop(params string[] instructions) => instructions.Select(Normal);

    private static IEnumerable<string> LoopOf(byte[] code)
    {
        List<Instruction> program = Decode(code);
        Instruction back = program.Single(i => i.Mnemonic == Mnemonic.Jne);
        return program.Where(i => i.IP >= back.NearBranchTarget && i.IP < back.IP).Select(i => Normal(Text(i)));
    }

    private static List<Instruction> Decode(byte[] code)
    {
        Decoder decoder = Decoder.Create(64, new ByteArrayCodeReader(code), 0);
        List<Instruction> program = [];
        while (decoder.IP < (ulong)code.Length) program.Add(decoder.Decode());
        Assert.DoesNotContain(program, i => i.IsInvalid);
        return program;
    }

    private static string Text(Instruction instruction)
    {
        StringOutput text = new();
        new NasmFormatter().Format(instruction, text);
        return text.ToStringAndReset();
    }

    private static string Normal(string text) =>
        text.Replace(" ", "", StringComparison.Ordinal).Replace("byte", "", StringComparison.Ordinal).Replace("+0", "+", StringComparison.Ordinal).ToUpperInvariant();
}
