using System.Text;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Tests.Imaging;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Depth;

public class DptPreprocessorTests
{
    [Fact]
    public void A_squashed_picture_has_the_references_values() =>
        AssertAgrees("dpt.squash.96", """{"size": 96, "resample": 2}""");

    [Fact]
    public void A_picture_of_kept_aspect_has_the_references_values() =>
        AssertAgrees("dpt.aspect.96x32", """{"size": {"height": 96, "width": 96}, "keep_aspect_ratio": true, "ensure_multiple_of": 32}""");

    [Fact]
    public void What_the_file_does_not_name_has_the_references_default()
    {
        DptPreprocessorConfig config = Parse("{}");
        Assert.Equal((384, 384, false, 1), (config.Width, config.Height, config.KeepAspectRatio, config.EnsureMultipleOf));
        Assert.Equal(ResizeFilter.Bicubic, config.Resample);
        Assert.Equal([0.5f, 0.5f, 0.5f], config.ImageMean);
        Assert.Equal(config.OutputSize(1000, 10), (384, 384));
    }

    [Fact]
    public void The_demos_settings_are_read()
    {
        DptPreprocessorConfig config = DptPreprocessorConfig.Load(Repository.Models("demo/feature_extractor/preprocessor_config.json"));
        Assert.Equal((192, 192, ResizeFilter.Bilinear), (config.Width, config.Height, config.Resample));
    }

    [Fact]
    public void Old_files_name_the_class_under_another_key() =>
        Assert.Equal(384, Parse("""{"feature_extractor_type": "DPTFeatureExtractor", "size": 384}""").Width);

    [Theory]
    [InlineData(640, 480, 686, 518)]  // as published for Depth Anything
    [InlineData(480, 640, 518, 686)]
    [InlineData(4000, 20, 518, 14)]   // the short side does not vanish
    [InlineData(3, 5, 308, 518)]
    public void Kept_aspect_takes_the_lesser_change_and_multiples(int width, int height, int newWidth, int newHeight)
    {
        DptPreprocessorConfig config = Parse("""{"size": 518, "keep_aspect_ratio": true, "ensure_multiple_of": 14}""");
        Assert.Equal((newWidth, newHeight), config.OutputSize(width, height));
    }

    [Fact]
    public void Steps_can_be_turned_off()
    {
        DptPreprocessorConfig config = Parse("""{"do_resize": false, "do_rescale": false, "do_normalize": false}""");
        DptInput input = DptPreprocessor.Process(new Image(2, 1, [1, 2, 3, 4, 5, 255]), config);
        Assert.Equal((2, 1), (input.Width, input.Height));
        Assert.Equal([1, 2, 3, 4, 5, 255], input.Values);
    }

    [Fact]
    public void Mean_and_deviation_belong_to_their_channels()
    {
        DptPreprocessorConfig config = Parse("""{"do_resize": false, "do_rescale": false, "image_mean": [1, 2, 3], "image_std": [1, 2, 4]}""");
        Assert.Equal([10, 10, 5], DptPreprocessor.Process(new Image(1, 1, [11, 22, 23]), config).Values);
    }

    [Theory]
    [InlineData("""{"size": "big"}""", "size \"big\"")]
    [InlineData("""{"size": 0}""", "size 0")]
    [InlineData("""{"size": 1e9}""", "size 1e9")]
    [InlineData("""{"size": {"shortest_edge": 384}}""", "height and width")]
    [InlineData("""{"ensure_multiple_of": -1}""", "ensure_multiple_of -1")]
    [InlineData("""{"resample": 4}""", "resample 4")]
    [InlineData("""{"do_resize": 1}""", "do_resize 1")]
    [InlineData("""{"do_pad": true}""", "do_pad true")]
    [InlineData("""{"image_std": [1, 0, 1]}""", "image_std [1, 0, 1]")]
    [InlineData("""{"image_mean": [1, 1]}""", "three numbers")]
    [InlineData("""{"image_mean": [1, 1, 1e99]}""", "three numbers")]
    [InlineData("""{"rescale_factor": null, "image_processor_type": "GLPNImageProcessor"}""", "DPTImageProcessor")]
    [InlineData("""{"image_processor_type": "\ud800"}""", "a.json")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "no JSON")]
    public void A_value_that_cannot_be_used_is_named(string json, string part)
    {
        var e = Assert.Throws<Depth2ImgException>(() => Parse(json));
        Assert.Contains("a.json", e.Message, StringComparison.Ordinal);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var e = Assert.Throws<Depth2ImgException>(() => DptPreprocessorConfig.Load("/nowhere/preprocessor_config.json"));
        Assert.Contains("/nowhere/preprocessor_config.json", e.Message, StringComparison.Ordinal);
    }

    private static DptPreprocessorConfig Parse(string json) => DptPreprocessorConfig.Parse(Encoding.UTF8.GetBytes(json), "a.json");

    private static void AssertAgrees(string golden, string json)
    {
        DptInput input = DptPreprocessor.Process(ImagesGolden.Input(), Parse(json));
        int[] dimensions = ImagesGolden.Dimensions(golden);
        float[] expected = ImagesGolden.ChannelsLast(golden);
        Assert.Equal((dimensions[3], dimensions[2]), (input.Width, input.Height));
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], input.Values[i], 1e-4f);
    }
}
