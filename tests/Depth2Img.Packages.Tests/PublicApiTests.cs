using System.Reflection;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Packages;

/// <summary>
/// What packages promise to their users, held against the lists in PublicApi. A change on purpose is written down by
/// <c>scripts/public-api.sh</c>, and its lines say in a review what users will notice.
/// </summary>
public class PublicApiTests
{
    private const string UpdateSwitch = "DEPTH2IMG_UPDATE_PUBLIC_API";

    public static TheoryData<string> Assemblies => ["Depth2Img.Compute", "Depth2Img.Models", "Depth2Img", "Depth2Img.Extensions"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_surface_is_what_its_list_says(string assembly)
    {
        string[] found = [.. PublicApi.Of(Assembly.Load(assembly))];
        string list = Repository.File($"tests/Depth2Img.Packages.Tests/PublicApi/{assembly}.txt");
        if (Environment.GetEnvironmentVariable(UpdateSwitch) == "1") File.WriteAllLines(list, found);
        string[] promised = File.ReadAllLines(list);
        string[] changes = [.. promised.Except(found).Select(line => $"- {line}").Concat(found.Except(promised).Select(line => $"+ {line}"))];
        Assert.True(changes.Length == 0, $"{assembly} has changed for its users ('-' is gone, '+' is new). If that is meant, run scripts/public-api.sh.\n{string.Join('\n', changes)}");
    }

    [Fact]
    public void The_list_tells_every_kind_of_member()
    {
        string[] lines = [.. PublicApi.Of(typeof(Sample<>).Assembly, type => type.DeclaringType == typeof(PublicApiTests) || type.DeclaringType?.DeclaringType == typeof(PublicApiTests))];
        const string Name = "Depth2Img.Tests.Packages.PublicApiTests.Sample<T>";
        Assert.Contains($"class {Name}", lines);
        Assert.Contains($"{Name}.const int Constant = 3", lines);
        Assert.Contains($"{Name}.Sample(string! name, int? number = null)", lines);
        Assert.Contains($"{Name}.T? Value {{ get; init; }}", lines);
        Assert.Contains($"{Name}.bool TryRead<TValue>(ReadOnlySpan<byte> bytes, out TValue value)", lines);
        Assert.DoesNotContain(lines, line => line.Contains("Hidden", StringComparison.Ordinal));
    }

    /// <summary>One of each kind.</summary>
    public class Sample<T> where T : class
    {
        public const int Constant = 3;
        private readonly string _name;

        public Sample(string name, int? number = null) => _name = number + name;

        public T? Value { get; init; }

        public bool TryRead<TValue>(ReadOnlySpan<byte> bytes, out TValue value)
        {
            value = default!;
            return bytes.IsEmpty;
        }

        internal string Hidden() => _name;
    }
}
