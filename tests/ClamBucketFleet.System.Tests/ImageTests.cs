using System.Globalization;
using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>The fleet's image, really built by Packer from <c>packer/</c> in a booted Debian, and what is left in it.</summary>
public sealed class ImageTests(World world) : MachineTests(world)
{
    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task Nothing_of_the_machine_that_built_the_image_is_left_in_it(Release release)
    {
        var image = await World.ImageAsync(release);
        var machine = await PrepareAsync(image.Layers);

        Empty("/etc/ssh/ssh_host_*");
        Empty("/home/*/.ssh/* /root/.ssh/*");
        Empty("/home/*/.*_history /root/.*_history");
        Empty("/var/lib/cloud/instance /var/lib/cloud/instances/* /var/lib/cloud/data/*");
        Empty("/var/lib/systemd/random-seed /var/lib/systemd/credential.secret /var/lib/systemd/timers/stamp-*");
        Empty("/var/log/journal/* /var/log/*.log /var/log/wtmp /var/log/lastlog /var/log/clambucketfleet/*");
        Empty("/var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/lib/apt/lists/*_*");
        Empty("/tmp/* /var/tmp/* /usr/sbin/policy-rc.d");
        // The name that ClamAV's servers know a machine by, and what they asked of it.
        Empty("/var/lib/clamav/.clambucketfleet/freshclam.dat /var/lib/clamav/.clambucketfleet/state.json");
        machine.Read("/etc/machine-id").ShouldBeEmpty();
        new FileInfo(machine.Root + "/var/lib/dbus/machine-id").LinkTarget.ShouldBe("/etc/machine-id");

        string[] traces = [ImageBuilder.InstanceId, ImageBuilder.HostName, image.MachineId, image.HostKey, image.BuilderKey];
        var found = await new Command(
            Command.Require("grep"), ["-rlaF", .. traces.SelectMany(trace => new[] { "-e", trace }), image.Layers[0]]).RunAsync(Cancellation);
        found.Output.ShouldBeEmpty();

        void Empty(string patterns)
        {
            var matches = patterns.Split(' ').SelectMany(pattern => Glob(machine.Root, pattern)).ToList();
            matches.ShouldBeEmpty(patterns);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task The_build_says_which_versions_are_in_the_image()
    {
        var image = await World.ImageAsync(Release.Bookworm);

        var versions = image.Versions.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        versions["ClamBucketFleet"].ShouldBe(Path.GetFileName(World.Package).Split('_')[1]);
        versions["Debian"].ShouldStartWith("12.");
        versions["ClamAV"].ShouldStartWith("1.");
        versions["CloudWatchAgent"].ShouldBe("1.0-1");
        versions["SystemsManagerAgent"].ShouldBe("none");
        // Unsigned ones have no version; they are as old as their file, and not as the image.
        var published = DateTimeOffset.Parse(versions["DefinitionsPublished"], CultureInfo.InvariantCulture);
        published.ShouldBeGreaterThan(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1));
    }

    [Fact(Timeout = Limit)]
    public async Task An_agent_with_a_wrong_checksum_fails_the_build_and_nothing_of_it_is_installed()
    {
        await using var builder = await ImageBuilder.StartAsync(await World.CloudAsync(Release.Bookworm), Cancellation);

        var build = await builder.BuildAsync(Cancellation, checksum: new string('0', 64));

        build.ExitCode.ShouldNotBe(0);
        $"{build.Output}{build.Error}".ShouldContain($"and not {new string('0', 64)}");
        builder.Machine.Has("/opt/aws").ShouldBeFalse();
        (await builder.Machine.Inside("dpkg-query", "--show", "amazon-cloudwatch-agent").RunAsync(Cancellation)).ExitCode.ShouldBe(1);
    }

    // Directory by directory, since a root holds links that lead out of it.
    private static IEnumerable<string> Glob(string root, string pattern)
    {
        IEnumerable<string> found = [root];
        foreach (var name in pattern.Trim('/').Split('/'))
        {
            found = found.SelectMany(directory => new DirectoryInfo(directory) is { Exists: true } there
                ? there.EnumerateFileSystemInfos(name, new EnumerationOptions { AttributesToSkip = 0 }).Select(entry => entry.FullName)
                : []).ToList();
        }
        return found;
    }
}
