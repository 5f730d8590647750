#:project ../src/Depth2Img/Depth2Img.csproj
#:property PublishAot=false
// Draws the packages' icon: a sample's photo, and under the diagonal its depth. `dotnet run packaging/icon.cs` makes it anew.
using Depth2Img.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Pipelines;

const int Side = 128;
Image photo = Image.Load("samples/photos/pumpkin.jpg");
int edge = Math.Min(photo.Width, photo.Height);
int left = (photo.Width - edge) / 2, top = (photo.Height - edge) / 2;
using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo);
Image depth = (await pipeline.EstimateDepthAsync(photo)).ToImage(ColorMap.Turbo);
Image above = ImageResizer.Resize(photo.Crop(left, top, edge, edge), Side, Side, ResizeFilter.Lanczos);
Image below = ImageResizer.Resize(depth.Crop(left, top, edge, edge), Side, Side, ResizeFilter.Lanczos);

byte[] pixels = new byte[3 * Side * Side], alpha = new byte[Side * Side];
for (int i = 0; i < alpha.Length; i++)
{
    int x = i % Side, y = i / Side, line = x + y - (Side - 1);
    // A white line between the two, and round corners.
    for (int c = 0; c < 3; c++) pixels[3 * i + c] = Math.Abs(line) <= 2 ? byte.MaxValue : (line < 0 ? above : below).Pixels[3 * i + c];
    const double Radius = 20;
    double dx = Math.Max(Math.Abs(x - (Side - 1) / 2.0) - ((Side - 1) / 2.0 - Radius), 0), dy = Math.Max(Math.Abs(y - (Side - 1) / 2.0) - ((Side - 1) / 2.0 - Radius), 0);
    alpha[i] = (byte)(255 * Math.Clamp(Radius + 0.5 - Math.Sqrt(dx * dx + dy * dy), 0, 1));
}
new Image(Side, Side, pixels, alpha).Save("packaging/icon.png", new ImageSaveOptions { Overwrite = true });
