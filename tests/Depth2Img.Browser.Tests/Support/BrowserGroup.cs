namespace Depth2Img.Browser.Tests.Support;

/// <summary>The tests that share the browser and the server, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserGroup : ICollectionFixture<BrowserSession>, ICollectionFixture<PageServer>
{
    public const string Name = "browser";
}
