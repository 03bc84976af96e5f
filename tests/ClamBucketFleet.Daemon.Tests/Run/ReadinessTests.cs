using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>What systemd is told, over a real socket.</summary>
public sealed class ReadinessTests(MotoFixture moto, ClamdFixture sharedClamd)
{
    private const string Ready = "READY=1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Ready_comes_after_the_engine_and_not_before()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        var bucket = await scene.BucketAsync();
        await clamd.KillAsync();

        var daemon = scene.Start([], systemd.Environment);
        await systemd.SaysAsync("STATUS=Waiting for clamd: ", Cancellation);
        systemd.States.ShouldNotContain(Ready);
        await systemd.SaysAsync($"STATUS=Waiting for clamd: Nothing listens on {clamd.Address}: start clamd", Cancellation);

        await clamd.RestartAsync(Cancellation);
        await systemd.SaysAsync(Ready, Cancellation);
        await scene.PutAsync(bucket, "k", Encoding.UTF8.GetBytes("clean\n"));
        await systemd.SaysAsync("STATUS=0 in work, 1 scanned, 0 infected", Cancellation);

        systemd.States.ShouldNotContain("STOPPING=1");
        await daemon.StopsWellAsync(Cancellation);
        await systemd.SaysAsync("STOPPING=1", Cancellation);
        systemd.States.Count(state => state == Ready).ShouldBe(1);
    }

    [Fact(Timeout = 120_000)]
    public async Task Ready_does_not_come_from_an_engine_that_fails_its_self_test()
    {
        await using var definitions = new TemporaryDirectory();
        Definitions.WriteSignature(definitions.Path, "Other", "nothing that anybody uploads"u8);
        await using var clamd = await ClamdServer.StartAsync(
            new ClamdOptions { DatabaseDirectory = definitions.Path }, Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));

        var daemon = scene.Start([], systemd.Environment);
        await systemd.SaysAsync("STATUS=Waiting for clamd: ", Cancellation);

        await systemd.SaysAsync("EICAR test file", Cancellation);
        systemd.States.ShouldNotContain(Ready);
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task Ready_comes_after_the_queue_and_not_before()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, sharedClamd.Server, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        await using var proxy = new AwsProxy(moto.Server);
        await proxy.DownAsync();

        var daemon = scene.Start([], new(systemd.Environment.Concat(proxy.ForAll)));
        await systemd.SaysAsync("STATUS=Waiting for the queue: ", Cancellation);
        systemd.States.ShouldNotContain(Ready);

        proxy.Up();
        await systemd.SaysAsync(Ready, Cancellation);
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_daemon_stopped_before_it_is_ready_ends_well()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, sharedClamd.Server, Cancellation);
        var daemon = scene.Start(("Scan:ClamdAddress", scene.PathOf("nobody.sock")));
        await daemon.LogsAsync("No work is taken", Cancellation);
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_new_machine_waits_for_its_definitions_and_alarms_nobody()
    {
        await using var definitions = new TemporaryDirectory();
        foreach (var own in new[] { "clambucketfleet.ldb", "clambucketfleet-rar.ldb" })
            File.Copy(Repository.Combine("packaging", own), definitions.Combine(own));
        await using var clamd = await ClamdServer.StartAsync(
            new ClamdOptions { DatabaseDirectory = definitions.Path }, Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));

        var daemon = scene.Start([], systemd.Environment);
        await systemd.SaysAsync(
            $"STATUS=Waiting for clamd: There are no virus definitions in {definitions.Path} yet: freshclam brings them.", Cancellation);

        await daemon.StopsWellAsync(Cancellation);
        (await scene.TakeAsync(scene.SubscriberUrl)).ShouldBeEmpty();
    }
}
