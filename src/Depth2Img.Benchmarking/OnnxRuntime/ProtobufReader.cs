namespace Depth2Img.Benchmarking.OnnxRuntime;

/// <summary>
/// Walks the fields of a message in protocol buffers' wire format and knows where each lies in the file. Every length is
/// checked against the message around it before it is used.
/// </summary>
/// <param name="file">The whole file.</param>
/// <param name="start">Where the message begins.</param>
/// <param name="length">How many bytes it has.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> file, int start, int length)
{
    private const int VarintWire = 0, Fixed64Wire = 1, BytesWire = 2, Fixed32Wire = 5;

    private readonly ReadOnlySpan<byte> _file = file;
    private readonly int _end = checked(start + length);
    private int _position = start;

    /// <summary>Reads the next field.</summary>
    /// <returns>False at the message's end.</returns>
    /// <exception cref="Depth2ImgException">The bytes are no message.</exception>
    public bool Next(out ProtobufField field)
    {
        field = default;
        if (_position == _end) return false;
        ulong key = Varint();
        ulong number = key >> 3;
        if (number is 0 or > int.MaxValue) throw Damaged();
        switch ((int)(key & 7))
        {
            case VarintWire:
                field = new ProtobufField((int)number, Varint(), _position, 0);
                break;
            case Fixed64Wire:
                field = new ProtobufField((int)number, 0, Take(8), 8);
                break;
            case BytesWire:
                ulong length = Varint();
                if (length > (ulong)(_end - _position)) throw Damaged();
                field = new ProtobufField((int)number, 0, Take((int)length), (int)length);
                break;
            case Fixed32Wire:
                field = new ProtobufField((int)number, 0, Take(4), 4);
                break;
            default:
                throw Damaged();
        }
        return true;
    }

    private int Take(int count)
    {
        if (count > _end - _position) throw Damaged();
        int at = _position;
        _position += count;
        return at;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = _file[Take(1)];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }
        throw Damaged();
    }

    private readonly Depth2ImgException Damaged() => new($"The ONNX graph is damaged near byte {_position}: no protocol buffer message is there.");
}

/// <summary>One field of a message.</summary>
/// <param name="Number">Which field.</param>
/// <param name="Value">Its value, if it is a variable-length integer.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Length">How many bytes it has: those of a text, of an inner message, or of a number of fixed width.</param>
internal readonly record struct ProtobufField(int Number, ulong Value, int Offset, int Length)
{
    /// <summary>The field's bytes as a message.</summary>
    public ProtobufReader Message(ReadOnlySpan<byte> file) => new(file, Offset, Length);
}
