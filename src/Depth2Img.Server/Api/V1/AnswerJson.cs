using System.Text.Json;
using System.Text.Json.Serialization;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.V1;

/// <summary>JSON of answers in which what is not there is said to be null, so that readers need not ask whether a field is there.</summary>
internal static class AnswerJson
{
    public static JsonSerializerOptions WithNulls { get; } = new(ServerJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };
}
