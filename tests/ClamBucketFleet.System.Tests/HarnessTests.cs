using System.Net;
using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>What the other tests stand on.</summary>
public sealed class HarnessTests(World world) : MachineTests(world)
{
    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm, "12")]
    [InlineData(Release.Trixie, "13")]
    public async Task A_machine_boots_its_release_keeps_its_files_and_sees_only_its_network(Release release, string version)
    {
        var machine = await PrepareAsync(await World.BareAsync(release));
        machine.Write("/etc/before", "before\n"u8);
        await machine.BootAsync(Cancellation);

        (await machine.RunAsync(Cancellation, "sh", "-c", ". /etc/os-release; echo $VERSION_ID")).Trim().ShouldBe(version);
        (await machine.RunAsync(Cancellation, "cat", "/proc/1/comm")).Trim().ShouldBe("systemd");
        (await machine.RunAsync(Cancellation, "cat", "/etc/before")).ShouldBe("before\n");
        (await machine.Inside("sh", "-c", "exit 3").RunAsync(Cancellation)).ExitCode.ShouldBe(3);
        (await machine.RunAsync(Cancellation, "sh", "-c", "tail -n +3 /proc/net/dev | cut -d: -f1")).Trim().ShouldBe("lo");
        await machine.RunAsync(Cancellation, "touch", "/etc/after");

        await machine.KillAsync();
        await machine.BootAsync(Cancellation);

        machine.Has("/etc/after").ShouldBeTrue();
        await machine.StopAsync(Cancellation);
        machine.IsRunning.ShouldBeFalse();
    }

    [Fact(Timeout = Limit)]
    public async Task Aws_and_the_instances_credentials_are_in_the_network()
    {
        using var http = World.Network.CreateHttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{MetadataService.Address}/latest/meta-data/iam/info");
        using var answer = await http.SendAsync(request, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await World.Cloud.S3.ListBucketsAsync(Cancellation)).HttpStatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact(Timeout = Limit)]
    public async Task A_test_run_that_is_killed_leaves_no_process_and_what_else_it_leaves_the_next_one_removes()
    {
        await using var run = await KilledRun.StartAsync(nameof(The_run_to_kill), Cancellation);
        var (first, cgroup) = (run.Facts[0], run.Facts[1]);
        var machine = await PrepareAsync(await World.BareAsync(Release.Trixie));
        machine.HasCgroup(cgroup).ShouldBeTrue();

        run.Kill();

        await Eventually.UntilAsync(() => !Directory.Exists($"/proc/{first}"), Patience, Cancellation);
        await Machine.RemoveLeftoversAsync(Cancellation);
        machine.HasCgroup(cgroup).ShouldBeFalse();
    }

    [Fact(Explicit = true)]
    public async Task The_run_to_kill()
    {
        var machine = await PrepareAsync(await World.BareAsync(Release.Trixie));
        await machine.BootAsync(Cancellation);
        await KilledRun.TellAndWaitAsync(Cancellation, $"{machine.FirstProcess}", machine.CgroupName);
    }
}
