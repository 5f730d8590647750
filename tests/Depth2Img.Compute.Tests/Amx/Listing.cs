using Iced.Intel;

namespace Depth2Img.Compute.Tests.Amx;

/// <summary>Machine code as text.</summary>
internal static class Listing
{
    /// <summary>Decodes some code: an instruction a line in NASM's syntax, and before each target of a branch a line with its label, L1, L2 and so on.</summary>
    public static string[] Of(byte[] code)
    {
        List<Instruction> program = ModelProcessor.Decode(code);
        List<ulong> targets = [.. program.Where(IsBranch).Select(i => i.NearBranchTarget).Distinct().Order()];
        Assert.All(targets, target => Assert.Contains(program, i => i.IP == target));
        NasmFormatter formatter = new();
        formatter.Options.MemorySizeOptions = MemorySizeOptions.Never;
        formatter.Options.SpaceAfterOperandSeparator = true;
        List<string> lines = [];
        foreach (Instruction instruction in program)
        {
            if (targets.Contains(instruction.IP)) lines.Add(Label(instruction.IP) + ":");
            StringOutput text = new();
            formatter.Format(instruction, text);
            string line = text.ToStringAndReset();
            if (IsBranch(instruction)) line = $"{line.Split(' ')[0]} {Label(instruction.NearBranchTarget)}";
            lines.Add(line);
        }
        return [.. lines];

        string Label(ulong target) => $"L{targets.IndexOf(target) + 1}";
    }

    private static bool IsBranch(Instruction instruction) => instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch;

    /// <summary>The lines of a listing written by hand; indentation and empty lines do not count.</summary>
    public static string[] Expected(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
