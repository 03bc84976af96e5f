using System.Net;
using System.Security.Cryptography;
using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>What the image's build has left, and what of the machine that built it must be in it no more.</summary>
/// <param name="Layers">For <see cref="Machine.PrepareAsync"/>.</param>
/// <param name="HostKey">The public one of the builder, in base64.</param>
/// <param name="MachineId">The builder's.</param>
/// <param name="BuilderKey">The public key that opened the builder's account, in base64.</param>
/// <param name="Versions">What the build has written down, a line each.</param>
internal sealed record BuiltImage(
    IReadOnlyList<string> Layers, string HostKey, string MachineId, string BuilderKey, string Versions);

/// <summary>
/// A machine that is what Debian's image for EC2 is, and Packer that builds the fleet's image in it: <c>packer/</c> as it
/// is, by ssh. What only a container needs is written before, and stays in the image.
/// </summary>
internal sealed class ImageBuilder : IAsyncDisposable
{
    /// <summary>Where the image fetches definitions, at its build and after.</summary>
    private static readonly IPEndPoint Definitions = new(IPAddress.Loopback, 8001);

    /// <summary>The exit codes of <c>cloud-init status</c>: without a word, and with a warning.</summary>
    public static readonly int[] CloudInitIsDone = [0, 2];

    /// <summary>The builder's.</summary>
    public const string InstanceId = "i-0b111de2b111de200";

    /// <inheritdoc cref="InstanceId"/>
    public const string HostName = "ip-0b111de2b111de200";

    private static readonly IPEndPoint Packages = new(IPAddress.Loopback, 8000);

    private readonly TemporaryDirectory _directory = new();
    private readonly Network _network;
    private readonly List<IAsyncDisposable> _servers = [];
    private string _checksum = "";
    private string _publicKey = "";

    private ImageBuilder(Network network) => _network = network;

    public Machine Machine { get; private set; } = null!;

    /// <summary>A private key of the account admin.</summary>
    public string Key => _directory.Combine("key");

    /// <summary>The source of definitions that the image is led to: EICAR's signature.</summary>
    public static DefinitionsServer ServeDefinitions(Network network)
    {
        var server = new DefinitionsServer(network.Listen(Definitions));
        server.Put("daily-test.ndb", Encoding.ASCII.GetBytes($"Eicar-Test-Signature:0:*:{Convert.ToHexStringLower(Eicar.Bytes)}\n"));
        return server;
    }

