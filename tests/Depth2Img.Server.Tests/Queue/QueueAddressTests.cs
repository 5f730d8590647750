using Depth2Img.Server.Queue;

namespace Depth2Img.Server.Tests.Queue;

public sealed class QueueAddressTests
{
    [Theory]
    [InlineData("amqp://user:secret@host:5673/jobs", "amqp://host:5673/jobs")]
    [InlineData("amqps://user:secret@host", "amqps://host")]
    [InlineData("amqp://host/%2f", "amqp://host/%2f")]
    public void An_address_is_shown_without_what_lets_in(string address, string shown) => Assert.Equal(shown, QueueAddress.Parse(address).ToString());

    [Theory]
    [InlineData("http://user:secret@host")]
    [InlineData("host:5672 secret")]
    [InlineData("amqp://user:secret@host/one/two")]
    public void What_is_no_address_is_refused_without_being_repeated(string address) =>
        Assert.DoesNotContain("secret", Assert.Throws<Depth2ImgException>(() => QueueAddress.Parse(address)).Message, StringComparison.Ordinal);
}
