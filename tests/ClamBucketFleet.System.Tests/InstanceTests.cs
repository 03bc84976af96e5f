using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>
/// An instance from the image: its first boot is what the disk of the machine that built it does when it boots again, with
/// cloud-init, its user data and the instance's metadata as in EC2.
/// </summary>
public sealed class InstanceTests(World world) : DaemonTests(world)
{
    private const string Configuration = "/etc/clambucketfleet/clambucketfleet.json";
    private const string Agent = "amazon-cloudwatch-agent.service";
    private const string AgentHome = "/opt/aws/amazon-cloudwatch-agent";
    private const string HostKey = "/etc/ssh/ssh_host_ed25519_key.pub";

    private static readonly string[] Files = [Configuration, "/etc/default/clambucketfleet", $"{AgentHome}/etc/amazon-cloudwatch-agent.json"];

    private Site? _site;

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task An_instance_from_the_image_works_as_its_user_data_says_from_its_first_boot(Release release)
    {
        var image = await World.ImageAsync(release);
        var site = _site = await Site.CreateAsync(Cancellation);
        UseScene(await Scene.CreateAsync(site.Cloud, Cancellation));
        string[] contents =
        [
            Scene.Configuration(("Infected:Action", "delete")),
            $"AWS_ENDPOINT_URL={Cloud.Endpoint}\nOTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318\n"
                + "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nOTEL_METRIC_EXPORT_INTERVAL=1000\n",
            """{"metrics":{"metrics_collected":{"otlp":[{"http_endpoint":"127.0.0.1:4318"}]}}}""",
        ];
        var hostName = await site.DescribeAsync("i-0c222ef3c222ef300", Site.UserData(Files.Zip(contents)), Cancellation);
        var machine = await PrepareAsync(image.Layers, network: site.Network);

        await machine.BootAsync(Cancellation);
        await IsReadyAsync(machine);

        Files.Select(machine.Read).ShouldBe(contents);
        await DeletesTheInfectedAsync();
        (await machine.UnitAsync("clambucketfleet-definitions.timer", Cancellation)).Active.ShouldBe("active");
        await ReportsAsync(machine);
        await StartsAfterItsUserDataAsync(machine, release);
        await IsWellAsync(machine);
        await OpensForItsKeyAloneAsync(site, machine, image);
        var (hostKey, machineId) = (machine.Read(HostKey), machine.Read("/etc/machine-id").Trim());
        hostKey.ShouldNotContain(image.HostKey);
        machineId.Length.ShouldBe(32);
        machineId.ShouldNotBe(image.MachineId);
        (await machine.RunAsync(Cancellation, "hostname")).Trim().ShouldBe(hostName);

        await machine.StopAsync(Cancellation);
        await machine.BootAsync(Cancellation);
        await IsReadyAsync(machine);

        machine.Read(HostKey).ShouldBe(hostKey);
        machine.Read("/etc/machine-id").Trim().ShouldBe(machineId);
        await DeletesTheInfectedAsync();
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        if (_site is not null) await _site.DisposeAsync();
        await base.DisposeMoreAsync();
    }

    /// <summary>The agent has its configuration, and the daemon's metrics come to it.</summary>
    private static Task ReportsAsync(Machine machine) => UntilAsync(
        async () => (await machine.Inside("grep", "-rq", "clambucketfleet.objects", $"{AgentHome}/var/received").RunAsync(Cancellation)).ExitCode == 0,
        () => "no metrics came");

    /// <summary>What reads the user data's files is ordered after them; in a race it might win as well.</summary>
    private static async Task StartsAfterItsUserDataAsync(Machine machine, Release release)
    {
        var writer = release == Release.Bookworm ? "cloud-init.service" : "cloud-init-network.service";
        (await machine.UnitAsync(writer, Cancellation)).Active.ShouldBe("active");
        foreach (var unit in new[] { Daemon, Updates, "clambucketfleet-definitions-boot.service", Agent })
        {
            var after = await machine.RunAsync(Cancellation, "systemctl", "show", "--property=After", "--value", unit);
            after.Trim().Split(' ').ShouldContain(writer, unit);
        }
    }

    private static async Task IsWellAsync(Machine machine)
    {
        var cloudInit = await machine.Inside("cloud-init", "status", "--wait", "--long").RunAsync(Cancellation);
        ImageBuilder.CloudInitIsDone.ShouldContain(cloudInit.ExitCode, cloudInit.Output);
        (await machine.RunAsync(Cancellation, "systemctl", "list-units", "--failed", "--plain", "--no-legend")).ShouldBeEmpty();
        (await machine.UnitAsync(Agent, Cancellation)).Active.ShouldBe("active");
        (await machine.RunAsync(Cancellation, "apt-config", "dump", "Unattended-Upgrade")).ShouldSatisfyAllConditions(
            settings => settings.ShouldContain("Unattended-Upgrade::Automatic-Reboot \"false\""),
            settings => settings.ShouldContain("label=Debian-Security"),
            settings => settings.ShouldNotContain("label=Debian\""));
        (await machine.RunAsync(Cancellation, "systemctl", "is-enabled", "apt-daily-upgrade.timer")).Trim().ShouldBe("enabled");
    }

    private static async Task OpensForItsKeyAloneAsync(Site site, Machine machine, BuiltImage image)
    {
        (await LoginAsync("admin", "-i", site.Key)).ShouldBe("admin\n");
        // As "admin" at most: root's key, too, opens nothing.
        (await LoginAsync("root", "-i", site.Key)).ShouldNotContain("root\n");
        (await LoginAsync("admin", "-o", "PubkeyAuthentication=no")).ShouldContain("Permission denied (publickey)");
        (await machine.RunAsync(Cancellation, "sh", "-c", "cat /home/admin/.ssh/authorized_keys"))
            .ShouldNotContain(image.BuilderKey);
        (await machine.RunAsync(Cancellation, "passwd", "--status", "root")).ShouldStartWith("root L");

        async Task<string> LoginAsync(string user, params string[] options)
        {
            var result = await site.Network.Inside(
                Command.Require("ssh"),
                ["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                    "-o", "IdentitiesOnly=yes", .. options, $"{user}@127.0.0.1", "whoami"]).RunAsync(Cancellation);
            return $"{result.Output}{result.Error}";
        }
    }
}
