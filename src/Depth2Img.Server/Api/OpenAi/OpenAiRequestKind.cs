namespace Depth2Img.Server.Api.OpenAi;

/// <summary>The requests that make pictures.</summary>
internal enum OpenAiRequestKind
{
    /// <summary><c>/v1/images/generations</c>: from depth, or from a picture.</summary>
    Generation,
    /// <summary><c>/v1/images/edits</c>: from a picture; what is transparent in the mask is repainted.</summary>
    Edit,
    /// <summary><c>/v1/images/inpainting</c>, which LocalAI has: what is white in the mask is repainted.</summary>
    Inpainting,
}
