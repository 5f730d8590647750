using Depth2Img.Compute.Cpu.MachineCode;
using Iced.Intel;

namespace Depth2Img.Compute.Tests.Amx;

/// <summary>
/// Runs machine code without the processor that it is for: the assembled bytes are decoded and their instructions carried out one by one,
/// on the process's own memory and a <see cref="TileState"/> for each thread. It knows the instructions that the kernels use.
/// </summary>
internal sealed class ModelProcessor : ICodeLoader, IDisposable
{
    private readonly ThreadLocal<TileState> _tiles = new(() => new TileState(), trackAllValues: true);

    /// <summary>The calling thread's tiles.</summary>
    public TileState Tiles => _tiles.Value!;

    /// <summary>The tiles of every thread that ran anything.</summary>
    public IReadOnlyList<TileState> AllTiles => [.. _tiles.Values];

    /// <inheritdoc/>
    public MachineFunction[] TryLoad(IReadOnlyList<byte[]> functions) => [.. functions.Select(code => new Function(this, code))];

    public void Dispose() => _tiles.Dispose();

    /// <summary>The instructions of some code.</summary>
    public static List<Instruction> Decode(byte[] code)
    {
        Decoder decoder = Decoder.Create(64, new ByteArrayCodeReader(code), 0);
        List<Instruction> program = [];
        while (decoder.IP < (ulong)code.Length) program.Add(decoder.Decode());
        Assert.DoesNotContain(program, i => i.IsInvalid);
        return program;
    }

    private sealed class Function : MachineFunction
    {
        private readonly ModelProcessor _processor;
        private readonly List<Instruction> _program;
        private readonly Dictionary<ulong, int> _byAddress = [];

        public Function(ModelProcessor processor, byte[] code)
        {
            _processor = processor;
            _program = Decode(code);
            for (int i = 0; i < _program.Count; i++) _byAddress.Add(_program[i].IP, i);
        }

        public override void Invoke(nint first, nint second, nint third, nint fourth, nint fifth, nint sixth)
        {
            ModelThread thread = new(_processor.Tiles, [first, second, third, fourth, fifth, sixth]);
            int next = 0;
            while (next >= 0)
            {
                Instruction instruction = _program[next];
                next = thread.Step(instruction) switch
                {
                    Flow.Next => next + 1,
                    Flow.Jump => _byAddress[instruction.NearBranchTarget],
                    _ => -1,
                };
            }
            thread.CheckCallersRegisters();
        }
    }
}
