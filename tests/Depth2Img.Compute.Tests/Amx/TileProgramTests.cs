using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.MachineCode;

namespace Depth2Img.Compute.Tests.Amx;

/// <summary>The assembled bytes against what was meant, instruction by instruction. Needs no processor that runs them.</summary>
public class TileProgramTests
{
    private const int LeftRowBytes = MicroKernel.RowStride * sizeof(float);

    [Fact]
    public void Encodings_are_those_of_the_manual()
    {
        // VEX.128.NP.0F38.W0 49 !(11):000:bbb, and 11:000:000.
        Assert.Equal("C4E2784907" + "C3", Convert.ToHexString(TileStatePrograms.Configure()));
        Assert.Equal("C4E27849C0" + "C3", Convert.ToHexString(TileStatePrograms.Release()));
        Assert.Equal(
            "B8" + Convert.ToHexString(BitConverter.GetBytes(LeftRowBytes)) + "41B980000000" + "4D85C0" + "740F" + // mov eax; mov r9d; test; je
            "C4A27B4B040A" + "C4A27B4B4C0A40" + "EB0A" + // tileloadd tmm0 and tmm1: VEX.128.F2.0F38.W0 4B !(11):rrr:100; jmp
            "C4E27B49C0" + "C4E27B49C8" + // tilezero: VEX.128.F2.0F38.W0 49 11:rrr:000
            "C4E27B4B2407" + "C4A27B4B340E" + "C4A27B4B7C0E40" +
            "C4E24A5CC4" + "C4E2425CCC" + // tdpbf16ps: VEX.128.F3.0F38.W0 5C 11:rrr:bbb
            "4883C740" + "4881C600080000" + "48FFC9" + "75D3" + // add; add; dec; jne
            "C4A27A4B040A" + "C4A27A4B4C0A40" + "C3", // tilestored: VEX.128.F3.0F38.W0 4B !(11):rrr:100
            Convert.ToHexString(MultiplyProgram.Assemble(tileRows: 1)));
    }

    [Fact]
    public void A_thread_takes_tiles_into_use_and_gives_them_back()
    {
        Assert.Equal(["ldtilecfg [rdi]", "ret"], Listing.Of(TileStatePrograms.Configure()));
        Assert.Equal(["tilerelease", "ret"], Listing.Of(TileStatePrograms.Release()));
    }

    [Fact]
    public void A_matrix_product_of_16_rows_uses_the_upper_tiles()
    {
        // left rdi, right rsi, sums rdx, steps rcx, accumulate r8
        Assert.Equal(Listing.Expected($"""
            mov eax, {LeftRowBytes:X}h
            mov r9d, 80h
            test r8, r8
            je L1
            tileloadd tmm0, [rdx+r9]
            tileloadd tmm1, [rdx+r9+40h]
            jmp L2
            L1:
            tilezero tmm0
            tilezero tmm1
            L2:
            tileloadd tmm4, [rdi+rax]
            tileloadd tmm6, [rsi+r9]
            tileloadd tmm7, [rsi+r9+40h]
            tdpbf16ps tmm0, tmm4, tmm6
            tdpbf16ps tmm1, tmm4, tmm7
            add rdi, 40h
            add rsi, 800h
            dec rcx
            jne L2
            tilestored [rdx+r9], tmm0
            tilestored [rdx+r9+40h], tmm1
            ret
            """), Listing.Of(MultiplyProgram.Assemble(tileRows: 1)));
    }

    [Fact]
    public void A_matrix_product_of_32_rows_multiplies_every_tile_twice()
    {
        Assert.Equal(Listing.Expected($"""
            mov eax, {LeftRowBytes:X}h
            mov r9d, 80h
            test r8, r8
            je L1
            tileloadd tmm0, [rdx+r9]
            tileloadd tmm1, [rdx+r9+40h]
            tileloadd tmm2, [rdx+r9+800h]
            tileloadd tmm3, [rdx+r9+840h]
            jmp L2
            L1:
            tilezero tmm0
            tilezero tmm1
            tilezero tmm2
            tilezero tmm3
            L2:
            tileloadd tmm4, [rdi+rax]
            tileloadd tmm6, [rsi+r9]
            tileloadd tmm7, [rsi+r9+40h]
            tdpbf16ps tmm0, tmm4, tmm6
            tdpbf16ps tmm1, tmm4, tmm7
            tileloadd tmm5, [rdi+rax+{16 * LeftRowBytes:X}h]
            tdpbf16ps tmm2, tmm5, tmm6
            tdpbf16ps tmm3, tmm5, tmm7
            add rdi, 40h
            add rsi, 800h
            dec rcx
            jne L2
            tilestored [rdx+r9], tmm0
            tilestored [rdx+r9+40h], tmm1
            tilestored [rdx+r9+800h], tmm2
            tilestored [rdx+r9+840h], tmm3
            ret
            """), Listing.Of(MultiplyProgram.Assemble(tileRows: 2)));
    }

