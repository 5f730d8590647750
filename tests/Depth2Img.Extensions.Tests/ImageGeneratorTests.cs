using System.Drawing;
using System.Text.Json;
using Depth2Img.Depth;
using Depth2Img.Extensions;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Tests.Extensions;

public sealed class ImageGeneratorTests : IDisposable
{
    private readonly TinyApplication _application = new();

    private IImageGenerator Generator => _application.Services.GetRequiredService<IImageGenerator>();

    private static DataContent Original { get; } = new(TinyApplication.Picture.ToBytes(ImageFormat.Png), "image/png");

    public void Dispose() => _application.Services.Dispose();

    [Fact]
    public async Task A_picture_edited_through_the_interface_is_the_pipelines_own()
    {
        DepthToImageResult own = await _application.Generator.GenerateAsync(TinyApplication.Request() with { NegativePrompt = "blue", Scheduler = "ddim", Count = 2 });
        ImageGenerationResponse response = await Generator.EditImageAsync(Original, "a red ball", Options(count: 2, new()
        {
            ["strength"] = 1,
            ["seed"] = 1L,
            ["steps"] = "2",
            ["guidance"] = JsonDocument.Parse("3.0").RootElement,
            ["negative_prompt"] = "blue",
            ["scheduler"] = "ddim",
            ["max_size"] = 64.0,
        }));
        Assert.Equal(2, response.Contents.Count);
        for (int i = 0; i < 2; i++)
        {
            DataContent content = Assert.IsType<DataContent>(response.Contents[i]);
            Assert.Equal("image/png", content.MediaType);
            DecodedImage decoded = ImageFile.Decode(content.Data, "response");
            Assert.Equal(own.Images[i].Pixels, decoded.ToRgb().Pixels);
            Assert.Equal(i, GenerationSettings.FromJson(decoded.Text[GenerationSettings.TextKey]).Index);
        }
        Assert.Equal(1, Assert.IsType<DepthToImageResult>(response.RawRepresentation).Settings.Seed);
    }

    [Theory]
    [InlineData(40, 24)]
    [InlineData(24, 40)]
    [InlineData(300, 100)]
    public async Task Pictures_have_the_size_and_the_type_that_were_asked_for(int width, int height)
    {
        ImageGenerationOptions options = Options(1, new() { ["steps"] = 1, ["max_size"] = 64, ["jpeg_quality"] = 80 });
        options.ImageSize = new Size(width, height);
        options.MediaType = "image/jpeg";
        DataContent content = Assert.IsType<DataContent>(Assert.Single((await Generator.EditImageAsync(Original, "", options)).Contents));
        Assert.Equal("image/jpeg", content.MediaType);
        Assert.Equal(new ImageInfo(ImageFormat.Jpeg, width, height), ImageFile.Identify(content.Data, "response"));
    }

    [Fact]
    public async Task A_depth_map_is_taken_in_every_form()
    {
        byte[] file = new Depth2Img.Imaging.Image(2, 2, [0, 0, 0, 80, 80, 80, 160, 160, 160, 255, 255, 255]).ToBytes(ImageFormat.Png);
        foreach (object map in new object[] { file, new ReadOnlyMemory<byte>(file), new DataContent(file, "image/png"), new DepthMap(2, 2, [0, 1, 2, 3]) })
        {
            ImageGenerationResponse response = await Generator.EditImageAsync(Original, "", Options(1, new() { ["depth_map"] = map, ["steps"] = 1, ["max_size"] = 32 }));
            Assert.Equal("given", Assert.IsType<DepthToImageResult>(response.RawRepresentation).Settings.DepthModel);
        }
    }

