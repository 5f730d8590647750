using Depth2Img.Extensions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds depth-to-image to an application.</summary>
public static class Depth2ImgServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IDepthToImageGenerator"/> and, unless there is one, <see cref="IImageGenerator"/>: one pipeline for the
    /// application, loaded when it is first needed and unloaded with the container.
    /// </summary>
    /// <param name="services">The application's services. Logging is used where it is added.</param>
    /// <param name="configure">Sets options in code; null takes the defaults, or what was configured elsewhere.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="OptionsValidationException">Thrown when the application starts, or else at the first use: an option is out of its range; every one is named.</exception>
    public static IServiceCollection AddDepth2Img(this IServiceCollection services, Action<Depth2ImgOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<Depth2ImgOptions> options = services.AddOptions<Depth2ImgOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<Depth2ImgOptions>, Depth2ImgOptionsValidator>());
        services.TryAddSingleton<IDepthToImageGenerator>(provider => new DepthToImageGenerator(
            provider.GetRequiredService<IOptions<Depth2ImgOptions>>(),
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance));
        services.TryAddSingleton<IImageGenerator, DepthToImageImageGenerator>();
        return services;
    }

    /// <summary>The same with options from configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">
    /// The section with the options, <c>configuration.GetSection("Depth2Img")</c> as a rule. A key that is no option is an error,
    /// so that a misspelt one is not passed over.
    /// </param>
    /// <param name="configure">Sets options in code, after those of the section; null for none.</param>
    /// <returns>The same services.</returns>
    /// <inheritdoc cref="AddDepth2Img(IServiceCollection, Action{Depth2ImgOptions}?)"/>
    public static IServiceCollection AddDepth2Img(this IServiceCollection services, IConfiguration section, Action<Depth2ImgOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddOptions<Depth2ImgOptions>().Bind(section, binder => binder.ErrorOnUnknownConfiguration = true);
        return services.AddDepth2Img(configure);
    }
}
