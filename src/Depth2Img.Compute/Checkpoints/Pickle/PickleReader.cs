using System.Numerics;

namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>
/// Reads one pickle as data. A pickle is a program for a small stack machine that can call any Python function; this
/// machine has no functions. It builds dictionaries, lists, tuples, numbers and texts, takes the calls of
/// <see cref="PickleCalls"/> by their meaning, and refuses all else by name. No instruction recurses, and what is
/// reserved is bounded by a <see cref="PickleBudget"/>.
/// </summary>
internal ref struct PickleReader
{
    private const int NewestProtocol = 5;

    /// <summary>The longest whole number, in bytes; torch's own longest has ten.</summary>
    private const int LongestInteger = 256;

    private static readonly object[] SmallIntegers = [.. Enumerable.Range(0, 256).Select(i => (object)(long)i)];
    private static readonly object True = true;
    private static readonly object False = false;

    private readonly string _file;
    private readonly PickleBudget _budget;
    private readonly TorchStorages _storages;
    private readonly PickleStack _stack;
    private readonly Dictionary<uint, object?> _memo = [];
    private PickleSource _source;

    private PickleReader(ReadOnlySpan<byte> bytes, string file, PickleBudget budget, TorchStorages storages)
    {
        _file = file;
        _budget = budget;
        _storages = storages;
        _stack = new PickleStack(file, budget);
        _source = new PickleSource(bytes, file);
    }

    /// <summary>Reads a pickle.</summary>
    /// <param name="bytes">Begins with the pickle; what follows it is left alone.</param>
    /// <param name="file">For messages.</param>
    /// <param name="budget">What may be reserved.</param>
    /// <param name="storages">Takes the storages that the pickle refers to.</param>
    /// <param name="length">How many bytes the pickle has.</param>
    /// <returns>Its value; <see cref="PickleDictionary"/> says of which types there are.</returns>
    /// <exception cref="Depth2ImgException">The pickle is damaged, calls something, or takes too much memory.</exception>
    public static object? Read(ReadOnlySpan<byte> bytes, string file, PickleBudget budget, TorchStorages storages, out int length)
    {
        PickleReader reader = new(bytes, file, budget, storages);
        object? value = reader.Run();
        length = reader._source.Position;
        return value;
    }

    private object? Run()
    {
        while (true)
        {
            PickleOpcode opcode = (PickleOpcode)_source.Byte();
            if (opcode == PickleOpcode.Stop)
            {
                object? result = _stack.Pop();
                return _stack.Count == 0 ? result : throw PickleSource.Damaged(_file, "values are left over at its end");
            }
            if (!TryScalar(opcode) && !TryContainer(opcode) && !TryMemo(opcode)) Execute(opcode);
        }
    }

    /// <summary>Numbers, truth values, texts and bytes.</summary>
    private bool TryScalar(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None: _stack.Push(null); return true;
            case PickleOpcode.NewTrue: _stack.Push(True); return true;
            case PickleOpcode.NewFalse: _stack.Push(False); return true;
            case PickleOpcode.BinInt1: _stack.Push(SmallIntegers[_source.Byte()]); return true;
            case PickleOpcode.BinInt2: PushNumber((long)_source.UInt16()); return true;
            case PickleOpcode.BinInt: PushNumber((long)_source.Int32()); return true;
            case PickleOpcode.Long1: PushInteger(_source.Byte()); return true;
            case PickleOpcode.Long4: PushInteger(_source.UInt32()); return true;
            case PickleOpcode.BinFloat: PushNumber(_source.Double()); return true;
            case PickleOpcode.ShortBinUnicode: _stack.Push(_source.Text(_source.Byte(), _budget)); return true;
            case PickleOpcode.BinUnicode: _stack.Push(_source.Text(_source.UInt32(), _budget)); return true;
            case PickleOpcode.BinUnicode8: _stack.Push(_source.Text(_source.UInt64(), _budget)); return true;
            case PickleOpcode.ShortBinBytes: PushBytes(_source.Byte()); return true;
            case PickleOpcode.BinBytes: PushBytes(_source.UInt32()); return true;
            case PickleOpcode.BinBytes8: PushBytes(_source.UInt64()); return true;
            default: return false;
        }
    }

    /// <summary>Tuples, lists, dictionaries and sets.</summary>
    private readonly bool TryContainer(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: _stack.PushMark(); return true;
            case PickleOpcode.EmptyTuple: _stack.Push(PickleTuple.Empty); return true;
            case PickleOpcode.Tuple1: PushTuple(_stack.PopLast(1)); return true;
            case PickleOpcode.Tuple2: PushTuple(_stack.PopLast(2)); return true;
            case PickleOpcode.Tuple3: PushTuple(_stack.PopLast(3)); return true;
            case PickleOpcode.Tuple: PushTuple(_stack.PopToMark()); return true;
            case PickleOpcode.EmptyList: PushList([]); return true;
            case PickleOpcode.List: PushList(_stack.PopToMark()); return true;
            case PickleOpcode.Append: AddItems(_stack.PopLast(1)); return true;
            case PickleOpcode.Appends: AddItems(_stack.PopToMark()); return true;
            case PickleOpcode.EmptyDict: PushDictionary([]); return true;
            case PickleOpcode.Dict: PushDictionary(_stack.PopToMark()); return true;
            case PickleOpcode.SetItem: SetItems(_stack.PopLast(2)); return true;
            case PickleOpcode.SetItems: SetItems(_stack.PopToMark()); return true;
            case PickleOpcode.EmptySet: _stack.Push(PickleInert.Value); return true;
            case PickleOpcode.FrozenSet: _stack.PopToMark(); _stack.Push(PickleInert.Value); return true;
            case PickleOpcode.AddItems: _stack.PopToMark(); Top<PickleInert>(); return true;
            default: return false;
        }
    }

    /// <summary>Values that are kept under numbers, to be used again.</summary>
    private bool TryMemo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinPut: Keep(_source.Byte()); return true;
            case PickleOpcode.LongBinPut: Keep(_source.UInt32()); return true;
            case PickleOpcode.Memoize: Keep((uint)_memo.Count); return true;
            case PickleOpcode.BinGet: PushKept(_source.Byte()); return true;
            case PickleOpcode.LongBinGet: PushKept(_source.UInt32()); return true;
            default: return false;
        }
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                int protocol = _source.Byte();
                if (protocol > NewestProtocol) throw PickleSource.Damaged(_file, $"the protocol {protocol} is named, and {NewestProtocol} is the newest");
                break;
            case PickleOpcode.Frame:
                // A frame is for readers of streams: it says how many bytes may be fetched at once.
                ulong length = _source.UInt64();
                if (length > (ulong)_source.Left) throw PickleSource.Damaged(_file, $"it tells of {length} bytes where {_source.Left} are left");
                break;
            case PickleOpcode.Pop: _stack.Pop(); break;
            case PickleOpcode.PopMark: _stack.PopToMark(); break;
            case PickleOpcode.Dup: _stack.Push(_stack.Peek()); break;
            case PickleOpcode.Global: PushName(_source.Line(_budget), _source.Line(_budget)); break;
            case PickleOpcode.StackGlobal: PushStackName(); break;
            case PickleOpcode.Reduce or PickleOpcode.NewObj: Call(); break;
            case PickleOpcode.Build: DropState(); break;
            case PickleOpcode.BinPersId: _stack.Push(_storages.Refer(_stack.Pop())); break;
            default:
                throw new Depth2ImgException(Enum.IsDefined(opcode)
                    ? $"'{_file}' is refused: its pickle uses the instruction {opcode.ToString().ToUpperInvariant()}, which no checkpoint needs. Nothing of it was run."
                    : $"'{_file}' is damaged, or no checkpoint: in its pickle, byte {_source.Position - 1} is no instruction that checkpoints use (0x{(byte)opcode:x2}).");
        }
    }

    private readonly void PushNumber(object number)
    {
        _budget.Take(24);
        _stack.Push(number);
    }

    private void PushInteger(uint count)
    {
        if (count > LongestInteger) throw PickleSource.Damaged(_file, $"a whole number has {count} bytes");
        BigInteger value = new(_source.Bytes(count));
        _budget.Take(count);
        PushNumber(value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value);
    }

    private void PushBytes(ulong count)
    {
        _source.Bytes(count);
        _stack.Push(PickleInert.Bytes);
    }

    private readonly void PushTuple(object?[] items)
    {
        _budget.Take(24);
        _stack.Push(new PickleTuple(items));
    }

    private readonly void PushList(ReadOnlySpan<object?> items)
    {
        _budget.Take(80);
        PickleList list = new(_budget);
        foreach (object? item in items) list.Add(item);
        _stack.Push(list);
    }

    private readonly void AddItems(ReadOnlySpan<object?> items)
    {
        PickleList list = Top<PickleList>();
        foreach (object? item in items) list.Add(item);
    }

    private readonly void PushDictionary(ReadOnlySpan<object?> keysAndValues)
    {
        _budget.Take(200);
        _stack.Push(new PickleDictionary(_file, _budget, ordered: false));
        SetItems(keysAndValues);
    }

    private readonly void SetItems(ReadOnlySpan<object?> keysAndValues)
    {
        PickleDictionary dictionary = Top<PickleDictionary>();
        if (keysAndValues.Length % 2 != 0) throw PickleSource.Damaged(_file, "a key lacks its value");
        for (int i = 0; i < keysAndValues.Length; i += 2) dictionary.Set(keysAndValues[i], keysAndValues[i + 1]);
    }

    private readonly void Keep(uint number)
    {
        object? value = _stack.Peek();
        // An entry of a table that grows.
        if (!_memo.ContainsKey(number)) _budget.Take(64);
        _memo[number] = value;
    }

    private readonly void PushKept(uint number) =>
        _stack.Push(_memo.TryGetValue(number, out object? value) ? value : throw PickleSource.Damaged(_file, $"the value {number} is used, which was not kept"));

    private readonly void PushName(string module, string attribute)
    {
        _budget.Take(64 + 2L * (module.Length + attribute.Length));
        _stack.Push(new PickleName($"{module}.{attribute}"));
    }

    private readonly void PushStackName()
    {
        if (_stack.PopLast(2) is not [string module, string attribute]) throw PickleSource.Damaged(_file, "a name is no text");
        PushName(module, attribute);
    }

    private readonly void Call()
    {
        object?[] call = _stack.PopLast(2);
        _stack.Push(PickleCalls.Result(call[0], call[1], _file, _budget));
    }

    /// <summary>Attributes and states are set on values that need none here; on any other they would be a way to run something.</summary>
    private readonly void DropState()
    {
        _stack.Pop();
        if (_stack.Peek() is not (PickleInert or PickleDictionary { IsOrdered: true }))
            throw PickleSource.Damaged(_file, "a state is set on a value that has none");
    }

    private readonly T Top<T>() where T : class =>
        _stack.Peek() as T ?? throw PickleSource.Damaged(_file, "an instruction finds a value of the wrong kind");
}
