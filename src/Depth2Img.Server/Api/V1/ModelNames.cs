using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;

namespace Depth2Img.Server.Api.V1;

/// <summary>Reads which of the server's models a request is for.</summary>
internal static class ModelNames
{
    /// <summary>The model that a request names; the default where it names none, or one that is not there, which is noted.</summary>
    public static string Read(JsonFields fields, ModelPool models)
    {
        if (fields.Text("model", 300) is not { } name) return models.Names[0];
        if (models.Names.Contains(name)) return name;
        fields.Add("model", $"There is no model '{ShortText.Of(name)}' here; there is {string.Join(", ", models.Names)}.");
        return models.Names[0];
    }
}
