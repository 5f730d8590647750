namespace Depth2Img.Models.Dpt;

/// <summary>What becomes of the class token when tokens are made a picture again (Ranftl et al., "Vision Transformers for Dense Prediction", 2021, section 3).</summary>
public enum ReadoutType
{
    /// <summary>It is dropped.</summary>
    Ignore,
    /// <summary>It is added to every other token.</summary>
    Add,
    /// <summary>It is appended to every other token, and a linear layer brings the two back to one's size.</summary>
    Project,
}
