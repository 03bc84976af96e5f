using System.Globalization;
using ClamBucketFleet.SystemTests.Machines;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>What systemd says about how exposed the units are: from 0 (not at all) to 10.</summary>
public sealed class SandboxTests(World world) : DaemonTests(world)
{
    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm, Daemon, 1.2)]
    [InlineData(Release.Bookworm, Updates, 1.2)]
    [InlineData(Release.Bookworm, Clamd, 0.2)]
    [InlineData(Release.Trixie, Daemon, 1.2)]
    [InlineData(Release.Trixie, Updates, 1.2)]
    [InlineData(Release.Trixie, Clamd, 0.2)]
    public async Task The_units_are_no_more_exposed_than_promised(Release release, string unit, double most)
    {
        var machine = await ReadyAsync(release);

        (await ExposureAsync(machine, unit)).ShouldBeLessThanOrEqualTo(most);
    }

    internal static async Task<double> ExposureAsync(Machine machine, string unit)
    {
        var said = await machine.RunAsync(Cancellation, "systemd-analyze", "security", "--no-pager", unit);
        // "→ Overall exposure level for clambucketfleet.service: 1.2 OK 🙂"
        var overall = said.Split('\n').Single(line => line.Contains("Overall exposure level", StringComparison.Ordinal));
        return double.Parse(overall.Split(": ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
