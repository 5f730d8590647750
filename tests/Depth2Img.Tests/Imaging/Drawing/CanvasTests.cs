using Depth2Img.Imaging;
using Depth2Img.Imaging.Drawing;

namespace Depth2Img.Tests.Imaging.Drawing;

public class CanvasTests
{
    private static readonly Rgb Red = Rgb.FromHex(0xFF0000);

    [Fact]
    public void Rectangles_fill_their_pixels_and_no_others()
    {
        Canvas canvas = new(6, 5, Rgb.White);
        canvas.FillRectangle(1, 2, 3, 2, Red);
        Assert.Equal(6, Pixels(canvas).Count(p => p == Red));
        Assert.Equal(Red, At(canvas, 1, 2));
        Assert.Equal(Red, At(canvas, 3, 3));
        Assert.Equal(24, Pixels(canvas).Count(p => p == Rgb.White));
    }

    [Fact]
    public void A_rectangles_edge_lies_inside_it()
    {
        Canvas canvas = new(8, 8, Rgb.White);
        canvas.DrawRectangle(1, 1, 6, 5, 1, Red);
        Assert.Equal(2 * 6 + 2 * 3, Pixels(canvas).Count(p => p == Red));
        Assert.Equal(Rgb.White, At(canvas, 2, 2));
        Assert.Equal(Red, At(canvas, 6, 5));
    }

    [Fact]
    public void What_lies_outside_is_cut_off()
    {
        Canvas canvas = new(4, 4, Rgb.White);
        canvas.FillRectangle(-3, -3, 4, 4, Red);
        canvas.DrawImage(new Image(3, 3, new byte[27]), 3, 3);
        canvas.DrawLine(-50, 1.5, 50, 1.5, 1, Rgb.Black);
        canvas.DrawText("far away", 100, 100, new TextStyle(12, Red));
        Assert.Equal(Red, At(canvas, 0, 0));
        Assert.Equal(Rgb.Black, At(canvas, 3, 3));
        Assert.All(Enumerable.Range(0, 4), x => Assert.Equal(Rgb.Black, At(canvas, x, 1)));
        Assert.All(Enumerable.Range(0, 4), x => Assert.Equal(Rgb.White, At(canvas, x, 2)));
    }

    [Fact]
    public void A_picture_keeps_its_pixels_and_its_transparency()
    {
        Canvas canvas = new(3, 1, Rgb.White);
        canvas.DrawImage(new Image(3, 1, [255, 0, 0, 0, 0, 0, 0, 0, 0], [255, 0, 51]), 0, 0);
        Assert.Equal([Red, Rgb.White, new Rgb(204, 204, 204)], Pixels(canvas));
    }

    [Fact]
    public void A_crossing_is_no_darker_than_its_lines()
    {
        Canvas canvas = new(21, 21, Rgb.White);
        canvas.DrawPolyline([new(0, 10), new(21, 10), new(0, 10)], 1, Rgb.Black);
        Assert.All(Enumerable.Range(2, 16), x => Assert.Equal(At(canvas, 2, 9), At(canvas, x, 9)));
        Assert.InRange(At(canvas, 10, 9).Red, 100, 150);
    }

    [Fact]
    public void A_circle_covers_its_area()
    {
        Canvas canvas = new(40, 40, Rgb.White);
        canvas.FillCircle(20, 20, 30, Rgb.Black);
        double dark = Pixels(canvas).Sum(p => (255 - p.Red) / 255.0);
        Assert.InRange(dark, Math.PI * 15 * 15 * 0.99, Math.PI * 15 * 15 * 1.01);
    }

    [Theory]
    [InlineData(TextAlignment.Left)]
    [InlineData(TextAlignment.Centre)]
    [InlineData(TextAlignment.Right)]
    public void Text_lies_where_its_alignment_says(object alignment)
    {
        TextStyle style = new(20, Rgb.Black);
        Canvas canvas = new(200, 40, Rgb.White);
        canvas.DrawText("HOUSE", 100, 30, style, (TextAlignment)alignment);
        double width = LabelFont.Measure("HOUSE", style);
        double left = 100 - (int)(TextAlignment)alignment * width / 2;
        int[] columns = [.. Enumerable.Range(0, 200).Where(x => Enumerable.Range(0, 40).Any(y => At(canvas, x, y).Red < 128))];
        int[] rows = [.. Enumerable.Range(0, 40).Where(y => Enumerable.Range(0, 200).Any(x => At(canvas, x, y).Red < 128))];
        Assert.InRange(columns[0], left - 1, left + 1.5);
        Assert.InRange(columns[^1], left + width - 2.5, left + width);
        Assert.InRange(rows[0], 14, 16);
        Assert.InRange(rows[^1], 29, 31);
    }

    [Fact]
    public void A_canvas_larger_than_a_picture_is_refused_in_one_sentence() =>
        Assert.Contains("60000x60000", Assert.Throws<Depth2ImgException>(() => new Canvas(60_000, 60_000, Rgb.White)).Message);

    private static Rgb At(Canvas canvas, int x, int y)
    {
        ReadOnlySpan<byte> pixel = canvas.ToImage().Pixels.AsSpan(3 * (y * canvas.Width + x), 3);
        return new Rgb(pixel[0], pixel[1], pixel[2]);
    }

    private static Rgb[] Pixels(Canvas canvas) => [.. canvas.ToImage().Pixels.Chunk(3).Select(p => new Rgb(p[0], p[1], p[2]))];
}
