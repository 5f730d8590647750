using Depth2Img.Adapters;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Adapters;

public class LdmUnetNamesTests
{
    [Fact]
    public void Every_module_of_Stable_Diffusion_2_has_an_original_name_of_its_own()
    {
        string[] modules = Modules();
        Dictionary<string, string> names = LdmUnetNames.Of(modules);
        Assert.Equal(modules.Order(), names.Keys.Order());
        Assert.Equal(modules.Length, names.Values.Distinct().Count());
    }

    [Theory]
    [InlineData("conv_in", "input_blocks.0.0")]
    [InlineData("time_embedding.linear_2", "time_embed.2")]
    [InlineData("down_blocks.0.resnets.1.conv1", "input_blocks.2.0.in_layers.2")]
    [InlineData("down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q", "input_blocks.1.1.transformer_blocks.0.attn1.to_q")]
    [InlineData("down_blocks.0.downsamplers.0.conv", "input_blocks.3.0.op")]
    [InlineData("down_blocks.1.resnets.0.conv_shortcut", "input_blocks.4.0.skip_connection")]
    [InlineData("down_blocks.3.resnets.1.time_emb_proj", "input_blocks.11.0.emb_layers.1")]
    [InlineData("mid_block.attentions.0.proj_in", "middle_block.1.proj_in")]
    [InlineData("mid_block.resnets.1.conv2", "middle_block.2.out_layers.3")]
    [InlineData("up_blocks.0.resnets.2.norm1", "output_blocks.2.0.in_layers.0")]
    [InlineData("up_blocks.0.upsamplers.0.conv", "output_blocks.2.1.conv")]
    [InlineData("up_blocks.1.upsamplers.0.conv", "output_blocks.5.2.conv")]
    [InlineData("up_blocks.3.attentions.2.transformer_blocks.0.ff.net.0.proj", "output_blocks.11.1.transformer_blocks.0.ff.net.0.proj")]
    [InlineData("conv_out", "out.2")]
    public void The_original_names_are_those_of_published_checkpoints(string diffusers, string ldm) =>
        Assert.Equal(ldm, LdmUnetNames.Of(Modules())[diffusers]);

    private static string[] Modules() =>
        [.. FormulaWeights.FromShapes(Repository.Golden("full/unet-shapes.json")).Names.Where(n => n.EndsWith(".weight", StringComparison.Ordinal)).Select(n => n[..^".weight".Length])];
}
