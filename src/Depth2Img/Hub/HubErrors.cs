using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Depth2Img.Hub;

/// <summary>What the hub's answers mean, in sentences for a person. Addresses are given by their host alone: those of file stores carry signatures.</summary>
internal static class HubErrors
{
    /// <summary>The error for an answer that is no success.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="model">What was asked for.</param>
    /// <param name="file">The file that was asked for; null for the listing.</param>
    /// <param name="host">The hub.</param>
    /// <param name="token">What is known of the token.</param>
    public static Depth2ImgException For(HttpResponseMessage response, ModelReference model, string? file, string host, TokenState token)
    {
        int code = (int)response.StatusCode;
        string what = file is null ? model.ToString() : $"'{file}' of {model}";
        // The hub's leave to read was given when it redirected to its store.
        if (response.RequestMessage?.RequestUri?.Authority is { } store && store != host && response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return new Depth2ImgException($"{store}, the file store that {host} redirects to, refuses {what} ({code}). A proxy or a firewall may stand between.");
        return response.StatusCode switch
        {
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new TransientHubException($"{host} answered {code}{Meaning(response.StatusCode)} for {what}.") { RetryAfter = Wait(response.Headers.RetryAfter) },
            HttpStatusCode.Unauthorized => Unauthorized(model, host, token),
            HttpStatusCode.Forbidden when ErrorCode(response) == "GatedRepo" || token == TokenState.None =>
                new($"{model.Repository} is open only to those who accepted its terms (403): open its page on {host} in a browser, accept them, and set HF_TOKEN to an access token of that account."),
            HttpStatusCode.Forbidden => new($"{host} forbids {what} (403): the account of the access token may not read it."),
            HttpStatusCode.ProxyAuthenticationRequired => new("The proxy wants a name and a password (407): give them in HTTPS_PROXY, as http://name:password@host:port."),
            HttpStatusCode.NotFound => new(NotFound(response, model, file, host)),
            _ => new($"{host} answered {code}{Meaning(response.StatusCode)} for {what}."),
        };
    }

    private static Depth2ImgException Unauthorized(ModelReference model, string host, TokenState token)
    {
        string hint = KnownModels.MovedTo(model) is { } moved ? $" The same model is at {moved}." : "";
        string remedy = token switch
        {
            TokenState.Refused => "The access token was refused, and without one it cannot be had: check the token.",
            _ => "Check the spelling; if it is private, set HF_TOKEN to an access token of an account that may read it.",
        };
        return new Depth2ImgException($"{host} does not give {model.Repository} to strangers (401): it does not exist, or is private.{hint} {remedy}");
    }

    private static string NotFound(HttpResponseMessage response, ModelReference model, string? file, string host) => ErrorCode(response) switch
    {
        "RevisionNotFound" => $"{model.Repository} on {host} has no revision '{model.RevisionOrDefault}' (404).",
        "EntryNotFound" when file is not null => $"{model} on {host} has no file '{file}' (404).",
        "RepoNotFound" => $"There is no model {model.Repository} on {host} (404). Check the spelling.",
        _ => file is null
            ? $"There is no model {model} on {host} (404). Check the spelling, and the revision if you named one."
            : $"{model} on {host} has no file '{file}' (404).",
    };

    private static string? ErrorCode(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Error-Code", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    private static TimeSpan? Wait(RetryConditionHeaderValue? header)
    {
        TimeSpan? wait = header?.Delta ?? (header?.Date is { } date ? date - DateTimeOffset.UtcNow : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static string Meaning(HttpStatusCode code) => code switch
    {
        HttpStatusCode.RequestTimeout => " (it waited too long)",
        HttpStatusCode.TooManyRequests => " (too many requests)",
        HttpStatusCode.ServiceUnavailable => " (out of service)",
        >= HttpStatusCode.InternalServerError => string.Create(CultureInfo.InvariantCulture, $" (a fault on its side)"),
        _ => "",
    };
}

/// <summary>What is known of the access token.</summary>
internal enum TokenState
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>There is one, and nobody has refused it.</summary>
    Given,

    /// <summary>The hub refused the one there is.</summary>
    Refused,
}
