namespace Depth2Img.Models.Ldm;

/// <summary>What a single file of weights is, told by its keys.</summary>
public static class SingleFileKind
{
    private const string U = LdmUnetKeys.Prefix;

    /// <summary>Keys of which one is enough, and what a file that has them is. The first that fits counts.</summary>
    private static readonly (string Part, string Answer)[] Others =
    [
        ("lora_", "a LoRA, which changes a checkpoint: name the checkpoint as the model and give this file with --lora"),
        ("hada_", "a LoHa, which changes a checkpoint: name the checkpoint as the model and give this file with --lora"),
        ("lokr_", "a LoKr, which changes a checkpoint: name the checkpoint as the model and give this file with --lora"),
        ("emb_params", "a textual inversion: name the checkpoint as the model and give this file with --embedding"),
        ("string_to_param", "a textual inversion: name the checkpoint as the model and give this file with --embedding"),
        ("conditioner.embedders.", "a Stable Diffusion XL checkpoint, which has no depth-to-image form"),
        ("double_blocks.", "a Flux checkpoint; depth-to-image needs one of Stable Diffusion 2's depth model"),
        ("joint_blocks.", "a Stable Diffusion 3 checkpoint; depth-to-image needs one of Stable Diffusion 2's depth model"),
        ("patchify_proj.", "a video model's checkpoint; depth-to-image needs one of Stable Diffusion 2's depth model"),
        ("control_model.", "a ControlNet: name a checkpoint as the model and give this file with --controlnet"),
        ("controlnet_down_blocks.", "a ControlNet: name a checkpoint as the model and give this file with --controlnet"),
        (U + "label_emb.", "an unCLIP, upscaler or XL checkpoint, whose UNet takes more than text; depth-to-image needs one of Stable Diffusion 2's depth model"),
        ("down_blocks.0.resnets.0.norm1.weight", "one network of a checkpoint in diffusers' layout: name the folder that holds its model_index.json"),
        ("text_model.encoder.layers.0.layer_norm1.weight", "one network of a checkpoint in diffusers' layout: name the folder that holds its model_index.json"),
        ("scratch.refinenet1.", "a depth network: name a checkpoint as the model and give this one with --depth-model"),
        ("depth_head.scratch.", "a depth network: name a checkpoint as the model and give this one with --depth-model"),
        ("neck.fusion_stage.", "a depth network: name a checkpoint as the model and give this one with --depth-model"),
    ];

    /// <summary>Refuses a file that is no checkpoint of Stable Diffusion 1 or 2, by what it is.</summary>
    /// <param name="names">The file's keys.</param>
    /// <param name="path">The file, for the message.</param>
    /// <exception cref="Depth2ImgException">It is something else.</exception>
    public static void RequireCheckpoint(IReadOnlyCollection<string> names, string path)
    {
        ArgumentNullException.ThrowIfNull(names);
        bool isWhole = names.Any(n => n.StartsWith(U, StringComparison.Ordinal));
        foreach ((string part, string answer) in Others)
        {
            // A checkpoint's own depth network has a depth network's keys, below a prefix of its own.
            bool anywhere = !isWhole || part.StartsWith(U, StringComparison.Ordinal) || part is "conditioner.embedders." or "control_model.";
            if (anywhere && names.Any(n => part.EndsWith('_') ? n.Contains(part, StringComparison.Ordinal) : n.StartsWith(part, StringComparison.Ordinal)))
                throw new Depth2ImgException($"'{path}' is {answer}.");
        }
        if (isWhole) return;
        throw new Depth2ImgException(names.Any(n => n.StartsWith("model_ema.", StringComparison.Ordinal))
            ? $"'{path}' holds a UNet's averaged weights alone (model_ema); a checkpoint has them under {U} too."
            : $"'{path}' is no checkpoint of Stable Diffusion: none of its {names.Count} tensors begins with {U}.");
    }
}
