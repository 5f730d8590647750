using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

public class LazyNetworkTests
{
    [Fact]
    public void A_network_that_is_not_kept_is_loaded_for_its_borrowers_and_shared_by_them()
    {
        int loads = 0;
        using LazyNetwork<Disposable> lazy = new(_ => { loads++; return new Disposable(); }, keep: false);
        Assert.False(lazy.IsLoaded);
        LazyNetwork<Disposable>.Loan first = lazy.Borrow(), second = lazy.Borrow();
        Assert.Same(first.Network, second.Network);
        first.Dispose();
        first.Dispose();
        Assert.False(second.Network.IsDisposed);
        second.Dispose();
        Assert.True(second.Network.IsDisposed);
        Assert.False(lazy.IsLoaded);
        using (lazy.Borrow()) Assert.Equal(2, loads);
    }

    [Fact]
    public void A_network_that_is_kept_is_loaded_once_and_goes_with_its_owner()
    {
        int loads = 0;
        LazyNetwork<Disposable> lazy = new(_ => { loads++; return new Disposable(); }, keep: true);
        lazy.Borrow().Dispose();
        LazyNetwork<Disposable>.Loan loan = lazy.Borrow();
        Assert.Equal(1, loads);
        lazy.Dispose();
        Assert.False(loan.Network.IsDisposed);
        loan.Dispose();
        Assert.True(loan.Network.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => lazy.Borrow());
    }

    [Fact]
    public void A_loader_that_failed_is_asked_again()
    {
        bool mended = false;
        using LazyNetwork<Disposable> lazy = new(_ => mended ? new Disposable() : throw new Depth2ImgException("damaged"), keep: true);
        Assert.Throws<Depth2ImgException>(() => lazy.Borrow());
        mended = true;
        lazy.Borrow().Dispose();
        Assert.True(lazy.IsLoaded);
    }

    [Fact]
    public async Task Low_memory_makes_the_same_pictures_time_after_time()
    {
        string folder = Repository.Golden("tiny-depth2img");
        DepthToImageRequest request = new()
        {
            Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
            Prompt = "a red ball",
            Seed = 3,
            Steps = 2,
            Strength = 1,
            MaxSize = 64,
            DepthModel = DepthEstimators.Checkpoint,
        };
        using DepthToImagePipeline whole = await DepthToImagePipeline.LoadAsync(folder);
        using DepthToImagePipeline staged = await DepthToImagePipeline.LoadAsync(folder, new PipelineOptions { LowMemory = true });
        byte[] expected = (await whole.GenerateAsync(request)).Images[0].Pixels;
        for (int i = 0; i < 2; i++) Assert.Equal(expected, (await staged.GenerateAsync(request)).Images[0].Pixels);
        Assert.Equal(whole.Notes, staged.Notes);
    }

    private sealed class Disposable : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
