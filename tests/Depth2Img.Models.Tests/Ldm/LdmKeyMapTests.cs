using System.Text.Json;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models.Clip;
using Depth2Img.Models.Dpt;
using Depth2Img.Models.Ldm;
using Depth2Img.Models.Unet;
using Depth2Img.Models.Vae;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Ldm;

/// <summary>The one-file form of Stable Diffusion 2's depth model, key by key.</summary>
public class LdmKeyMapTests
{
    private static readonly ShapesOnly File = ShapesOnly.FromJson(Repository.Golden("ldm/sd2-depth-ldm-shapes.json"));

    private static readonly Dictionary<string, string> Expected =
        JsonSerializer.Deserialize<Dictionary<string, string>>(System.IO.File.ReadAllText(Repository.Golden("ldm/diffusers-to-ldm-keys.json")))!;

    private static readonly LdmConfigs Configs = new(File, new LdmSettings());

    [Theory]
    [InlineData("unet", 686)]
    [InlineData("vae", 248)]
    [InlineData("text", 372)]
    [InlineData("depth", 414)]
    public void Every_tensor_of_a_network_has_its_key_and_rows(string network, int count)
    {
        Dictionary<string, string> expected = Expected.Where(e => e.Key.StartsWith(network + "/", StringComparison.Ordinal)).ToDictionary(e => e.Key[(network.Length + 1)..], e => e.Value);
        LdmKeyMap map = Map(network, []);
        Assert.Equal(count, expected.Count);
        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), map.Keys.Select(k => KeyValuePair.Create(k.Key, Write(k.Value))).OrderBy(e => e.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_key_of_the_file_is_a_tensor_of_one_network_but_for_the_known_sixteen()
    {
        List<string> unknown = [];
        HashSet<string> used = [.. ((string[])["unet", "vae", "text", "depth"]).SelectMany(n => Map(n, unknown).Keys.Values).Select(k => k.Name)];
        string[] unused = [.. File.Names.Where(n => !used.Contains(n)).Order(StringComparer.Ordinal)];
        Assert.Empty(unknown);
        Assert.Equal(16, unused.Length);
        Assert.All(unused, n => Assert.True(
            n.StartsWith("cond_stage_model.model.transformer.resblocks.23.", StringComparison.Ordinal)
            || n is "cond_stage_model.model.text_projection" or "cond_stage_model.model.logit_scale"
            || n.StartsWith("depth_model.model.pretrained.model.head.", StringComparison.Ordinal), n));
    }

    [Theory]
    [InlineData("unet")]
    [InlineData("vae")]
    [InlineData("text")]
    [InlineData("depth")]
    public void Tensors_have_the_sizes_of_diffusers(string network)
    {
        ShapesOnly expected = ShapesOnly.FromJson(Repository.Golden($"full/{network}-shapes.json"));
        IWeightSource opened = Map(network, []).Open(File);
        // The reference's list has no tensors that the network never reads.
        foreach (string name in expected.Names) Assert.Equal(expected[name].Dimensions.ToArray(), opened[name].Dimensions.ToArray());
    }

    [Fact]
    public void Configurations_read_off_the_sizes_are_the_published_ones()
    {
        Assert.Equivalent(UNet2DConditionConfig.Read(Published("unet")), UNet2DConditionConfig.Read(Config(Configs.Unet(Map("unet", []), 64).ToJsonString())), strict: true);
        Assert.Equivalent(AutoencoderKLConfig.Read(Published("vae")), AutoencoderKLConfig.Read(Config(Configs.Vae(Map("vae", [])).ToJsonString())), strict: true);
        Assert.Equivalent(ClipTextConfig.Read(Published("text")), ClipTextConfig.Read(Config(Configs.Text(Map("text", []), isOpenClip: true).ToJsonString())), strict: true);
        Assert.Equivalent(DptConfig.Read(Published("depth")), DptConfig.Read(Config(Configs.Depth(Map("depth", [])).ToJsonString())), strict: true);
    }

    [Fact]
    public void A_key_that_no_such_network_has_is_told()
    {
        List<string> unknown = [];
        string[] strange = ["model.diffusion_model.input_blocks.1.2.weight", "model.diffusion_model.extra.weight", "model.diffusion_model.out.7.bias"];
        LdmKeyMap map = LdmUnetKeys.Map([.. File.Names, .. strange], LdmUnetKeys.Prefix, unknown);
        Assert.Equal(strange, unknown);
        Assert.Equal(686, map.Keys.Count);
    }

    [Fact]
    public void Rows_that_do_not_divide_are_refused_by_name()
    {
        ShapesOnly file = new("odd.safetensors", new Dictionary<string, int[]> { ["cond_stage_model.model.transformer.resblocks.0.attn.in_proj_bias"] = [10] });
        IWeightSource opened = OpenClipKeys.Map(file.Names, 1, []).Open(file);
        string refusal = Assert.Throws<Depth2ImgException>(() => opened["text_model.encoder.layers.0.self_attn.k_proj.bias"]).Message;
        Assert.Contains("in_proj_bias", refusal, StringComparison.Ordinal);
        Assert.Contains("[10]", refusal, StringComparison.Ordinal);
    }

    private static LdmKeyMap Map(string network, List<string> unknown) => network switch
    {
        "unet" => LdmUnetKeys.Map(File.Names, LdmUnetKeys.Prefix, unknown),
        "vae" => LdmVaeKeys.Map(File.Names, LdmVaeKeys.Prefixes[0], unknown),
        "text" => OpenClipKeys.Map(File.Names, 23, unknown),
        _ => MidasKeys.Map(File.Names, MidasKeys.Prefix, unknown),
    };

    private static string Write(LdmKey key)
    {
        if (key.Parts == 1) return key.Name;
        int rows = File[key.Name].Dimensions[0] / key.Parts;
        return $"{key.Name}[{key.Part * rows}:{(key.Part + 1) * rows}]";
    }

    private static JsonConfig Published(string network) => JsonConfig.Open(Repository.Golden($"full/{network}-config.json"));

    private static JsonConfig Config(string json) => JsonConfig.Parse(json, "made");
}
