namespace Depth2Img.Models.Ldm;

/// <summary>The text encoder's keys in Stable Diffusion 1's one-file form: transformers' own, below a prefix.</summary>
public static class ClipKeys
{
    /// <summary>What the encoder's keys begin with.</summary>
    public const string Prefix = "cond_stage_model.transformer.";

    /// <summary>Maps the text encoder of a file.</summary>
    /// <param name="names">The file's keys.</param>
    public static LdmKeyMap Map(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        LdmKeyMap map = new();
        foreach (string name in names.Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string key = name[Prefix.Length..];
            // Newer exports leave the first segment out.
            map.Add(key.StartsWith("text_model.", StringComparison.Ordinal) ? key : "text_model." + key, name);
        }
        return map;
    }
}
