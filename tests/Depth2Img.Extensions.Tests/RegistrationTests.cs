using Depth2Img.Compute.Cpu;
using Depth2Img.Extensions;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Depth2Img.Tests.Extensions;

public class RegistrationTests
{
    [Fact]
    public void Options_come_from_configuration_and_then_from_code()
    {
        IConfiguration configuration = Configure(new()
        {
            ["Depth2Img:Model"] = "somewhere",
            ["Depth2Img:Precision"] = "Float32",
            ["Depth2Img:LowMemory"] = "true",
            ["Depth2Img:MaxConcurrentRequests"] = "3",
            ["Depth2Img:Adapters:0:Path"] = "style.safetensors",
            ["Depth2Img:Adapters:0:Strength"] = "0.5",
            ["Depth2Img:Embeddings:0"] = "word.pt",
        });
        using ServiceProvider services = new ServiceCollection()
            .AddDepth2Img(configuration.GetSection(Depth2ImgOptions.SectionName), options => options.MaxConcurrentRequests++)
            .BuildServiceProvider();
        Depth2ImgOptions options = services.GetRequiredService<IOptions<Depth2ImgOptions>>().Value;
        Assert.Equal("somewhere", options.Model);
        Assert.Equal(Precision.Float32, options.Precision);
        Assert.True(options.LowMemory);
        Assert.Equal(4, options.MaxConcurrentRequests);
        Assert.Equal(("style.safetensors", 0.5), (Assert.Single(options.Adapters).Path, options.Adapters[0].Strength));
        Assert.Equal(["word.pt"], options.Embeddings);
    }

    [Fact]
    public void Every_wrong_option_is_named()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddDepth2Img(options =>
            {
                options.Model = " ";
                options.Precision = (Precision)9;
                options.ControlNet = "";
                options.MaxConcurrentRequests = 0;
                options.Adapters.Add(new AdapterSetting { Path = "x", Strength = double.NaN });
                options.Adapters.Add(new AdapterSetting());
                options.Embeddings.Add("");
            })
            .BuildServiceProvider();
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IDepthToImageGenerator>());
        Assert.Equal(
            ["Depth2Img:Model", "Depth2Img:Precision", "Depth2Img:ControlNet", "Depth2Img:MaxConcurrentRequests", "Depth2Img:Adapters:0:Strength", "Depth2Img:Adapters:1:Path", "Depth2Img:Embeddings:0"],
            e.Failures.Select(failure => failure.Split(' ')[0]));
    }

    [Fact]
    public async Task An_application_with_a_wrong_option_does_not_start()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Depth2Img:MaxConcurrentRequests"] = "-1" });
        builder.Services.AddDepth2Img(builder.Configuration.GetSection("Depth2Img"));
        using IHost host = builder.Build();
        OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("Depth2Img:MaxConcurrentRequests is -1; it must be from 1 to 64.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Depth2Img:MaxConcurentRequests", "2", "MaxConcurentRequests")]
    [InlineData("Depth2Img:LowMemory", "perhaps", "Depth2Img:LowMemory")]
    public void A_key_that_is_no_option_or_has_no_value_of_its_type_is_named(string key, string value, string named)
    {
        using ServiceProvider services = new ServiceCollection()
            .AddDepth2Img(Configure(new() { [key] = value }).GetSection("Depth2Img"))
            .BuildServiceProvider();
        Exception e = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IDepthToImageGenerator>());
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_generator_that_is_there_already_stays()
    {
        using NoImageGenerator own = new();
        using ServiceProvider services = new ServiceCollection().AddSingleton<IImageGenerator>(own).AddDepth2Img().BuildServiceProvider();
        Assert.Same(own, services.GetRequiredService<IImageGenerator>());
    }

    [Fact]
    public async Task The_pipeline_is_loaded_once_when_it_is_first_needed_and_goes_with_the_application()
    {
        TinyApplication application = new();
        IDepthToImageGenerator generator = application.Generator;
        Assert.Empty(application.Log.Lines);
        DepthToImagePipeline[] pipelines = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => generator.GetPipelineAsync()));
        Assert.Single(pipelines.Distinct());
        Assert.Single(application.Log.Lines, line => line.Id.Id == 1);
        await application.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateAsync(TinyApplication.Request()));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pipelines[0].GenerateAsync(TinyApplication.Request()));
    }

    [Fact]
    public async Task A_model_that_could_not_be_loaded_is_tried_again()
    {
        using TemporaryFolder folder = new();
        string model = folder.File("model");
        await using TinyApplication application = new(options => options.Model = model);
        await Assert.ThrowsAsync<Depth2ImgException>(() => application.Generator.GenerateAsync(TinyApplication.Request()));
        Assert.Contains(application.Log.Lines, line => line.Id.Id == 3 && line.Text.Contains(model, StringComparison.Ordinal));
        foreach (string file in Directory.EnumerateFiles(Repository.Golden("tiny-depth2img"), "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(model, Path.GetRelativePath(Repository.Golden("tiny-depth2img"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        Assert.Single((await application.Generator.GenerateAsync(TinyApplication.Request())).Images);
    }

    private static IConfiguration Configure(Dictionary<string, string?> values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    private sealed class NoImageGenerator : IImageGenerator
    {
        public Task<ImageGenerationResponse> GenerateAsync(ImageGenerationRequest request, ImageGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ImageGenerationResponse());

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }
}
