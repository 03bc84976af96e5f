using System.Security.Cryptography;
using ClamBucketFleet.Pipeline;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class MeasuredStreamTests
{
    [Theory(Timeout = 10_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50_000)]
    [InlineData(99_999)]
    [InlineData(100_000)]
    public async Task What_passes_through_is_counted_and_hashed_however_much_of_it_is_kept(int kept)
    {
        var content = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();
        var told = new List<long>();
        await using var stream = new MeasuredStream(new MemoryStream(content), new ManualTimeProvider(), told.Add, kept);
        using var copy = new MemoryStream();

        await stream.CopyToAsync(copy, 8192, TestContext.Current.CancellationToken);

        copy.ToArray().ShouldBe(content);
        stream.BytesRead.ShouldBe(content.Length);
        stream.Sha256().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
        told.Last().ShouldBe(content.Length);
        told.ShouldBe(told.Order());
    }

    [Fact]
    public void It_is_read_forward_and_never_by_blocking()
    {
        using var stream = new MeasuredStream(new MemoryStream(), new ManualTimeProvider(), null, 0);

        stream.CanSeek.ShouldBeFalse();
        stream.CanWrite.ShouldBeFalse();
        Should.Throw<NotSupportedException>(() => stream.Read(new byte[1], 0, 1));
    }
}
