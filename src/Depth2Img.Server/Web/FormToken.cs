using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Depth2Img.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Web;

/// <summary>
/// Tells this server's own forms from foreign ones: a random number that is both in a cookie and in the form. Another page
/// can have a browser send the cookie, but cannot read it to put it into a form.
/// </summary>
internal static class FormToken
{
    /// <summary>The form's field.</summary>
    public const string FieldName = "token";

    /// <summary>The cookie.</summary>
    public const string CookieName = "depth2img-form";

    private const int Digits = 32;

    /// <summary>The browser's number; one that has none is given one.</summary>
    public static string Of(HttpContext context)
    {
        if (Cookie(context) is { } known) return known;
        string fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Digits / 2));
        context.Response.Cookies.Append(CookieName, fresh, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true, Secure = context.Request.IsHttps });
        return fresh;
    }

    /// <summary>Takes the number out of a form, and refuses the form if it is not the cookie's.</summary>
    /// <exception cref="ProblemException">It is not.</exception>
    public static void Require(HttpContext context, JsonObject fields)
    {
        string? shown = fields[FieldName] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        fields.Remove(FieldName);
        if (shown is null || Cookie(context) is not { } known || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(known)))
        {
            throw new ProblemException(new Problem(StatusCodes.Status403Forbidden, "The form is out of date",
                "The form did not come from a page that this server gave to this browser, or its cookie is gone. Open the page anew and send it again."));
        }
    }

    private static string? Cookie(HttpContext context) =>
        context.Request.Cookies[CookieName] is { Length: Digits } known && known.All(char.IsAsciiHexDigitLower) ? known : null;
}
