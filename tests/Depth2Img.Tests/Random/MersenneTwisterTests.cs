using Depth2Img.Random;

namespace Depth2Img.Tests.Random;

public class MersenneTwisterTests
{
    // From the C++ standard ([rand.predef]): the 10,000th number of mt19937 with its default seed.
    [Fact]
    public void The_ten_thousandth_number_is_the_one_the_standard_names()
    {
        MersenneTwister twister = new(5489);
        for (int i = 1; i < 10_000; i++) twister.NextUInt32();
        Assert.Equal(4123659995u, twister.NextUInt32());
    }

    [Fact]
    public void Of_64_bits_the_first_draw_is_the_upper_half()
    {
        MersenneTwister halves = new(42), whole = new(42);
        ulong expected = ((ulong)halves.NextUInt32() << 32) | halves.NextUInt32();
        Assert.Equal(expected, whole.NextUInt64());
    }
}