    [Fact]
    public void A_convolution_of_32_outputs_goes_through_lines_blocks_and_taps()
    {
        // upper rdi, lower rsi, filters rdx, sums rcx, blocks r8, strides r9
        const string begin = """
            mov r10, [r9]
            mov eax, 80h
            tilezero tmm0
            tilezero tmm1
            tilezero tmm2
            tilezero tmm3
            """;
        static string Tap(string filters, string secondFilters, string advance) => $"""
            tileloadd tmm4, [rdi+r10]
            tileloadd tmm6, [rdx+rax{filters}]
            tileloadd tmm7, [rdx+rax{secondFilters}]
            tdpbf16ps tmm0, tmm4, tmm6
            tdpbf16ps tmm1, tmm4, tmm7
            tileloadd tmm5, [rsi+r10]
            tdpbf16ps tmm2, tmm5, tmm6
            tdpbf16ps tmm3, tmm5, tmm7
            add rdi, [r9+{advance}]
            add rsi, [r9+{advance}]

            """;
        static string Line(string label) => $"""
            mov r11, r8
            {label}:
            {Tap("", "+40h", "8")}
            {Tap("+800h", "+840h", "8")}
            {Tap("+1000h", "+1040h", "10h")}
            add rdx, 1800h
            dec r11
            jne {label}

            """;
        const string nextLine = """

            add rdi, [r9+18h]
            add rsi, [r9+18h]

            """;
        const string end = """

            tilestored [rcx+rax], tmm0
            tilestored [rcx+rax+40h], tmm1
            tilestored [rcx+rax+800h], tmm2
            tilestored [rcx+rax+840h], tmm3
            ret
            """;
        Assert.Equal(
            Listing.Expected(begin + "\n" + Line("L1") + nextLine + Line("L2") + nextLine + Line("L3") + end),
            Listing.Of(ConvolveProgram.Assemble(tileRows: 2)));
    }

    [Fact]
    public void A_convolution_of_16_outputs_leaves_the_lower_tiles_and_pixels_alone()
    {
        static bool IsLower(string line) => new[] { "tmm2", "tmm3", "tmm5", "rsi" }.Any(part => line.Contains(part, StringComparison.Ordinal));
        string[] both = Listing.Of(ConvolveProgram.Assemble(tileRows: 2)), upper = Listing.Of(ConvolveProgram.Assemble(tileRows: 1));
        Assert.Equal(both.Where(line => !IsLower(line)), upper);
        Assert.Equal(4 + 9 * 4 + 2, both.Length - upper.Length);
    }

    [Fact]
    public void The_peak_is_measured_by_four_products_that_do_not_wait_for_each_other()
    {
        Assert.Equal(Listing.Expected("""
            L1:
            tdpbf16ps tmm0, tmm4, tmm6
            tdpbf16ps tmm1, tmm4, tmm7
            tdpbf16ps tmm2, tmm5, tmm6
            tdpbf16ps tmm3, tmm5, tmm7
            dec rdi
            jne L1
            ret
            """), Listing.Of(TilePeakProgram.Assemble()));
    }

    [Fact]
    public void The_register_of_enabled_state_is_read_whole()
    {
        Assert.Equal(["xor ecx, ecx", "xgetbv", "shl rdx, 20h", "or rax, rdx", "ret"], Listing.Of(ProcessorFeatures.ReadEnabledState()));
    }

    [Fact]
    public void The_configuration_has_eight_tiles_of_16_rows_of_64_bytes()
    {
        byte[] configuration = new byte[80];
        Array.Fill(configuration, (byte)0xAA);
        Tiles.WriteConfiguration(configuration);
        byte[] expected = new byte[80];
        expected.AsSpan(64).Fill(0xAA);
        expected[0] = 1;
        for (int tile = 0; tile < 8; tile++)
        {
            expected[16 + 2 * tile] = 64;
            expected[48 + tile] = 16;
        }
        Assert.Equal(expected, configuration);
    }
}
