using Iced.Intel;

namespace Depth2Img.Compute.Tests.Amx;

/// <summary>Where a program goes on.</summary>
internal enum Flow
{
    Next,
    Jump,
    Return,
}

/// <summary>General registers and the zero flag during one call of a function, and the instructions on them.</summary>
internal sealed unsafe class ModelThread
{
    private const long Garbage = unchecked((long)0xDEAD_BEEF_DEAD_BEEF);

    private static readonly Register[] s_operands = [Register.RDI, Register.RSI, Register.RDX, Register.RCX, Register.R8, Register.R9];
    private static readonly Register[] s_callers = [Register.RBX, Register.RBP, Register.RSP, Register.R12, Register.R13, Register.R14, Register.R15];

    private readonly TileState _tiles;
    private readonly Dictionary<Register, long> _registers = [];
    private bool _zero;

    /// <summary>Begins a call: registers that hold no operand hold garbage.</summary>
    public ModelThread(TileState tiles, ReadOnlySpan<nint> operands)
    {
        _tiles = tiles;
        for (Register register = Register.RAX; register <= Register.R15; register++) _registers[register] = Garbage;
        for (int i = 0; i < operands.Length; i++) _registers[s_operands[i]] = operands[i];
    }

    /// <summary>Fails if a register that belongs to the caller has changed.</summary>
    public void CheckCallersRegisters()
    {
        foreach (Register register in s_callers) Assert.Equal(Garbage, _registers[register]);
    }

    /// <summary>Carries out an instruction.</summary>
    public Flow Step(in Instruction i)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Mov:
                Write(i.Op0Register, Read(i, 1));
                return Flow.Next;
            case Mnemonic.Add:
                Result(i, Read(i, 0) + Read(i, 1));
                return Flow.Next;
            case Mnemonic.Dec:
                Result(i, Read(i, 0) - 1);
                return Flow.Next;
            case Mnemonic.Test:
                _zero = (Read(i, 0) & Read(i, 1)) == 0;
                return Flow.Next;
            case Mnemonic.Jmp:
                return Flow.Jump;
            case Mnemonic.Je:
                return _zero ? Flow.Jump : Flow.Next;
            case Mnemonic.Jne:
                return _zero ? Flow.Next : Flow.Jump;
            case Mnemonic.Ret:
                return Flow.Return;
            case Mnemonic.Ldtilecfg:
                _tiles.Configure(new ReadOnlySpan<byte>(Address(i, withIndex: true), 64));
                return Flow.Next;
            case Mnemonic.Tilerelease:
                _tiles.Release();
                return Flow.Next;
            case Mnemonic.Tilezero:
                _tiles.Zero(Tile(i.Op0Register));
                return Flow.Next;
            case Mnemonic.Tileloadd:
                _tiles.Load(Tile(i.Op0Register), Address(i, withIndex: false), Index(i));
                return Flow.Next;
            case Mnemonic.Tilestored:
                _tiles.Store(Tile(i.Op1Register), Address(i, withIndex: false), Index(i));
                return Flow.Next;
            case Mnemonic.Tdpbf16ps:
                _tiles.MultiplyAdd(Tile(i.Op0Register), Tile(i.Op1Register), Tile(i.Op2Register));
                return Flow.Next;
            default:
                throw new NotSupportedException($"The model does not know {i}.");
        }
    }

    private static int Tile(Register register) => register - Register.TMM0;

    private void Result(in Instruction i, long value)
    {
        Write(i.Op0Register, value);
        _zero = value == 0;
    }

    /// <summary>Writes a register; a half register's upper half becomes zeros.</summary>
    private void Write(Register register, long value)
    {
        Assert.True(register.IsGPR64() || register.IsGPR32(), $"{register}");
        _registers[register.GetFullRegister()] = register.IsGPR32() ? (uint)value : value;
    }

    private long Read(in Instruction i, int operand)
    {
        switch (i.GetOpKind(operand))
        {
            case OpKind.Register:
                Register register = i.GetOpRegister(operand);
                Assert.True(register.IsGPR64(), $"{register}");
                return _registers[register];
            case OpKind.Memory:
                Assert.Equal(sizeof(long), i.MemorySize.GetSize());
                return *(long*)Address(i, withIndex: true);
            default:
                return (long)i.GetImmediate(operand);
        }
    }

    private long Index(in Instruction i) => i.MemoryIndex == Register.None ? 0 : _registers[i.MemoryIndex] * i.MemoryIndexScale;

    /// <summary>The address of an operand. In that of a tile the index is no part of it, but the distance between rows.</summary>
    private byte* Address(in Instruction i, bool withIndex) =>
        (byte*)(_registers[i.MemoryBase] + (long)i.MemoryDisplacement64 + (withIndex ? Index(i) : 0));
}
