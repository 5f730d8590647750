using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Http;

/// <summary>Who sends a request.</summary>
/// <param name="Client">Whose turn in the queue it takes: the key's digest, or the address.</param>
/// <param name="Owner">Whose history its jobs belong to: the key's digest, or the cookie's.</param>
/// <param name="HasKey">Whether it showed a key.</param>
internal sealed record Caller(string Client, string Owner, bool HasKey)
{
    /// <summary>The cookie that tells browsers apart where there are no keys.</summary>
    public const string CookieName = "depth2img";

    /// <summary>The caller of a request.</summary>
    public static Caller Of(HttpContext context) =>
        (Caller?)context.Items[typeof(Caller)] ?? throw new InvalidOperationException("No caller was determined.");

    /// <summary>Remembers the caller for the rest of the request.</summary>
    public void Attach(HttpContext context) => context.Items[typeof(Caller)] = this;

    /// <summary>Whether a job may be seen: with keys only by its owner; without, by whoever knows its name, which cannot be guessed.</summary>
    public bool MaySee(Jobs.JobRecord job) => !HasKey || job.Owner == Owner;

    /// <summary>What is kept of a secret: enough to recognise it, and not the secret.</summary>
    public static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 16));
}
