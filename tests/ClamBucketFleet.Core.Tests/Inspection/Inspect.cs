using ClamBucketFleet.Inspection;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

/// <summary>Inspections with small limits.</summary>
internal static class Inspect
{
    public const int Limit = 64 * 1024;

    public static readonly Unscannable TooLarge = new(UnscannableReason.TooLarge);
    public static readonly Unscannable Encrypted = new(UnscannableReason.Encrypted);
    public static readonly Unscannable LimitsExceeded = new(UnscannableReason.LimitsExceeded);

    public static InspectionLimits Limits => new()
    {
        MaxMemberSize = Limit,
        WindowSize = Limit,
        Overlap = 1024,
        MemoryWindow = 16 * 1024,
        SpoolDirectory = Path.GetTempPath(),
    };

    public static async Task<InspectionResult> RunAsync(byte[] content, InspectionLimits? limits = null, PatternEngine? engine = null)
    {
        using var stream = new SegmentStream((content, 1)) { MostAtOnce = 5000 };
        return await RunAsync(stream, limits, engine);
    }

    public static Task<InspectionResult> RunAsync(SegmentStream content, InspectionLimits? limits = null, PatternEngine? engine = null) =>
        new Inspector(engine ?? new PatternEngine(), limits ?? Limits).InspectAsync(
            content, content.Total, TestContext.Current.CancellationToken);

    public static async Task<Verdict> VerdictAsync(byte[] content, InspectionLimits? limits = null) =>
        (await RunAsync(content, limits)).Verdict;

    /// <summary>Asserts CLEAN, and that the engine was given each of these whole.</summary>
    public static async Task ShouldBeCleanAsync(byte[] content, params byte[][] members)
    {
        var engine = new PatternEngine();
        (await RunAsync(content, null, engine)).Verdict.ShouldBeOfType<Clean>();
        foreach (var member in members.Where(member => member.Length > 0))
            engine.Saw(member).ShouldBeTrue();
    }

    /// <summary>The same on every run, and not to be compressed.</summary>
    public static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Noise with the virus in its middle.</summary>
    public static byte[] Infected(int length, int seed = 1)
    {
        var bytes = Noise(length, seed);
        PatternEngine.Virus.CopyTo(bytes, length / 2);
        return bytes;
    }

    public static byte[] Join(params byte[][] parts) => parts.SelectMany(part => part).ToArray();
}
