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
    public void No_register_that_belongs_to_the_caller_is_written()
    {
        InstructionInfoFactory uses = new();
        Iced.Intel.Register[] saved = [Iced.Intel.Register.RBX, Iced.Intel.Register.RBP, Iced.Intel.Register.R12, Iced.Intel.Register.R13, Iced.Intel.Register.R14, Iced.Intel.Register.R15];
        foreach (byte[] code in new[] { BFloat16DotProgram.Assemble(12, MicroKernel.RowStride), BFloat16PeakProgram.Assemble(), BFloat16RoundProgram.Assemble() })
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
