using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;

namespace Depth2Img.Compute.Tests.Checkpoints.Pickle;

/// <summary>The torch files under tests/Golden/ckpt: the good ones give the expected bits, the bad ones nothing but one clear error.</summary>
public sealed class TorchGoldenTests
{
    /// <summary>What opening and reading may take beside a file's own length.</summary>
    private const long Slack = 2 << 20;

    [Theory]
    [InlineData("tiny.ckpt", "expected.safetensors")]
    [InlineData("tiny-protocol4.ckpt", "expected.safetensors")]
    [InlineData("tiny-legacy.ckpt", "expected.safetensors")]
    [InlineData("tiny-legacy-protocol4.ckpt", "expected.safetensors")]
    [InlineData("tiny-lightning.ckpt", "expected.safetensors")]
    [InlineData("bare.bin", "bare-expected.safetensors")]
    [InlineData("bad/safetensors-named-ckpt.ckpt", "bare-expected.safetensors")]
    public void A_good_file_gives_the_expected_tensors_bit_for_bit(string name, string expectedName)
    {
        using IWeightFile actual = WeightFiles.Open(Golden(name));
        using SafetensorsFile expected = SafetensorsFile.Open(Golden(expectedName));
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), actual.Names.Order(StringComparer.Ordinal));
        Assert.All(expected.Names, key =>
        {
            Assert.Equal(expected[key].Type, actual[key].Type);
            Assert.Equal(expected[key].DimensionsText, actual[key].DimensionsText);
            Assert.True(expected[key].Data.Span.SequenceEqual(actual[key].Data.Span), $"'{key}' has other bits");
        });
    }

    [Fact]
    public void A_file_written_by_hand_is_read()
    {
        using IWeightFile file = WeightFiles.Open(Golden("bad/ok-by-hand.ckpt"));
        Assert.Equal(["w"], file.Names);
        Assert.Equal([4, 4], file["w"].Dimensions.ToArray());
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (float)i), file["w"].ToFloats());
    }

    // A bad file and what its error must say.
    public static TheoryData<string, string> BadFiles() => new()
    {
        { "call-os-system.ckpt", "calls 'posix.system'" },
        { "call-nt-system.ckpt", "calls 'nt.system'" },
        { "call-exec.ckpt", "calls 'builtins.exec'" },
        { "call-eval-python2-name.ckpt", "calls '__builtin__.eval'" },
        { "call-stack-global.ckpt", "calls 'posix.system'" },
        { "call-newobj.ckpt", "calls 'subprocess.Popen'" },
        { "call-torch-name.ckpt", "calls 'torch._utils._import_dotted_name'" },
        { "call-torch-hub.ckpt", "calls 'torch.hub.load'" },
        { "call-outside-state-dict.ckpt", "calls 'posix.system'" },
        { "call-legacy-magic.ckpt", "calls 'posix.system'" },
        { "call-legacy-later.ckpt", "calls 'builtins.exec'" },
        { "call-inst.ckpt", "instruction INST" },
        { "call-obj.ckpt", "instruction OBJ" },
        { "call-newobj-ex.ckpt", "instruction NEWOBJEX" },
        { "call-extension.ckpt", "instruction EXT1" },
        { "call-dotted-global.ckpt", "its state_dict is no dictionary" },
        { "call-build-setstate.ckpt", "holds no tensors" },
        { "storage-too-short.ckpt", "4096 elements" },
        { "storage-numel-lies.ckpt", "past the end of its storage of 4 elements" },
        { "storage-missing.ckpt", "'bad/data/7' is not in it" },
        { "storage-unknown-type.ckpt", "'torch.QUInt8Storage'" },
        { "storage-callable-type.ckpt", "'posix.system'" },
        { "view-huge-expand.ckpt", "more than 2 GiB" },
        { "view-negative-offset.ckpt", "negative size, stride or offset" },
        { "view-negative-size.ckpt", "negative size, stride or offset" },
        { "view-negative-stride.ckpt", "negative size, stride or offset" },
        { "view-past-end.ckpt", "past the end of its storage" },
        { "view-rank-mismatch.ckpt", "2 sizes and 1 strides" },
        { "view-size-overflow.ckpt", "more than 2 GiB" },
        { "view-stride-overflow.ckpt", "more than 2 GiB" },
        { "pickle-deep.ckpt", "memory" },
        { "pickle-marks.ckpt", "more than 10000 values lie within one another" },
        { "pickle-laughs.ckpt", "holds no tensors" },
        { "pickle-self.ckpt", "holds no tensors" },
        { "pickle-huge-string.ckpt", "it tells of 4611686018427387904 bytes" },
        { "pickle-huge-long.ckpt", "whole number has" },
        { "pickle-negative-long.ckpt", "whole number has" },
        { "pickle-memo-hole.ckpt", "which was not kept" },
        { "pickle-frame-past-end.ckpt", "it tells of 9223372036854775807 bytes" },
        { "pickle-underflow.ckpt", "lacks its mark" },
        { "pickle-no-stop.ckpt", "it ends in the middle" },
        { "pickle-cut.ckpt", "it ends in the middle" },
        { "pickle-unknown-opcode.ckpt", "no instruction that checkpoints use (0xff)" },
        { "pickle-protocol-9.ckpt", "the protocol 9" },
        { "pickle-unhashable-key.ckpt", "a key that cannot be one" },
        { "pickle-not-a-dict.ckpt", "no dictionary" },
        { "zip-path-outside.ckpt", "a storage '../../pwned'" },
        { "zip-two-pickles.ckpt", "2 entries that could be its data.pkl" },
        { "zip-no-pickle.ckpt", "no data.pkl" },
        { "zip-truncated.ckpt", "cut short" },
        { "zip-no-directory.ckpt", "cut short" },
        { "zip-offset-outside.ckpt", "damaged zip" },
        { "zip-size-outside.ckpt", "damaged zip" },
        { "zip-deflated.ckpt", "compressed" },
        { "zip-big-endian.ckpt", "big-endian" },
        { "legacy-truncated.ckpt", "cut short" },
        { "legacy-cut-in-pickle.ckpt", "in its pickle" },
        { "empty.ckpt", "is empty" },
        { "html.ckpt", "web page" },
        { "lfs-pointer.ckpt", "git lfs pull" },
        { "cut-length.safetensors", "3 bytes" },
        { "data-trailing.safetensors", "follow the last tensor" },
        { "data-truncated.safetensors", "cut short" },
        { "deep-json.safetensors", "'w' is no object" },
        { "dtype-unknown.safetensors", "not supported" },
        { "header-array.safetensors", "does not start" },
        { "header-longer-than-file.safetensors", "safetensors file" },
        { "header-not-json.safetensors", "not valid JSON" },
        { "key-twice.safetensors", "stands twice" },
        { "offsets-hole.safetensors", "a hole or an overlap" },
        { "offsets-negative.safetensors", "its offsets are" },
        { "offsets-overlap.safetensors", "a hole or an overlap" },
        { "offsets-reversed.safetensors", "its offsets are" },
        { "shape-against-size.safetensors", "its offsets are" },
        { "shape-negative.safetensors", "impossible size" },
        { "shape-overflow.safetensors", "impossible size" },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void A_bad_file_is_refused_with_its_cause_and_next_to_no_memory(string name, string cause)
    {
        string path = Golden($"bad/{name}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => WeightFiles.Open(path).Dispose());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Slack + new FileInfo(path).Length);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(cause, StringComparison.Ordinal), error.Message);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.False(File.Exists("pwned"), "something in the file was run");
    }

    [Fact]
    public void Every_bad_file_has_its_row() =>
        Assert.Equal(
            Directory.EnumerateFiles(Golden("bad")).Select(Path.GetFileName).Except(["ok-by-hand.ckpt", "safetensors-named-ckpt.ckpt"]).Order(StringComparer.Ordinal),
            BadFiles().Select(row => (string)row[0]).Order(StringComparer.Ordinal));

    private static string Golden(string name) => Repository.Golden($"ckpt/{name}");
}