    [Fact]
    public async Task A_request_of_the_callers_own_is_where_the_rest_comes_from()
    {
        ImageGenerationOptions options = Options(1, new() { ["steps"] = 3 });
        options.RawRepresentationFactory = _ => TinyApplication.Request("from the factory", seed: 77) with { Karras = true, Scheduler = "euler" };
        DepthToImageResult result = (DepthToImageResult)(await Generator.GenerateAsync(new ImageGenerationRequest(), options)).RawRepresentation!;
        Assert.Equal(("from the factory", 77L, 3, true), (result.Settings.Prompt, result.Settings.Seed, result.Settings.Steps, result.Settings.Karras));
        result = (DepthToImageResult)(await Generator.GenerateAsync(new ImageGenerationRequest("another", [Original]), options)).RawRepresentation!;
        Assert.Equal("another", result.Settings.Prompt);
    }

    public static TheoryData<string, AIContent[]> WrongOriginals => new()
    {
        { "no original image", [] },
        { "2 original images", [Original, Original] },
        { "not fetched", [new UriContent("http://localhost/photo.png", "image/png")] },
        { "TextContent", [new TextContent("a photo")] },
        { "the picture", [new DataContent(new byte[] { 1, 2, 3 }, "image/png")] },
    };

    [Theory]
    [MemberData(nameof(WrongOriginals))]
    public async Task An_original_that_cannot_be_used_is_told(string said, AIContent[] originals)
    {
        Depth2ImgException e = await Assert.ThrowsAsync<Depth2ImgException>(() => Generator.GenerateAsync(new ImageGenerationRequest("x", originals)));
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("strength", "much")]
    [InlineData("steps", 2.5)]
    [InlineData("steps", 1e30)]
    [InlineData("seed", true)]
    [InlineData("negative_prompt", 3)]
    [InlineData("depth_map", 3)]
    [InlineData("jpeg_quality", 0)]
    public async Task A_property_of_a_wrong_type_or_range_is_named(string name, object value)
    {
        Depth2ImgException e = await Assert.ThrowsAsync<Depth2ImgException>(() => Generator.EditImageAsync(Original, "x", Options(1, new() { [name] = value })));
        Assert.Contains($"'{name}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_made_is_refused_before_work_begins()
    {
        await Assert.ThrowsAsync<NotSupportedException>(() => Generator.EditImageAsync(Original, "x", new() { MediaType = "image/webp" }));
        await Assert.ThrowsAsync<NotSupportedException>(() => Generator.EditImageAsync(Original, "x", new() { ResponseFormat = ImageGenerationResponseFormat.Uri }));
        Depth2ImgException e = await Assert.ThrowsAsync<Depth2ImgException>(() => Generator.EditImageAsync(Original, "x", new() { ModelId = "dall-e" }));
        Assert.Contains("dall-e", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<Depth2ImgException>(() => Generator.EditImageAsync(Original, "x", new() { ImageSize = new Size(4, 5000) }));
        await Assert.ThrowsAsync<ArgumentNullException>(() => Generator.GenerateAsync(null!));
        Assert.Empty(_application.Log.Lines);
        InvalidRequestException invalid = await Assert.ThrowsAsync<InvalidRequestException>(() => Generator.EditImageAsync(Original, "x", Options(0, [])));
        Assert.Equal("Count", Assert.Single(invalid.Faults).Property);
    }

    [Fact]
    public async Task Services_are_found_through_the_generator()
    {
        ImageGeneratorMetadata metadata = Generator.GetRequiredService<ImageGeneratorMetadata>();
        Assert.Equal(("depth2img", _application.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Depth2ImgOptions>>().Value.Model), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(Generator, Generator.GetService<DepthToImageImageGenerator>());
        Assert.Same(_application.Generator, Generator.GetService<IDepthToImageGenerator>());
        Assert.Null(Generator.GetService<DepthToImagePipeline>());
        Assert.Same(await _application.Generator.GetPipelineAsync(), Generator.GetService<DepthToImagePipeline>());
        Assert.Null(Generator.GetService(typeof(IImageGenerator), "key"));
        Assert.Null(Generator.GetService<string>());
    }

    private static ImageGenerationOptions Options(int count, AdditionalPropertiesDictionary more) => new() { Count = count, AdditionalProperties = more };
}
