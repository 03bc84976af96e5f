using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>Alone, because what is measured is the whole process's.</summary>
[CollectionDefinition(nameof(ClamdMemoryTests), DisableParallelization = true)]
[Collection(nameof(ClamdMemoryTests))]
public sealed class ClamdMemoryTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_large_object_streams_through_a_small_memory()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var settings = new Dictionary<string, string> { ["MaxFileSize"] = "1M" };
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { Settings = settings }, cancellationToken);
        var engine = Engines.Clamd(clamd);
        await engine.ScanAsync(Contents.Harmless());
        await using var source = new Zeros(200 << 20);
        var before = GC.GetTotalAllocatedBytes();
        (await engine.ScanAsync(source, 200 << 20, cancellationToken))
            .ShouldBe(new Unscannable(UnscannableReason.LimitsExceeded));
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(10 << 20);
    }

    /// <summary>As many as are asked for, until there are no more.</summary>
    private sealed class Zeros(long length) : MemoryStream
    {
        private long _left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(buffer.Length, _left);
            _left -= count;
            return new ValueTask<int>(count);
        }
    }
}
