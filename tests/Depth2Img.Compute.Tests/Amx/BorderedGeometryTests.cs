using Depth2Img.Compute.Cpu.Amx;

namespace Depth2Img.Compute.Tests.Amx;

public class BorderedGeometryTests
{
    [Fact]
    public void Every_output_is_in_one_run_and_its_window_lies_where_the_run_says()
    {
        foreach (int step in new[] { 1, 2, 3 })
        {
            foreach ((int height, int width) in new[] { (1, 1), (8, 8), (5, 15), (3, 16), (4, 17), (1, 33), (2, 64) })
            {
                BorderedGeometry geometry = Geometry(1, height, width, 40, step);
                HashSet<(int, int)> seen = [];
                for (int run = 0; run < geometry.Runs(height); run++)
                {
                    for (int i = 0; i < 16; i++)
                    {
                        (int row, int column) = geometry.Output(run, i);
                        if (row >= height || column >= width) continue;
                        Assert.True(seen.Add((row, column)));
                        long pixel = geometry.RunOffset(run) + i * geometry.Strides.Row;
                        Assert.Equal((long)row * step * geometry.LineBytes + (long)column * step * geometry.PixelBytes, pixel);
                    }
                    long lastRead = geometry.RunOffset(run) + 15 * geometry.Strides.Row + 2 * geometry.LineBytes + 3L * geometry.PixelBytes;
                    Assert.InRange(lastRead, 0, geometry.Bytes);
                }
                Assert.Equal(height * width, seen.Count);
            }
        }
    }

    [Fact]
    public void Runs_cross_rows_only_where_that_makes_fewer_of_them()
    {
        Assert.True(Geometry(1, 8, 8, 64, 1).CrossesRows);
        Assert.True(Geometry(1, 30, 17, 64, 1).CrossesRows);
        Assert.False(Geometry(1, 64, 64, 64, 1).CrossesRows);
        Assert.False(Geometry(1, 16, 16, 64, 1).CrossesRows);
        Assert.False(Geometry(1, 8, 8, 64, 2).CrossesRows);
        Assert.Equal(5, Geometry(1, 8, 8, 64, 1).Runs(8));
    }

    [Fact]
    public void Chunks_are_whole_pictures_or_rows_of_one_and_fit_what_they_may_take()
    {
        BorderedGeometry small = Geometry(5, 8, 8, 32, 1, chunkBytes: 20_000);
        Assert.Equal((8, 3), (small.RowsAtATime, small.PicturesAtATime));
        BorderedGeometry large = Geometry(5, 100, 8, 32, 1, chunkBytes: 20_000);
        Assert.Equal((29, 1), (large.RowsAtATime, large.PicturesAtATime));
        Assert.InRange(large.PictureBytes(large.RowsAtATime), 0, 20_000);
        Assert.Equal(1, Geometry(1, 100, 8, 32, 2, chunkBytes: 1).RowsAtATime);
    }

    [Theory]
    [InlineData(32, 64)]
    [InlineData(33, 128)]
    [InlineData(128, 320)]
    [InlineData(320, 640)]
    [InlineData(512, 1088)]
    [InlineData(1280, 2624)]
    public void Pixels_are_whole_blocks_of_channels_and_keep_out_of_each_other_s_cache_sets(int channels, int bytes)
    {
        Assert.Equal(bytes, Geometry(1, 4, 4, channels, 1).PixelBytes);
    }

    private static BorderedGeometry Geometry(int pictures, int height, int width, int channels, int step, long chunkBytes = 1 << 24)
    {
        Window window = Window.Of(step, 1);
        Shape output = new(pictures, height, width, 32);
        return new(new Shape(pictures, height * step, width * step, channels), output, window, chunkBytes);
    }
}
