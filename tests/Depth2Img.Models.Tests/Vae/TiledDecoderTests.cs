using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models.Vae;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Vae;

public class TiledDecoderTests
{
    // On the scale of -1..1, where half a step of 8 bits is 4e-3: tiling keeps far below what could be seen.
    private const double Tolerance = 1e-4;

    // Latents' rows and columns, and the side of a tile.
    public static TheoryData<string, string> Cases => TestBackends.With("12 12 6", "9 14 4", "5 20 7", "8 8 8", "3 4 1");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tiles_make_the_whole_decode_s_picture_up_to_rounding(string backendName, string sizes)
    {
        int[] numbers = [.. sizes.Split(' ').Select(int.Parse)];
        (int height, int width, int tile) = (numbers[0], numbers[1], numbers[2]);
        using Fixture fixture = new(backendName);
        using Tensor latents = fixture.Latents(height, width);
        using Tensor whole = fixture.Vae.Decode(fixture.Ops, latents);
        TiledDecoder decoder = new(fixture.Vae, tile);

        // At the tiles' borders as everywhere: the largest difference is bounded, not the mean alone.
        NumericAssert.Close(fixture.Ops.DownloadAll(whole), decoder.Decode(fixture.Ops, latents), Tolerance, "picture");
        Assert.Equal((height + tile - 1) / tile * ((width + tile - 1) / tile), decoder.TilesOf(height, width));
    }

    [Fact]
    public void Without_shared_statistics_the_pictures_would_differ()
    {
        // What the test above would not notice if the pictures were too even.
        using Fixture fixture = new("vector128");
        using Tensor latents = fixture.Latents(24, 24);
        using Tensor tokens = fixture.Ops.Reshape(latents, new Shape(1, 24, 24 * 4));
        using Tensor half = fixture.Ops.SliceTokens(tokens, 0, 12);
        using Tensor upper = fixture.Ops.Reshape(half, new Shape(1, 12, 24, 4));
        using Tensor alone = fixture.Vae.Decode(fixture.Ops, upper);
        float[] expected = new TiledDecoder(fixture.Vae, 12).Decode(fixture.Ops, latents);
        float[] actual = fixture.Ops.DownloadAll(alone);
        Assert.True(actual.Zip(expected, (a, e) => Math.Abs(a - e)).Average() > 100 * Tolerance);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void No_tensor_is_left_also_when_it_is_cancelled(string backendName)
    {
        using Fixture fixture = new(backendName);
        LeakTest.Run(fixture.Ops, ops =>
        {
            using Tensor latents = Fixture.Latents(ops, 10, 9);
            new TiledDecoder(fixture.Vae, 5).Decode(ops, latents);
        });
    }

    [Fact]
    public void Several_pictures_at_a_time_and_tiles_of_nothing_are_refused()
    {
        using Fixture fixture = new("vector128");
        using Tensor two = fixture.Ops.Upload(new float[2 * 4 * 4 * 4], new Shape(2, 4, 4, 4));
        Assert.Throws<ArgumentException>(() => new TiledDecoder(fixture.Vae).Decode(fixture.Ops, two));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TiledDecoder(fixture.Vae, 0));
    }

    public static TheoryData<string> Backends => TestBackends.All;

    private sealed class Fixture : IDisposable
    {
        private readonly GoldenNetwork _golden = GoldenNetwork.Open("vae.safetensors");
        private readonly IBackend _backend;

        public Fixture(string backend)
        {
            _backend = TestBackends.Open(backend);
            AutoencoderKLConfig config = AutoencoderKLConfig.Read(JsonConfig.Parse(_golden.Config, _golden.Description));
            Vae = CheckpointScope.Load(_golden.Weights, _backend, scope => new AutoencoderKL(scope, config), out _);
            Ops = _backend.OpenSession();
        }

        public AutoencoderKL Vae { get; }

        public IOps Ops { get; }

        public Tensor Latents(int height, int width) => Latents(Ops, height, width);

        /// <summary>Noise that grows towards the lower right, so that no tile is like another.</summary>
        public static Tensor Latents(IOps ops, int height, int width)
        {
            float[] values = FormulaWeights.Uniform("tiled.latents", 4 * height * width, 3);
            for (int i = 0; i < values.Length; i++) values[i] = values[i] * (0.2f + i / 4f / values.Length) + 2f * i / values.Length - 1;
            return ops.Upload(values, new Shape(1, height, width, 4));
        }

        public void Dispose()
        {
            Ops.Dispose();
            Vae.Dispose();
            _backend.Dispose();
            _golden.Dispose();
        }
    }
}
