using System.Globalization;
using System.Numerics;
using System.Text;
using Depth2Img.Compute.Checkpoints.Pickle;
using Depth2Img.TestSupport;

namespace Depth2Img.Compute.Tests.Checkpoints.Pickle;

/// <summary>What torch files give beside the reference files' tensors, by pickles written by hand.</summary>
public sealed class TorchFileTests : IDisposable
{
    private const string Storage = "X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0010tQ";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Instructions that leave a tensor of the storage 0, which holds 0 to 15.</summary>
    private static string Tensor(string size = "K\u0002K\u0003", string stride = "K\u0003K\u0001", int offset = 0) =>
        $"ctorch._utils\n_rebuild_tensor_v2\n(({Storage}K{(char)offset}({size}t({stride}t\u0089ccollections\nOrderedDict\n)RtR";

    private static string Text(string text) => $"X{(char)text.Length}\0\0\0{text}";

    private TorchFile Open(string pickle, bool wide = false)
    {
        byte[] data = [.. Enumerable.Range(0, 16).SelectMany(i => BitConverter.GetBytes((float)i))];
        return TorchFile.Open(_folder.Write("x.ckpt", TorchZipBytes.Of(wide,
            ("x/data.pkl", Encoding.Latin1.GetBytes($"\u0080\u0002{pickle}.")), ("x/byteorder", "little\n"u8.ToArray()), ("x/data/0", data), ("x/version", "3\n"u8.ToArray()))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_zip_is_read_with_and_without_64_bit_records(bool wide)
    {
        using TorchFile file = Open($"}}{Text("w")}{Tensor()}s", wide);
        Assert.Equal([0, 1, 2, 3, 4, 5], file["w"].ToFloats());
    }

    [Theory]
    [InlineData("K\u0003K\u0002", "K\u0001K\u0003", 0, new float[] { 0, 3, 1, 4, 2, 5 })]
    [InlineData("K\u0002K\u0002", "K\u0004K\u0002", 1, new float[] { 1, 3, 5, 7 })]
    [InlineData("K\u0002K\u0003", "K\0K\0", 7, new float[] { 7, 7, 7, 7, 7, 7 })]
    [InlineData("K\u0001K\u0003", "K\u0063K\u0001", 2, new float[] { 2, 3, 4 })]
    [InlineData("K\0K\u0003", "K\u0063K\u0063", 9, new float[0])]
    [InlineData("", "", 15, new float[] { 15 })]
    public void A_view_gives_its_elements_in_row_major_order(string size, string stride, int offset, float[] expected)
    {
        using TorchFile file = Open($"}}{Text("w")}{Tensor(size, stride, offset)}s");
        Assert.Equal(expected, file["w"].ToFloats());
    }

    [Fact]
    public void Tensors_one_dictionary_further_in_are_named_by_both_keys_and_what_stands_beside_them_is_there()
    {
        using TorchFile file = Open($"}}({Text("string_to_param")}}}{Text("*")}{Tensor()}s{Text("name")}{Text("cat")}{Text("step")}M\u002c\u0001{Text("list")}](K\u0001N\u0088eu");
        Assert.Equal(["string_to_param.*"], file.Names);
        Assert.Equal([2, 3], file["string_to_param.*"].Dimensions.ToArray());
        Assert.Equal(["string_to_param", "name", "step", "list"], file.Root.Keys);
        Assert.True(file.Root.TryGet("name", out string? name));
        Assert.Equal("cat", name);
        Assert.True(file.Root.TryGet("step", out object? step));
        Assert.Equal(300L, step);
        Assert.True(file.Root.TryGet("list", out PickleList? list));
        Assert.Equal([1L, null, true], list.Items);
        Assert.False(file.Root.TryGet<string>("step", out _));
        Assert.False(file.Root.TryGet("none", out object? _));
    }

    [Fact]
    public void A_state_dict_comes_before_what_stands_beside_it()
    {
        using TorchFile file = Open($"}}({Text("optimizer")}{Tensor()}{Text("state_dict")}}}{Text("w")}{Tensor()}su");
        Assert.Equal(["w"], file.Names);
        Assert.Throws<KeyNotFoundException>(() => file["optimizer"]);
    }

    // Instructions that leave one value, and the value.
    public static TheoryData<string, object?> Values() => new()
    {
        { "N", null },
        { "\u0088", true },
        { "\u0089", false },
        { "K\u00ff", 255L },
        { "M\u00ff\u00ff", 65535L },
        { "J\u00fe\u00ff\u00ff\u00ff", -2L },
        { "\u008a\0", 0L },
        { "\u008a\u0001\u00ff", -1L },
        { "\u008a\u0002\u00ff\0", 255L },
        { "\u008a\u0008\0\0\0\0\0\0\0\u0080", long.MinValue },
        { "\u008a\u0009\0\0\0\0\0\0\0\u0080\0", BigInteger.Parse("9223372036854775808", CultureInfo.InvariantCulture) },
        { "\u008b\u0001\0\0\0\u0007", 7L },
        { "G\u0040\u0009\u0021\u00fb\u0054\u0044\u002d\u0018", Math.PI },
        { "\u008c\u0003\u00e2\u0082\u00ac", "€" },
        { "\u008d\u0001\0\0\0\0\0\0\0a", "a" },
        { "K\u0001K\u0002\u0030", 1L },
        { "K\u0001(K\u0002K\u0003\u0031", 1L },
        { "K\u0005\u0094h\0\u0086K\u0006\u0030\u0030K\u0007", 7L },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Every_kind_of_value_is_read(string instructions, object? expected)
    {
        using TorchFile file = Open($"}}{Text("w")}{Tensor()}s{Text("v")}{instructions}s");
        Assert.True(file.Root.TryGet("v", out object? value));
        Assert.Equal(expected, value);
    }

    // Instructions that leave a damaged value, and what the error must say.
    public static TheoryData<string, string> Damages() => new()
    {
        { "\u008c\u0001\u00ff", "no UTF-8" },
        { "h\u0007", "which was not kept" },
        { "]}N}b", "state" },
        { "(K\u0001s", "lacks its value" },
        { "](K\u0001K\u0002u", "wrong kind" },
        { "(K\u0001d", "a key lacks its value" },
        { "K\u0001)R", "no function" },
        { "ccollections\nOrderedDict\n(K\u0001tR", "arguments that it does not take" },
        { "ctorch._utils\n_rebuild_parameter\n(K\u0001K\u0002K\u0003tR", "arguments that it does not take" },
        { "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0008tQ", "described twice" },
        { "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\01X\u0003\0\0\0cpuK\u0008)tQ", "a view of another" },
        { "K\u0005Q", "means no storage" },
        { "S'text'\n", "no instruction that checkpoints use" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Damage_is_named(string instructions, string cause)
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => Open($"}}{Text("w")}{Tensor()}s{Text("v")}{instructions}s"));
        Assert.True(error.Message.Contains(cause, StringComparison.Ordinal), error.Message);
    }

    [Fact]
    public void One_dictionary_under_many_keys_is_not_multiplied_without_limit()
    {
        // A dictionary of 3,000 tensors, kept, as the value of 3,000 keys.
        StringBuilder pickle = new($"}}{Text("w")}{Tensor()}q\0\u0030\u0030\u0030}}q\u0001");
        for (int i = 0; i < 3000; i++) pickle.Append(CultureInfo.InvariantCulture, $"{Text($"{i:0000}")}h\0s");
        pickle.Append("\u0030}");
        for (int i = 0; i < 3000; i++) pickle.Append(CultureInfo.InvariantCulture, $"{Text($"{i:0000}")}h\u0001s");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("memory", Assert.Throws<Depth2ImgException>(() => Open(pickle.ToString())).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void Views_that_repeat_a_small_file_without_measure_are_refused() =>
        Assert.Contains("far more memory", Assert.Throws<Depth2ImgException>(() => Open($"}}{Text("w")}{Tensor("M\0\u0040M\0\u0040", "K\0K\0")}s")).Message, StringComparison.Ordinal);

    [Fact]
    public void Tensors_end_with_their_file()
    {
        TorchFile file = Open($"}}{Text("w")}{Tensor()}s");
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file["w"]);
    }
}
