using System.Text.Json.Nodes;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Tuning;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

public class KernelTableTests
{
    [Fact]
    public void The_table_that_is_built_in_has_a_valid_entry_for_every_tier_and_is_written_as_it_was_read()
    {
        foreach (CpuTier tier in Enum.GetValues<CpuTier>()) KernelTable.BuiltIn[tier].Validate(tier.Name());
        Assert.Equal(KernelTable.BuiltIn.ToJson(), KernelTable.Parse(KernelTable.BuiltIn.ToJson()).ToJson());
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_tier_s_micro_kernels_are_cut_as_its_entry_says(CpuTier tier)
    {
        Assert.Equal(KernelTable.BuiltIn[tier], MicroKernel.For(tier).Blocks);
        KernelBlocks few = KernelTable.BuiltIn[tier] with { GemmRows = 48, GemmColumns = 64 };
        GemmPlan plan = GemmPlan.Choose(1000, 10, 1, MicroKernel.For(tier, few), threads: 2);
        Assert.True(plan.RowsPerBlock <= 48);
        Assert.True(plan.PanelsPerGroup * MicroKernel.For(tier).Columns <= 64);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void What_products_are_cut_into_changes_no_bit(CpuTier tier)
    {
        KernelBlocks usual = KernelTable.BuiltIn[tier];
        KernelBlocks other = usual with { GemmRows = 36, GemmColumns = 96, WinogradTiles = 24, AttentionQueries = 36 };
        Assert.Equal(Run(usual), Run(other));

        float[] Run(KernelBlocks blocks)
        {
            using CpuBackend backend = new(new CpuBackendOptions { Tier = tier, Blocks = blocks });
            return BackendFixture.Run(backend, ops =>
            {
                using LinearWeight linear = backend.CreateLinear(TestWeights.Random(ElementType.Float16, 1, 0.2f, 192, 64), null);
                using ConvWeight filters = backend.CreateConv2d(TestWeights.Random(ElementType.Float16, 2, 0.1f, 64, 64, 3, 3), null);
                using Tensor picture = ops.Upload(TestValues.Random(24 * 24 * 64, 3), new Shape(1, 24, 24, 64));
                using Tensor convolved = ops.Conv2d(picture, filters, Window.Of(1, 1));
                using Tensor tokens = ops.Reshape(convolved, new Shape(1, 24 * 24, 64));
                using Tensor attended = ops.Attention(tokens, tokens, tokens, 2, 0.2f);
                return ops.Linear(attended, linear);
            });
        }
    }

    [Theory]
    [InlineData("gemmRows", 0)]
    [InlineData("gemmColumns", 8)]
    [InlineData("winogradTiles", 5000)]
    [InlineData("winogradCost", 0)]
    [InlineData("attentionQueries", -96)]
    [InlineData("attentionKeys", 336)]
    [InlineData("attentionKeys", 100)]
    public void A_value_out_of_its_range_is_refused_by_name(string property, double value)
    {
        JsonObject table = JsonNode.Parse(KernelTable.BuiltIn.ToJson())!.AsObject();
        table["avx2"]![property] = value;
        string message = Assert.Throws<Depth2ImgException>(() => KernelTable.Parse(table.ToJsonString())).Message;
        Assert.Contains("'avx2'", message, StringComparison.Ordinal);
        Assert.Contains(property, message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_table_that_lacks_a_tier_or_a_value_or_has_another_is_refused()
    {
        Refused("[]");
        Refused("{");
        Refused(Changed(table => table.Remove("avx512")));
        Refused(Changed(table => table["avx512"] = null));
        Refused(Changed(table => table["mmx"] = table["avx2"]!.DeepClone()));
        Refused(Changed(table => table["avx2"]!.AsObject().Remove("gemmRows")));
        Refused(Changed(table => table["avx2"]!["gemmDepth"] = 3));
        Refused(Changed(table => table["avx2"]!["gemmRows"] = 240.5));

        static void Refused(string json) => Assert.Throws<Depth2ImgException>(() => KernelTable.Parse(json));

        static string Changed(Action<JsonObject> change)
        {
            JsonObject table = JsonNode.Parse(KernelTable.BuiltIn.ToJson())!.AsObject();
            change(table);
            return table.ToJsonString();
        }
    }
}
