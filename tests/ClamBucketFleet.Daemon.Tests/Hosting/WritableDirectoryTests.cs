using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Hosting;

public sealed class WritableDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Who_only_looks_leaves_nothing_behind()
    {
        var deep = _directory.Combine("state", "spool");

        WritableDirectory.WhyNotIfMade(deep).ShouldBeNull();
        WritableDirectory.WhyNotIfMade("/proc/nowhere").ShouldNotBeNull();

        Directory.EnumerateFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    [Fact]
    public void Who_needs_it_makes_it()
    {
        var deep = _directory.Combine("state", "spool");

        WritableDirectory.WhyNot(deep).ShouldBeNull();

        Directory.EnumerateFileSystemEntries(deep).ShouldBeEmpty();
    }

    public void Dispose() => _directory.Dispose();
}
