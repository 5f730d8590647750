namespace Depth2Img.Random;

/// <summary>
/// MT19937 of Matsumoto and Nishimura ("Mersenne Twister: a 623-dimensionally equidistributed uniform pseudorandom
/// number generator", 1998), seeded by their 2002 initialisation: the generator behind torch's CPU device.
/// </summary>
internal sealed class MersenneTwister
{
    private const int StateLength = 624;
    private const int Offset = 397;
    private const uint UpperMask = 0x80000000;
    private const uint LowerMask = 0x7fffffff;
    private const uint Matrix = 0x9908b0df;

    private readonly uint[] _state = new uint[StateLength];
    private int _next = StateLength;

    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (uint i = 1; i < StateLength; i++)
        {
            uint previous = _state[i - 1];
            _state[i] = unchecked((1812433253u * (previous ^ (previous >> 30))) + i);
        }
    }

    private MersenneTwister(MersenneTwister other)
    {
        other._state.CopyTo(_state, 0);
        _next = other._next;
    }

    /// <summary>A generator that goes on as this one does.</summary>
    public MersenneTwister Copy() => new(this);

    /// <summary>The next 32 bits.</summary>
    public uint NextUInt32()
    {
        if (_next == StateLength) Advance();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    /// <summary>The next 64 bits: the first draw is the upper half.</summary>
    public ulong NextUInt64()
    {
        ulong upper = NextUInt32();
        return (upper << 32) | NextUInt32();
    }

    private void Advance()
    {
        uint[] state = _state;
        for (int i = 0; i < StateLength - Offset; i++)
            state[i] = state[i + Offset] ^ Twist(state[i], state[i + 1]);
        for (int i = StateLength - Offset; i < StateLength - 1; i++)
            state[i] = state[i + Offset - StateLength] ^ Twist(state[i], state[i + 1]);
        state[^1] = state[Offset - 1] ^ Twist(state[^1], state[0]);
        _next = 0;
    }

    private static uint Twist(uint upper, uint lower) =>
        (((upper & UpperMask) | (lower & LowerMask)) >> 1) ^ ((lower & 1) == 0 ? 0 : Matrix);
}
