using System.Security.Cryptography;
using System.Text;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Http;

/// <summary>The keys that let clients in. They are compared by their digests, in constant time, all of them always.</summary>
internal sealed class KeyRing
{
    private readonly byte[][] _digests;

    public KeyRing(ServerOptions options) => _digests = [.. options.Keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    /// <summary>Whether keys are asked for.</summary>
    public bool IsNeeded => _digests.Length > 0;

    /// <summary>The key that a request shows, if it is one of ours: Authorization: Bearer, Basic (its password) or X-API-Key.</summary>
    public string? Find(HttpRequest request)
    {
        foreach (string shown in Shown(request))
        {
            byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(shown));
            bool found = false;
            foreach (byte[] known in _digests) found |= CryptographicOperations.FixedTimeEquals(known, digest);
            if (found) return shown;
        }
        return null;
    }

    private static IEnumerable<string> Shown(HttpRequest request)
    {
        if (request.Headers["X-API-Key"].ToString() is { Length: > 0 } own) yield return own;
        string authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) yield return authorization[7..].Trim();
        else if (authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && PasswordOf(authorization[6..].Trim()) is { } password) yield return password;
    }

    private static string? PasswordOf(string basic)
    {
        try
        {
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(basic));
            int colon = pair.IndexOf(':');
            return colon < 0 ? null : pair[(colon + 1)..];
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