    /// <summary>Boots the machine to build in.</summary>
    public static async Task<ImageBuilder> StartAsync(IReadOnlyList<string> layers, CancellationToken cancellationToken)
    {
        var builder = new ImageBuilder(await Network.CreateAsync(cancellationToken));
        try
        {
            await builder.PrepareAsync(layers, cancellationToken);
            return builder;
        }
        catch
        {
            await builder.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new pair of keys; gives the public one's line.</summary>
    public static async Task<string> MakeKeyAsync(string path, CancellationToken cancellationToken)
    {
        var made = await new Command(Command.Require("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path)
            .RunAsync(cancellationToken);
        made.ExitCode.ShouldBe(0, made.Error);
        return (await File.ReadAllTextAsync($"{path}.pub", cancellationToken)).Trim();
    }

    /// <summary>Runs Packer to its end, good or bad.</summary>
    /// <param name="checksum">What the agent's package is said to have; by default what it has.</param>
    /// <param name="cancellationToken">Ends Packer.</param>
    public async Task<CommandResult> BuildAsync(CancellationToken cancellationToken, string? checksum = null)
    {
        var packer = _directory.Combine("packer");
        Directory.CreateDirectory(_directory.Combine("artifacts"));
        var stripped = await new Command(Repository.Combine("packer", "strip.sh"), packer).RunAsync(cancellationToken);
        stripped.ExitCode.ShouldBe(0, stripped.Error);
        var definitions = (DefinitionsServer)_servers[0];
        var build = _network.Inside(
            Command.Require("packer"), "build", "-color=false", "-only=null.machine",
            "-var", $"package={World.Package}", "-var", $"machine_key={Key}",
            "-var", $"agent_url=http://{Packages}/agent.deb", "-var", $"agent_sha256={checksum ?? _checksum}",
            "-var", $"freshclam_conf={definitions.Configuration([.. definitions.Names])}", packer);
        return await (build with
        {
            Environment = new Dictionary<string, string?>
            {
                ["CHECKPOINT_DISABLE"] = "1",
                ["PACKER_CONFIG_DIR"] = _directory.Path,
                ["TMPDIR"] = _directory.Path,
            },
        }).RunAsync(cancellationToken);
    }

    /// <summary>Stops the machine and keeps what it has written, as the stop of an instance before its volume is an image.</summary>
    public async Task<BuiltImage> SaveAsync(string layer, IReadOnlyList<string> below, CancellationToken cancellationToken)
    {
        var result = await BuiltAsync(cancellationToken);
        await Machine.StopAsync(cancellationToken);
        await Machine.SaveLayerAsync(layer, cancellationToken);
        return result with { Layers = [layer, .. below] };
    }

    public async ValueTask DisposeAsync()
    {
        if (Machine is not null) await Machine.DisposeAsync();
        foreach (var server in _servers) await server.DisposeAsync();
        await _network.DisposeAsync();
        _directory.Dispose();
    }

    private async Task<BuiltImage> BuiltAsync(CancellationToken cancellationToken)
    {
        var cloudInit = await Machine.Inside("cloud-init", "status", "--wait", "--long").RunAsync(cancellationToken);
        CloudInitIsDone.ShouldContain(cloudInit.ExitCode, $"{cloudInit.Output}{Machine.Read("/var/log/cloud-init.log")}");
        var (hostKey, machineId) = (Machine.Read("/etc/ssh/ssh_host_ed25519_key.pub"), Machine.Read("/etc/machine-id").Trim());
        var build = await BuildAsync(cancellationToken);
        build.ExitCode.ShouldBe(0, $"{build.Output}{build.Error}\n{Machine.Console}");
        var versions = await File.ReadAllTextAsync(_directory.Combine("artifacts", "image-machine.versions"), cancellationToken);
        return new BuiltImage([], hostKey.Split(' ')[1], machineId, _publicKey.Split(' ')[1], versions);
    }

    private async Task PrepareAsync(IReadOnlyList<string> layers, CancellationToken cancellationToken)
    {
        var agent = _directory.Combine("agent.deb");
        var made = await new Command(
            Command.Require("dpkg-deb"), "--root-owner-group", "-Znone", "--build",
            Repository.Combine("tests", "ClamBucketFleet.System.Tests", "Machines", "agent"), agent).RunAsync(cancellationToken);
        made.ExitCode.ShouldBe(0, made.Error);
        var package = await File.ReadAllBytesAsync(agent, cancellationToken);
        _checksum = Convert.ToHexStringLower(SHA256.HashData(package));
        _publicKey = await MakeKeyAsync(Key, cancellationToken);
        var metadata = new InstanceMetadata(Cloud.Region);
        metadata.Describe(InstanceId, HostName, _publicKey, userData: "");

        _servers.Add(ServeDefinitions(_network));
        _servers.Add(new HttpServer(_network, Packages, _ => new HttpAnswer(HttpStatusCode.OK, package)));
        _servers.Add(MetadataService.Start(_network, metadata));

        Machine = await Machine.PrepareAsync("builder", layers, _network, cancellationToken);
        WriteWhatContainersNeed(Machine);
        await Machine.BootAsync(cancellationToken);
    }

    private static void WriteWhatContainersNeed(Machine machine)
    {
        // In a container cloud-init believes the hypervisor alone about where it is, and there is none.
        const string Hypervisor = "/etc/hypervisor-uuid", DataSource = "/usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2.py";
        machine.Write(Hypervisor, "ec2e1916-9099-7caf-fd21-012345abcdef\n"u8);
        var source = machine.Read(DataSource);
        source.ShouldContain("\"/sys/hypervisor/uuid\"");
        machine.Write(DataSource, Encoding.UTF8.GetBytes(source.Replace("/sys/hypervisor/uuid", Hypervisor, StringComparison.Ordinal)));
        // It takes a datasource for granted only where there is no other; there is no network card to name
        // or to wait for, and no locale to choose.
        machine.Write("/etc/cloud/cloud.cfg.d/90_container.cfg", """
            datasource_list: [ Ec2 ]
            network: { config: disabled }
            updates: { network: { when: [ boot-new-instance ] } }
            locale: false

            """u8);
        // As Debian's own image has it.
        machine.Write("/etc/cloud/cloud.cfg.d/01_debian_cloud.cfg", "system_info: { default_user: { name: admin } }\n"u8);
        // There is no network: what the package needs is there.
        machine.Write("/etc/apt/sources.list", ""u8);
        machine.Write("/etc/apt/sources.list.d/debian.sources", ""u8);
    }
}
