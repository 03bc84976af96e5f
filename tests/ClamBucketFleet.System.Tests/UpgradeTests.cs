using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>What dpkg does to a machine at work.</summary>
public sealed class UpgradeTests(World world) : DaemonTests(world)
{
    private const string There = "/root/clambucketfleet.deb";
    private const string Freshclam = "clamav-freshclam.service";
    private const string Configuration = "/etc/clambucketfleet/clambucketfleet.json";

    private Relay? _relay;

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task An_upgrade_ends_the_work_in_hand_and_keeps_what_was_configured(Release release)
    {
        _relay = new Relay(World.Network);
        var machine = await InstalledAsync(release);
        Machines.Scene.Lead(machine, ("AWS_ENDPOINT_URL_S3", $"{_relay.Endpoint}"));
        File.Copy(await World.NextPackageAsync(), machine.Root + There);
        await machine.BootAsync(Cancellation);
        await IsReadyAsync(machine);
        var (before, configured) = (await machine.UnitAsync(Daemon, Cancellation), machine.Read(Configuration));
        var bucket = await Scene.BucketAsync();
        _relay.Hold();
        await Scene.PutAsync(bucket, "infected", Eicar.Bytes);
        await BecomesAsync(machine, Daemon, unit => unit.Status.StartsWith("1 in work", StringComparison.Ordinal));

        var upgrade = machine.RunAsync(Cancellation, "dpkg", "--install", "--force-unsafe-io", There);
        await BecomesAsync(machine, Daemon, unit => unit.Active == "deactivating");
        _relay.Release();
        await upgrade;

        (await Scene.KeysAsync(bucket)).ShouldBeEmpty();
        var after = await BecomesAsync(machine, Daemon, unit => unit.Active == "active");
        after.MainProcess.ShouldNotBe(before.MainProcess);
        machine.Read(Configuration).ShouldBe(configured);
        (await machine.RunAsync(Cancellation, "dpkg-query", "--show", "--showformat=${Version}", "clambucketfleet")).Trim()
            .ShouldBe(World.NextVersion);
        await DeletesTheInfectedAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_purge_leaves_nothing_and_a_clamd_as_the_distribution_has_it(Release release)
    {
        var machine = await ReadyAsync(release);
        // Debian's clamd wants to see main and daily before it starts.
        await machine.RunAsync(Cancellation, "mkdir", $"{Databases}/main.inc", $"{Databases}/daily.inc");

        await machine.RunAsync(Cancellation, "systemctl", "enable", "--now", Freshclam);
        (await machine.UnitAsync(Freshclam, Cancellation)).Active.ShouldBe("inactive");

        await machine.RunAsync(Cancellation, "dpkg", "--remove", "clambucketfleet");

        machine.Has("/usr/bin/clambucketfleet").ShouldBeFalse();
        machine.Has(Configuration).ShouldBeTrue();

        await machine.RunAsync(Cancellation, "dpkg", "--purge", "clambucketfleet");

        (await machine.RunAsync(Cancellation, "find", "/", "-xdev", "-name", "*clambucketfleet*")).ShouldBeEmpty();
        (await machine.Inside("getent", "passwd", "clambucketfleet").RunAsync(Cancellation)).ExitCode.ShouldBe(2);
        (await machine.RunAsync(Cancellation, "systemctl", "list-units", "--all", "--plain", "--no-legend", "clambucketfleet*"))
            .ShouldBeEmpty();
        await BecomesAsync(machine, Clamd, unit => unit.Active == "active");
        machine.Write("/root/eicar.com", Eicar.Bytes);
        (await machine.Inside("clamdscan", "--fdpass", "/root/eicar.com").RunAsync(Cancellation)).Output
            .ShouldContain("Eicar-Test-Signature.UNOFFICIAL FOUND");
        await BecomesAsync(machine, Freshclam, unit => unit.Active == "active");
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        if (_relay is not null) await _relay.DisposeAsync();
    }
}
