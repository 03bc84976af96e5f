using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>A small file system in memory over a directory, for as long as a test takes.</summary>
internal sealed class Mount : IAsyncDisposable
{
    private readonly string _directory;

    private Mount(string directory) => _directory = directory;

    public static void SkipUnlessPossible() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may mount");

    /// <param name="directory">Where it is mounted.</param>
    /// <param name="limit">For example <c>size=64k</c> or <c>nr_inodes=2</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Mount> TmpfsAsync(string directory, string limit, CancellationToken cancellationToken)
    {
        var mounted = await new Command(Command.Require("mount"), "-t", "tmpfs", "-o", limit, "tmpfs", directory)
            .RunAsync(cancellationToken);
        mounted.ExitCode.ShouldBe(0, mounted.Error);
        return new Mount(directory);
    }

    /// <summary>Takes every free block.</summary>
    public void Fill()
    {
        using var file = File.Create(Path.Combine(_directory, "filler"), bufferSize: 0);
        try
        {
            while (true)
                file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public async Task MakeReadOnlyAsync(CancellationToken cancellationToken) =>
        (await new Command(Command.Require("mount"), "-o", "remount,ro", _directory).RunAsync(cancellationToken))
            .Error.ShouldBeEmpty();

    public async ValueTask DisposeAsync() =>
        await new Command(Command.Require("umount"), "--lazy", _directory).RunAsync(CancellationToken.None);
}
