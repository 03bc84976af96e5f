using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.BadInput;

/// <summary>A small file system in memory over a directory, for as long as a test takes.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _directory;

    private SmallDisk(string directory) => _directory = directory;

    private string Filler => Path.Combine(_directory, "filler");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SmallDisk> MountAsync(string directory, string size)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may mount");
        await MountAsync("-t", "tmpfs", "-o", $"size={size}", "tmpfs", directory);
        return new SmallDisk(directory);
    }

    public Task MakeReadOnlyAsync() => MountAsync("-o", "remount,ro", _directory);

    public Task MakeWritableAsync() => MountAsync("-o", "remount,rw", _directory);

    /// <summary>Takes every free block.</summary>
    public void Fill()
    {
        using var file = File.Create(Filler, bufferSize: 0);
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

    /// <summary>Gives the blocks back.</summary>
    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync() =>
        await new Command(Command.Require("umount"), "--lazy", _directory).RunAsync(CancellationToken.None);

    private static async Task MountAsync(params string[] arguments)
    {
        var mounted = await new Command(Command.Require("mount"), arguments).RunAsync(Cancellation);
        mounted.ExitCode.ShouldBe(0, mounted.Error);
    }
}
