namespace Depth2Img.Models.Vae;

/// <summary>Chooses the autoencoder that a configuration names.</summary>
public static class Autoencoder
{
    /// <summary>Builds the network of a `vae` folder: `_class_name` is AutoencoderKL or AutoencoderTiny.</summary>
    /// <param name="scope">The checkpoint's root.</param>
    /// <param name="config">`vae/config.json`. Without a class name it describes an AutoencoderKL.</param>
    /// <exception cref="Depth2ImgException">The configuration names another class or cannot be used, or a tensor is missing, misshapen or damaged.</exception>
    public static IAutoencoder Create(CheckpointScope scope, JsonConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        string className = config.Choice("_class_name", AutoencoderKLConfig.ClassName, AutoencoderKLConfig.ClassName, AutoencoderTinyConfig.ClassName);
        return className == AutoencoderTinyConfig.ClassName
            ? new AutoencoderTiny(scope, AutoencoderTinyConfig.Read(config))
            : new AutoencoderKL(scope, AutoencoderKLConfig.Read(config));
    }
}
