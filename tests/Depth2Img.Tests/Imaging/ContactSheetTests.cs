using Depth2Img.Imaging;

namespace Depth2Img.Tests.Imaging;

public sealed class ContactSheetTests
{
    private static Image Flat(int width, int height, byte value) => new(width, height, [.. Enumerable.Repeat(value, 3 * width * height)]);

    private static int Count(Image image, byte value) => Enumerable.Range(0, image.Width * image.Height).Count(i => image.Pixels.AsSpan(3 * i, 3).SequenceEqual((byte[])[value, value, value]));

    private static ContactSheet Sheet(int columns, int rows, int width = 64, int height = 48) => new()
    {
        Rows = [.. Enumerable.Range(0, rows).Select(_ => (IReadOnlyList<ContactSheetCell>)[.. Enumerable.Range(0, columns).Select(_ => new ContactSheetCell(Flat(width, height, 7)))])],
    };

    [Fact]
    public void Without_labels_a_sheet_is_its_pictures_gaps_and_margins()
    {
        Image drawn = Sheet(3, 2).Draw();
        Assert.Equal((12 + 3 * 64 + 2 * 8 + 12, 12 + 2 * 48 + 8 + 12), (drawn.Width, drawn.Height));
        Assert.Equal(3 * 2 * 64 * 48, Count(drawn, 7));
    }

    [Fact]
    public void Labels_stand_beside_the_pictures_and_cover_none()
    {
        Image bare = Sheet(2, 2).Draw();
        Image drawn = (Sheet(2, 2) with { Title = "photo.png", ColumnLabels = ["strength 0.2", "strength 0.4"], RowLabels = ["a red ball", "b"] }).Draw();
        Assert.True(drawn.Width > bare.Width && drawn.Height > bare.Height);
        Assert.Equal(Count(bare, 7), Count(drawn, 7));
        // Ink in the corner above the pictures (title), above the columns, and before the rows.
        Assert.True(HasInk(drawn, 0, 0, drawn.Width, 28));
        Assert.True(HasInk(drawn, drawn.Width - 76, 28, 64, drawn.Height - bare.Height - 20));
        Assert.True(HasInk(drawn, 0, drawn.Height - 116, drawn.Width - bare.Width, 48));
    }

    [Fact]
    public void Captions_stand_below_their_pictures_and_a_missing_picture_is_a_frame()
    {
        ContactSheet sheet = new() { Rows = [[new ContactSheetCell(Flat(64, 48, 7), "one.png"), new ContactSheetCell(null, "failed")]] };
        Image drawn = sheet.Draw();
        Assert.Equal(64 * 48, Count(drawn, 7));
        Assert.True(HasInk(drawn, 12, 12 + 48, 64, drawn.Height - 60));
        Assert.True(HasInk(drawn, 12 + 64 + 8, 12, 64, 48));
    }

    [Fact]
    public void Long_labels_are_cut_and_do_not_widen_the_sheet()
    {
        string label = string.Join(' ', Enumerable.Repeat("a very long prompt", 30));
        Image drawn = (Sheet(2, 1) with { ColumnLabels = [label, label] }).Draw();
        Assert.Equal(Sheet(2, 1).Draw().Width, drawn.Width);
        Assert.InRange(drawn.Height, 72, 160);
    }

    [Theory]
    [InlineData(400, 200, 100, 100, 50)]
    [InlineData(200, 400, 100, 50, 100)]
    [InlineData(60, 40, 100, 60, 40)]
    [InlineData(2000, 1, 32, 32, 1)]
    public void A_thumbnail_keeps_its_proportions_and_is_never_enlarged(int width, int height, int side, int expectedWidth, int expectedHeight)
    {
        Image small = ContactSheet.Thumbnail(Flat(width, height, 9), side);
        Assert.Equal((expectedWidth, expectedHeight), (small.Width, small.Height));
    }

    [Fact]
    public void An_empty_sheet_and_rows_of_different_lengths_are_drawn()
    {
        Assert.Equal(24, new ContactSheet { Rows = [] }.Draw().Width);
        Assert.Equal(64 * 48, Count(new ContactSheet { Rows = [[new ContactSheetCell(Flat(64, 48, 7))], []] }.Draw(), 7));
    }

    private static bool HasInk(Image image, int left, int top, int width, int height)
    {
        for (int y = top; y < top + height; y++)
        {
            for (int x = left; x < left + width; x++)
            {
                if (image.Pixels[3 * (y * image.Width + x)] is > 7 and < 200) return true;
            }
        }
        return false;
    }
}
