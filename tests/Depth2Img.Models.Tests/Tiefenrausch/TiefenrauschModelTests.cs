using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Tiefenrausch;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Tiefenrausch;

public sealed class TiefenrauschModelTests : IDisposable
{
    private readonly SafetensorsFile _golden = SafetensorsFile.Open(Repository.Golden("tiefenrausch.safetensors"));
    private readonly SafetensorsFile _file = SafetensorsFile.Open(Repository.Models("tiefenrausch/model.safetensors"));

    /// <summary>All but the wide picture on scalar loops, which takes long.</summary>
    public static IEnumerable<object[]> BackendsAndSizes =>
        TestBackends.With("square", "wide").Cast<object[]>().Where(row => row is not ["reference", "wide"]);

    [Theory]
    [MemberData(nameof(BackendsAndSizes))]
    public void Forward_agrees_with_the_published_network(string backendName, string size)
    {
        using IBackend backend = TestBackends.Open(backendName);
        using TiefenrauschModel model = TiefenrauschModel.Load(_file, backend);
        using IOps ops = backend.OpenSession();
        WeightTensor picture = _golden[$"{size}.in.image"];
        (int height, int width) = (picture.Dimensions[0], picture.Dimensions[1]);
        float[] values = [.. picture.ToFloats().Select(value => value / 255)];
        using Tensor image = ops.Upload(values, new Shape(1, height, width, 3));

        using Tensor output = model.Forward(ops, image);

        Assert.Equal(new Shape(1, height, width, 1), output.Shape);
        float[] logarithms = ops.DownloadAll(output);
        NumericAssert.Close(_golden[$"{size}.out.log_inverse_depth"].ToFloats(), logarithms, 1e-3, "log inverse depth");
        NumericAssert.Close(_golden[$"{size}.out.inverse_depth"].ToFloats(), [.. logarithms.Select(MathF.Exp)], 1e-3, "inverse depth");
    }

    [Theory]
    [InlineData(1, 48, 64, 3)]
    [InlineData(1, 64, 48, 3)]
    [InlineData(1, 64, 64, 1)]
    [InlineData(1, 0, 32, 3)]
    public void Pictures_whose_sides_are_no_multiples_of_32_are_refused(int n, int height, int width, int channels)
    {
        using ReferenceBackend backend = new();
        using TiefenrauschModel model = TiefenrauschModel.Load(_file, backend);
        using IOps ops = backend.OpenSession();
        using Tensor image = ops.Upload(new float[n * height * width * channels], new Shape(n, height, width, channels));

        Assert.Throws<ArgumentException>(() => model.Forward(ops, image));
    }

    [Fact]
    public void All_memory_is_given_back()
    {
        using IBackend backend = TestBackends.OpenFastest();
        using TiefenrauschModel model = TiefenrauschModel.Load(_file, backend);
        using IOps inner = backend.OpenSession();

        LeakTest.Run(inner, ops =>
        {
            using Tensor image = ops.Upload(new float[32 * 32 * 3], new Shape(1, 32, 32, 3));
            model.Forward(ops, image).Dispose();
        });
    }

    [Fact]
    public void A_file_without_ranges_is_refused()
    {
        using SafetensorsFile other = SafetensorsFile.Open(Repository.Golden("vae.safetensors"));
        using ReferenceBackend backend = new();

        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => TiefenrauschModel.Load(other, backend));

        Assert.Contains("has no metadata \"clip\"", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "stem is missing")]
    [InlineData("""{"stem": [0]}""", "stem is [0]; two ascending numbers were expected")]
    [InlineData("""{"stem": [1, 1]}""", "stem is [1, 1]; two ascending numbers were expected")]
    [InlineData("""{"stem": ["a", 1]}""", "stem[0] is \"a\"")]
    [InlineData("""{"stem": [0, 1]}""", "skip.0.0.expand is missing")]
    [InlineData("""[]""", "holds a list")]
    [InlineData("""{""", "is not valid JSON")]
    public void A_missing_or_impossible_range_is_named(string clips, string complaint)
    {
        using ReferenceBackend backend = new();

        Depth2ImgException e = Assert.Throws<Depth2ImgException>(
            () => new TiefenrauschModel(new CheckpointScope(_file, backend), TiefenrauschClips.Parse(clips, "model.safetensors")));

        Assert.Contains(complaint, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder.7.depthwise.weight")]
    [InlineData("skip.4.2.project.bias")]
    [InlineData("head.weight")]
    public void A_missing_tensor_is_named(string key) =>
        Assert.StartsWith($"{key}: missing in", LoadFails(new AlteredWeights(_file).Without(key)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("encoder.1.expand.weight", "[3,40,1,1] expected, [3,2,1,1] found", 3, 2, 1, 1)]
    [InlineData("encoder.1.depthwise.weight", "[40,1,3,3] expected, [40,9] found", 40, 9)]
    [InlineData("head.weight", "[1,32,3,3] expected, [288] found", 288)]
    public void A_tensor_of_other_sizes_is_named_with_both_sizes(string key, string complaint, params int[] sizes) =>
        Assert.StartsWith($"{key}: {complaint}", LoadFails(new AlteredWeights(_file).WithZeros(key, sizes)).Message, StringComparison.Ordinal);

    [Fact]
    public void Channels_that_do_not_meet_at_a_skip_connection_are_named()
    {
        AlteredWeights weights = new AlteredWeights(_file).WithZeros("skip.4.2.project.weight", 95, 864, 1, 1).WithZeros("skip.4.2.project.bias", 95);

        Assert.Equal("skip.4: 96 channels expected to be added to decoder.0, 95 found.", LoadFails(weights).Message);
    }

    [Fact]
    public void A_value_that_is_not_finite_is_named() =>
        Assert.StartsWith("decoder.3.0.expand.weight: holds NaN", LoadFails(new AlteredWeights(_file).WithValue("decoder.3.0.expand.weight", 5, float.NaN)).Message, StringComparison.Ordinal);

    public void Dispose()
    {
        _golden.Dispose();
        _file.Dispose();
    }

    private Depth2ImgException LoadFails(IWeightSource weights)
    {
        using ReferenceBackend backend = new();
        return Assert.Throws<Depth2ImgException>(() => new TiefenrauschModel(new CheckpointScope(weights, backend), TiefenrauschClips.Read(_file)));
    }
}
