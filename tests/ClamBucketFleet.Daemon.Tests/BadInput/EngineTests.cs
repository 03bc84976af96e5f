using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.BadInput;

/// <summary>
/// An engine that cannot work when the daemon starts: it waits and says so once, takes no message, and works when the
/// engine comes.
/// </summary>
public sealed class EngineTests(MotoFixture moto)
{
    private const int Limit = 90_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task A_clamd_that_is_not_there_is_waited_for()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await clamd.StopAsync();
        using var drain = await Drain.PrepareAsync(moto.Server, clamd);

        await WaitsUntilAsync(drain, $"There is no socket {clamd.SocketPath}: start clamd", () => clamd.RestartAsync(Cancellation));
    }

    [Fact(Timeout = Limit)]
    public async Task Definitions_that_are_not_there_are_waited_for()
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd: null);
        var directory = drain.Stage.Directory.CreateDirectory("later");
        drain.Stage[Settings.ScanDatabaseDirectory] = directory;

        await WaitsUntilAsync(drain, $"There are no definitions in {directory} (Scan:DatabaseDirectory): run 'clambucketfleet definitions update'", () =>
        {
            Definitions.Write(directory);
            return Task.CompletedTask;
        });
    }

    [Fact(Timeout = Limit)]
    public async Task A_spool_that_is_read_only_is_waited_for()
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd: null);
        var spool = UseSpool(drain);
        await using var disk = await SmallDisk.MountAsync(spool, "64m");
        await disk.MakeReadOnlyAsync();

        await WaitsUntilAsync(drain, $"The spool {spool} (Scan:SpoolDirectory) cannot be written to: ", disk.MakeWritableAsync);
    }

    [Fact(Timeout = Limit)]
    public async Task A_disk_that_is_full_is_waited_for()
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd: null);
        var spool = UseSpool(drain);
        await using var disk = await SmallDisk.MountAsync(spool, "64m");
        disk.Fill();

        await WaitsUntilAsync(drain, "No work is taken: ", () =>
        {
            disk.Free();
            return Task.CompletedTask;
        });
    }

    [Fact(Timeout = Limit)]
    public async Task An_object_that_the_disk_cannot_hold_goes_to_the_dead_letter_queue_and_the_others_are_done()
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd: null);
        await using var disk = await SmallDisk.MountAsync(UseSpool(drain), "32m");
        await drain.Aws.PutAsync(drain.Bucket, "large", new byte[30 << 20]);
        await drain.Aws.PutAsync(drain.Bucket, "small", Eicar.Bytes);
        var body = Drain.Request(drain.Bucket, "large");
        await drain.SendAsync(body);
        await drain.SendAsync(Drain.Request(drain.Bucket, "small"));

        var result = await drain.RunAsync();

        result.Error.ShouldContain($"error PROCESSING_ERROR {drain.Bucket}/large, delivery 1: ");
        result.Error.ShouldContain("Scan:SpoolDirectory");
        (await drain.Aws.KeysAsync(drain.Bucket)).ShouldBe(["large"]);
        await drain.ExpectDeadAsync(body);
    }

    private static string UseSpool(Drain drain)
    {
        var spool = drain.Stage.Directory.CreateDirectory("small-spool");
        drain.Stage[Settings.ScanSpoolDirectory] = spool;
        return spool;
    }

    private static async Task WaitsUntilAsync(Drain drain, string said, Func<Task> repair)
    {
        await drain.Aws.PutAsync(drain.Bucket, "k", Eicar.Bytes);
        await drain.SendAsync(Drain.Request(drain.Bucket, "k"));
        await using var daemon = drain.Stage.Start("run");
        await daemon.WaitForLineAsync(said, Soon, Cancellation);
        (await drain.Aws.KeysAsync(drain.Bucket)).ShouldBe(["k"]);

        await repair();
        await daemon.WaitForLineAsync($"INFECTED {drain.Bucket}/k", Soon, Cancellation);
        daemon.Send(Signal.Terminate);

        (await daemon.WaitForExitAsync(Cancellation)).ShouldBe(0, daemon.Error.ToString());
        daemon.Error.Lines.Count(line => line.Contains("No work is taken: ", StringComparison.Ordinal))
            .ShouldBe(1, daemon.Error.ToString());
        daemon.Error.Lines.Last(line => line.Contains("INFECTED", StringComparison.Ordinal)).ShouldEndWith("delivery 1");
        (await drain.Aws.KeysAsync(drain.Bucket)).ShouldBeEmpty();
        await drain.ExpectDoneAsync();
        drain.ExpectNoBody(daemon.Error.ToString());
    }
}
