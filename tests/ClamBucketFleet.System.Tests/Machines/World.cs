using System.Collections.Concurrent;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

[assembly: AssemblyFixture(typeof(ClamBucketFleet.SystemTests.Machines.World))]

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>
/// What all tests share: a network with AWS (moto) and the instance metadata in it, and for each release the root of a
/// machine, with and without the package.
/// </summary>
public sealed class World : IAsyncLifetime
{
    private const int Root = 0;

    private readonly ConcurrentDictionary<Release, Lazy<Task<string>>> _bare = new();
    private readonly ConcurrentDictionary<Release, Lazy<Task<string>>> _installed = new();
    private readonly ConcurrentDictionary<Release, Lazy<Task<BuiltImage>>> _images = new();
    private readonly Lazy<Task<string>> _next;
    private readonly TemporaryDirectory _directory = new();
    private Network? _network;
    private Cloud? _cloud;
    private HttpServer? _metadata;

    public World() => _next = new(RepackAsync);

    internal const string NextVersion = "99.0-1";

    /// <summary>What every machine in the network is told of itself.</summary>
    internal InstanceMetadata Metadata { get; } = new(Cloud.Region);

    internal Network Network => _network ?? throw new InvalidOperationException("Not started yet");

    internal Cloud Cloud => _cloud ?? throw new InvalidOperationException("Not started yet");

    /// <summary>The package that <c>make deb</c> has built.</summary>
    internal static string Package => Directory
        .GetFiles(Directory.CreateDirectory(Repository.Combine("artifacts")).FullName, "clambucketfleet_*.deb")
        .ShouldHaveSingleItem("make deb builds the package that these tests install");

    public async ValueTask InitializeAsync()
    {
        // Machines, mounts and namespaces are root's.
        UserId.ShouldBe(Root, "These tests boot machines: they need root");
        await Machine.RemoveLeftoversAsync(CancellationToken.None);
        _network = await Network.CreateAsync(CancellationToken.None);
        _cloud = await Cloud.StartAsync(_network, CancellationToken.None);
        _metadata = MetadataService.Start(_network, Metadata);
    }

    /// <summary>A Debian with systemd and ClamAV, as layers of a machine's disk.</summary>
    internal async Task<IReadOnlyList<string>> BareAsync(Release release)
        => [await _bare.GetOrAdd(release, name => new(() => RunAsync("system-root.sh", name))).Value];

    /// <summary>The same with the package, put there as an image's build does: without systemd running.</summary>
    internal async Task<IReadOnlyList<string>> InstalledAsync(Release release)
        => [await _installed.GetOrAdd(release, name => new(() => InstallAsync(name))).Value, .. await BareAsync(release)];

    /// <summary>What Debian's image for EC2 is: the same with cloud-init, sshd and more, and without the package.</summary>
    internal async Task<IReadOnlyList<string>> CloudAsync(Release release)
        => [await RunAsync("image-root.sh", release), .. await BareAsync(release)];

    /// <summary>The fleet's image, built by Packer; a machine from it wants a network of its own, for its sshd.</summary>
    internal Task<BuiltImage> ImageAsync(Release release) => _images.GetOrAdd(release, name => new(() => BuildAsync(name))).Value;

    /// <summary>The same package as <see cref="Package"/>, as <see cref="NextVersion"/>.</summary>
    internal Task<string> NextPackageAsync() => _next.Value;

    public async ValueTask DisposeAsync()
    {
        if (_metadata is not null) await _metadata.DisposeAsync();
        if (_cloud is not null) await _cloud.DisposeAsync();
        if (_network is not null) await _network.DisposeAsync();
        _directory.Dispose();
    }

    private static int UserId => (int)Convert.ToUInt32(File.ReadLines("/proc/self/status")
        .First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2], provider: null);

    private async Task<string> RepackAsync()
    {
        var (tree, package) = (_directory.Combine("next"), _directory.Combine("next.deb"));
        var result = await new Command(
            "/bin/bash", "-euc", $"""
            dpkg-deb --raw-extract '{Package}' '{tree}'
            sed -i 's/^Version: .*/Version: {NextVersion}/' '{tree}/DEBIAN/control'
            dpkg-deb --root-owner-group -Zzstd -z1 --build '{tree}' '{package}'
            """).RunAsync(CancellationToken.None);
        result.ExitCode.ShouldBe(0, result.Error);
        return package;
    }

    private static async Task<string> RunAsync(string script, Release release)
    {
        var suite = release.ToString().ToLowerInvariant();
        var made = await new Command(Repository.Combine("scripts", script), suite).RunAsync(CancellationToken.None);
        made.ExitCode.ShouldBe(0, made.Error);
        return made.Output.Trim();
    }

    private async Task<string> InstallAsync(Release release)
    {
        const string There = "/root/clambucketfleet.deb";
        var layer = _directory.CreateDirectory($"installed-{release}");
        await using var machine = await Machine.PrepareAsync("image", await BareAsync(release), Network, CancellationToken.None);
        File.Copy(Package, machine.Root + There);
        await machine.RunUnbootedAsync(CancellationToken.None, "dpkg", "--install", "--force-unsafe-io", There);
        machine.Delete(There);
        await machine.SaveLayerAsync(layer, CancellationToken.None);
        return layer;
    }

    private async Task<BuiltImage> BuildAsync(Release release)
    {
        var below = await CloudAsync(release);
        await using var builder = await ImageBuilder.StartAsync(below, CancellationToken.None);
        return await builder.SaveAsync(_directory.CreateDirectory($"image-{release}"), below, CancellationToken.None);
    }
}
