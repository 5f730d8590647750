using Depth2Img.Server.Jobs;
using Depth2Img.Server.Queue;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Server.Tests.Queue;

public sealed class JobMessageTests
{
    private static readonly JobMessage Message = new()
    {
        Id = JobRecord.NewId(),
        Kind = JobKind.Generate,
        Parameters = """{"model":"owner/name","prompt":"ä \"ball\""}""",
        Inputs = new Dictionary<string, byte[]> { ["image"] = [1, 2, 3], ["layerMask1"] = [], ["depth"] = [0, 255] },
    };

    [Fact]
    public void A_job_is_read_as_it_was_written()
    {
        JobMessage read = JobMessage.Decode(Message.Encode());
        Assert.Equal((Message.Id, Message.Kind, Message.Parameters, Message.Shared), (read.Id, read.Kind, read.Parameters, read.Shared));
        Assert.Equal(Message.Inputs, read.Inputs);
        Assert.Equal("owner/name", JobMessage.ModelOf(read.Parameters));
    }

    /// <summary>Whatever becomes of a message's bytes, it is read or refused as no message.</summary>
    [Property(MaxTest = 2000)]
    public Property Damaged_messages_are_read_or_refused() => Prop.ForAll(
        Gen.Choose(0, 400).Two().Zip(Gen.Choose(0, 255)).ToArbitrary(),
        change =>
        {
            byte[] bytes = Message.Encode();
            ((int at, int cut), int value) = change;
            bytes[at % bytes.Length] = (byte)value;
            try
            {
                JobMessage read = JobMessage.Decode(bytes.AsSpan(0, bytes.Length - cut % 5));
                return JobMessage.IsId(read.Id) && read.Inputs.Keys.All(JobMessage.IsFileName);
            }
            catch (InvalidDataException)
            {
                return true;
            }
        });

    [Theory]
    [InlineData("../image", false)]
    [InlineData(".hidden", false)]
    [InlineData("a/b", false)]
    [InlineData("", false)]
    [InlineData("result-0.png", true)]
    [InlineData("layerMask1", true)]
    public void Only_plain_names_are_files(string name, bool expected) => Assert.Equal(expected, JobMessage.IsFileName(name));

    [Fact]
    public void A_job_of_another_version_is_refused_by_its_version()
    {
        byte[] bytes = Message.Encode();
        int at = bytes.AsSpan().IndexOf("\"version\":1"u8) + 10;
        bytes[at] = (byte)'9';
        Assert.Contains("version 9", Assert.Throws<InvalidDataException>(() => JobMessage.Decode(bytes)).Message, StringComparison.Ordinal);
    }
}
